"""Siting: the probability that a place has cameras of an operator. Never computes what they see.

surroundings.pack_layers                             streets of a pack and their surroundings
candidates.load_siting, candidates, with_features    candidate groups of sites
features.describe_points, levels_of                  features of street points
design_matrix.design                                 columns of the siting model
named_places.load_places, in_places                  places that reports name
profiles.load_profiles                               priors of operators
weights.operators_of, weights_of                     draws of weights
inclusion.inclusion_prob, inclusion_factor           probability that a group holds a site
districts                                            clustering of sites
"""
