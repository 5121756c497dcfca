"""From claims to a distribution of the number of cameras. Never knows streets, lenses or places.

load.load_claims             the claims about a city; load_observations: counts in its streets
load.known_by                the claims made by a date; not_superseded, contradictions
threats.load_threats         what cameras are reported to be used for; threats_for: in one city
makers.load_makers           brands and suppliers
named_capabilities           what a city's cameras are said to do, and how firmly
count.count_draws            from claims to draws of installed and planned cameras
figure_draws.draw_figure     draws of one reported figure
observations.updated         a count updated by what was seen in the streets
words.rule_text              how a count was derived, in words
write.add_claims             add claims to the user's own file; add_observation
spreadsheet.to_csv           claims as a spreadsheet; read_csv
rankings.compare_editions    published rankings, and why most cannot be compared
"""
