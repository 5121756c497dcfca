"""Where cameras of an operator stand: candidates, profiles, weights, districts."""
