"""Streets from an Overpass server: the only code that uses the network. Never without permission.

fetch.announcement    text on what is sent and visible to whom
fetch.fetched_file    OpenStreetMap file of an area
fetch.forget_answers  removal of kept responses
ask.ask               one query
answers               responses as OpenStreetMap files
"""
