"""App: shows assessments in a browser on the same machine. Never computes a figure.

serve.start               start the server
main.main                 script of the pages, run for each session
bar.choose                choice of the user, in the bar above each page
start.show                the three steps of a new user
kept_answers.estimate     cached assessment of a choice
screens.city_map.show     one of the pages, each with one job
city.panel.show           one of the parts that pages show of a city
map.component.show        the map
"""
