"""How lines become a network: splitting, noding and ends that meet."""
