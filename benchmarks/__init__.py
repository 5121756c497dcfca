"""Benchmarks: speed, scale, siting and calibration, which are measured and not tested."""
