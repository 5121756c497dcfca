"""Studies made of many assessments. Never changes the model of a single one.

comparison.compare                 the difference between two assessments of a city
comparison.difference_layer        the same on each street
sensitivity.analysis.sensitivity   the assumptions on which an answer depends
batch.plan.read_plan               the jobs of a batch
batch.run.run_tasks                run them, on this machine or a cluster
exercise.score_marks               how near marks are to where the placements have cameras
exercise.score_chance              how near a stated chance is to that of the placements
"""
