"""The map as an own Streamlit component: a canvas layer on the bundled Leaflet.

Geometry goes to the browser once per pack, by a hashed route; the figures of all questions follow
the same way with each change, so that another question, a hover or a tap needs no server.

component.show         mounts the map of an assessment
component.announce     says which city is being computed, before it is
geometry.encode        streets, names and background of one pack as one binary
drawing.Draw           points and lines that users draw, and how they come back
guesses.data_of        ten possible placements to flip through
classes.of_layers      class and chance of every street at every tier
words.texts            all texts of the map in a language
route.routes           files and geometry, for the browser that opened the app only
"""
