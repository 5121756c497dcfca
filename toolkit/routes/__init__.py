"""Routes on the street graph of a city: ordinary trips, and which cameras have a route in view.

A route is a set of directed street points, seen by cameras at sites; never a product of the
exposure of its points, since one camera sees many of them. Nothing here stores or names a place of
a user. In the order of use:

habits.habits             how people travel
graph.street_graph        the streets open to one mode, as directed arcs
matching.match_line       the route on the graph that follows a line
spots.spot                the nearest place on a street of a graph
search.front              all ways between two places that none is better than in two criteria
trips.sample_trips        ordinary trips and weeks from one home
meetings.meet             how many cameras and sites have each route in view, in each draw
"""
