"""Calibration: whether intervals hold known numbers and placed cameras as often as they say."""
