"""The other pages."""
