"""Fixed radii and rules, as others model, for comparison. Never used in an assessment.

sets.load_rules              a set of rules by name or file
camera_list.read_cameras     a list of cameras on a map
cover.cover                  ground that they cover
cover.cover_streets          streets inside that ground
files.summary                the figures as JSON
files.write_cover            the shapes as a GIS file
"""
