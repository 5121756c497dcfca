"""Maps, exports and reports of an assessment. Never computes a figure.

leaflet.empty_map         the map that travels inside a page
exports.write_export      layers for a geographic information system
exports.write_differences difference of two assessments on each street
report.write_report       reports as HTML, one file for each language
"""
