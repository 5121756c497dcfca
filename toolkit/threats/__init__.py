"""The threats of the source report as questions on routes and places, with measured answers.

A route is scored for whoever brings it. Nothing typed or drawn is stored, logged or sent; no gap
and no list of uncovered streets is ever returned, and nothing plans cameras for the watcher. In
the order of use:

travel.Travel             how, when and how often somebody travels
tracks.read_track         a GPX or GeoJSON file
route.route               the cameras that may have a route in view; other ways
route.routed              the same, with the lines for whoever asked to draw them
listed.of_rows            cameras of a list
past_list.route_past      a route past them, without streets
linking.link              whether cameras can tie two routes to one another
linking.link_at           the same for two people at a place
place.place               the cameras on the ways to a place
vehicles.vehicles         trips past plate readers, and how well people can be followed
"""
