"""The assumptions on which an answer depends most. Never has a model of its own.

analysis.sensitivity        Sobol indices or Morris screening of the share of street length
design.lay_out              rows of probabilities at which the model is evaluated
model.expected_shares       the model at these rows
field_work.load_field_work  what an hour of field work teaches
words.sentence              the result in a sentence
chart.draw                  the result as a tornado chart
"""
