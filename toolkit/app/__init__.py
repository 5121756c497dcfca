"""App: shows assessments in a browser on the same machine. Never computes a figure.

serve.start               start the server
main.main                 script of the pages, run for each session
side_panel.choose         choice of the user
kept_answers.estimate     cached assessment of a choice
city.answer.show          the answer; the other modules of `city` show what follows
map.component.show        the map
pages.streets.show        one of the other pages
"""
