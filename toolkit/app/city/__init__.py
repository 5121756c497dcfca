"""Parts of the page of a city, each with `show`. Never computes a figure.

answer         the answer in one sentence
map_view       the map, and the table that says the same
cases          circles in place of a map: what follows from where the cameras are
figures        figures and tables
sensitivity    which assumption matters
reported       claims, warnings, limits, inputs
downloads      report and JSON
"""
