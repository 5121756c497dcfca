"""The threats of the source report as questions on routes and places, with measured answers."""
