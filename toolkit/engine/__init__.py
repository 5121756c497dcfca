"""Lines of sight and the probability that each street point is covered, from plain arrays.

Never reads a report, an assumption set or a text.

scene.build_scene             points, sites and lines of sight of a city
scene.build_geometry          the same without lines of sight, for a city in tiles
footprints.containing_building  the building around each point
sight_cache.cached_sight      lines of sight, kept on disk
views.view_table              chance that the cameras of a site cover a point, by distance
site_chance.SiteChance        chance that each site exists
closed_form.summarise         exposure of each street point: 5 %, mean and 95 %
closed_form.covered_length    expected length of covered street
placement.simulate            the same with the cameras placed once per draw
street_chance.capture_prob    chance that any point of a street is captured
sample.draw_sample            a stratified sample of street points of a large city
zones.zone_polygons           polygons by class of exposure
cells.cell_frame              exposure by cell of a metric grid
workers.set_threads           number of threads of the compiled loops
"""
