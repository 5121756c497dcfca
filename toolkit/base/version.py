"""Version of the toolkit, part of every answer and every cache key."""

__version__ = "0.1.0"
