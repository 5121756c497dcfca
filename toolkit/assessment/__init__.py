"""From a question about a city to its assessment: evidence, sites, sight, exposure, figures.

Never reads a clock or a setting, and never draws a map.

question.Question             what is asked; `load` reads all inputs, `fingerprint` hashes them
city_data.read_city           all data about a city but its streets, read together
assess.assess                 the answer to a question
assess.assess_layers          the same without figures, for an export
model.Assessment              the answer, with its JSON form
layers.Layers                 streets, zones and cameras as drawn on maps
inputs.make_inputs            count and optics, drawn
site_plan.plan_sites          chance of each site
on_streets.on_streets         exposure on installed streets
ten_placements.place_cameras  cameras placed once per draw, ten of them to flip through
on_city_level.on_city_level   exposure from reference networks, without streets
reference_trips.Trips         trips from reference networks, without streets
night.with_night              the main figures at night, next to those by day
tiles.compute_tile            one tile of a large city
expected_sites.predict        expected sites per km of street, by cell
"""
