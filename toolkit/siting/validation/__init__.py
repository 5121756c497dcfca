"""Fit and validation of siting on cities with known cameras. Never used by an assessment.

known_city.read_pair, pack_pair    streets and cameras of a city
fit.prepare_city, fit_profiles     fit of operator profiles
directions.fit_bearings            directions of cameras
score.score_pair                   scores of predictions
simulate.covered_length_m          street length covered by simulated sites
regression.fit                     Poisson regression of sites
second_file.with_extract           layers of a second file
"""
