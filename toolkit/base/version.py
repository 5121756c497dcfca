"""The version of the toolkit: part of every answer and of every key of a cache."""

__version__ = "0.1.0"
