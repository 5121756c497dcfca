"""What is measured rather than tested: speed, scale, siting and calibration."""
