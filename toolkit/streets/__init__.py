"""The streets of a city: read, check, keep and open them."""
