"""Which assumption an answer depends on most."""
