"""Readers that turn files of other people into the layers of a city pack."""
