"""Assumption sets: read, check, change and save them. Never decides what a value is used for.

sets.list_sets               the sets that can be named
sets.load_assumptions        a set by name, with a user's changes
sets.AssumptionSet.draw      one assumption over the draws
value.Assumption             one value with range, unit, distribution, source and reason
files.to_toml                a set as the text of a file; save_new: as a user's own
files.differences            the fields in which two sets differ
"""
