"""Maps, exports and reports: render results and compute nothing."""
