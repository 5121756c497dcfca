"""From camera types to rings on the ground. Never knows streets or claims.

catalogue.load_catalogue     camera types, mixes of brands, models
thresholds.load_thresholds   named pixel densities of standards and makers
lens.ring_bounds             formulas of one lens: density, field of view, ring
variants.Variants            how the cameras of one city differ
camera_draws.draw_cameras    draws of a city's cameras and their rings
facing.draw_turns            where cameras look relative to their street
one_camera.camera_of         one camera with every value stated
passing.make_passing         one passing of one camera
sheet.make_sheet             all rings of one camera, and why a ring is empty
words.tables                 a sheet in words
drawing.draw                 a sheet as an SVG drawing
"""
