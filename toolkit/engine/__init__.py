"""What sites see and how likely each street point is seen, from plain arrays."""
