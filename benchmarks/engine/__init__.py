"""Benchmarks of the engine: what is measured, against what, and where the bound is."""
