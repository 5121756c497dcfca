"""Streets asked of an Overpass server: the one part that may use the network."""
