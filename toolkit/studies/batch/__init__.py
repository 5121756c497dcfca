"""Many assessments on one machine or a cluster. Never computes a finished job again.

plan.read_plan         the jobs of a plan
tasks.all_tasks        the tasks of each job
tasks.check_folder     refuse a folder that would mix results
run.LocalPool          processes of this machine
dask_pool.connect      the workers of a Dask cluster
run.run_tasks          run all tasks; each writes its files whole
finished.tiled_layers  the map of a city in tiles, from its files
tasks.tidy             remove what interrupted runs have left
"""
