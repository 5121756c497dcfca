"""Cameras that people noted in the street, from tables and GeoJSON."""
