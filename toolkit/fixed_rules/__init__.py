"""How others model: fixed radii and rules, for comparison."""
