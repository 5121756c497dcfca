"""What sites see, and how likely each point is seen; gets arrays and knows no assumption by name."""
