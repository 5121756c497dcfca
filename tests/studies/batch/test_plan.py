"""Plans of batches: what they mean, and what is said about broken ones."""

from __future__ import annotations

import pytest
from batch_plans import HEAD, write_plan

from toolkit.assessment import question
from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.streets.cities import load_cities
from toolkit.studies.batch.plan import job_key, read_plan

CLAIM = """
format = "camera-exposure.evidence/1"
city = "dawei"

[source.x]
publisher = "X"
title = "X"
date = "2024-01-01"

[[claim]]
id = "dawei-test"
says = "There are 70 cameras."
topic = "count"
status = "installed"
scope = "public"
said = "2024-01-01"
valid = "2024-01-01"
source = "x"
origins = ["x"]
confidence = { grade = "C3", reason = "One outlet." }
quantity = { low = 70, unit = "cameras", wording = "exact", kind = "stock" }
"""


def test_jobs_are_all_combinations_city_by_city(tmp_path):
    (tmp_path / "north").mkdir()
    (tmp_path / "north" / "dawei.toml").write_text(CLAIM)
    plan = write_plan(
        tmp_path,
        HEAD
        + 'cities = ["Moulmein", "dawei"]\nassumptions = ["central", "cautious"]\n'
        + 'evidence = ["own", "north"]\nstatus = ["installed", "planned"]\n',
    )
    jobs = read_plan(plan)
    assert len(jobs) == len({job.id for job in jobs}) == 16
    assert [job.city for job in jobs] == ["mawlamyine"] * 8 + ["dawei"] * 8
    assert jobs[0].partition == "city=mawlamyine/set=central/evidence=own/status=installed"
    assert jobs[2].folder == tmp_path / "north"


def test_all_cities_are_all(tmp_path):
    jobs = read_plan(write_plan(tmp_path, HEAD + 'cities = "all"\n'))
    assert [job.city for job in jobs] == [city.id for city in load_cities()]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD, "cities: it is missing. Add it."),
        (HEAD + 'cities = ["daway"]\n', "Did you mean mandalay or dawei"),
        (HEAD + 'cities = ["Moulmein", "mawlamyine"]\n', "is mawlamyine once more"),
        (HEAD + 'cities = ["dawei"]\nassumptions = ["bold"]\n', "no assumption set 'bold'"),
        (HEAD + 'cities = ["dawei"]\nassumptions = ["none.toml"]\n', "There is no file"),
        (HEAD + 'cities = ["dawei"]\nassumptions = ["central", "central"]\n', "Rename one"),
        (HEAD + 'cities = ["dawei"]\nevidence = ["nowhere"]\n', "is no folder"),
        (HEAD + 'cities = ["dawei"]\nevidence = ["http://x.example/a"]\n', "is no folder"),
        (HEAD + 'cities = ["dawei"]\nevidence = ["empty"]\n', "has no file of evidence"),
        (HEAD + 'cities = ["dawei"]\nevidence = ["typo"]\n', "dawi.toml is about no known city"),
        (HEAD + 'cities = ["dawei"]\nevidence = ["Bad name"]\n', "in small letters"),
        (HEAD + 'cities = ["dawei"]\nstatus = ["planned", "planned"]\n', "stands twice"),
        (HEAD + 'cities = ["dawei"]\nstatus = ["rumoured"]\n', "status"),
        (HEAD + 'cities = ["dawei"]\ntile_km = 0\n', "tile_km"),
        (HEAD + 'cities = ["dawei"]\nseed = -1\n', "seed"),
        (HEAD + 'cities = ["dawei"]\ntile = 2\n', "Did you mean tile_km"),
        (HEAD + "cities = []\n", "cities"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, text, said):
    for name in ("empty", "typo", "Bad name"):
        (tmp_path / name).mkdir()
    (tmp_path / "typo" / "dawi.toml").write_text(CLAIM)
    (tmp_path / "Bad name" / "dawei.toml").write_text(CLAIM)
    with pytest.raises(InputDataError, match=r"plan\.toml") as caught:
        read_plan(write_plan(tmp_path, text))
    assert said in str(caught.value)


def test_all_problems_are_said_at_once(tmp_path):
    text = HEAD + 'cities = ["x1", "x2"]\nassumptions = ["y"]\nevidence = ["z"]\n'
    with pytest.raises(InputDataError, match="4 problems"):
        read_plan(write_plan(tmp_path, text))


def job_of(tmp_path, more=""):
    return read_plan(write_plan(tmp_path, HEAD + 'cities = ["dawei"]\n' + more))[0]


@pytest.mark.parametrize(
    "more", ["seed = 1", 'status = ["planned"]', 'scope = "all"', 'assumptions = ["cautious"]']
)
def test_a_key_is_that_of_its_inputs(tmp_path, more):
    key = job_key(job_of(tmp_path))
    assert key == job_key(job_of(tmp_path))
    assert key != job_key(job_of(tmp_path, more))


def test_a_key_changes_with_the_profiles_in_use(tmp_path, request):
    key = job_key(job_of(tmp_path))
    request.getfixturevalue("own_profiles")
    assert key != job_key(job_of(tmp_path))


def test_a_key_changes_with_evidence_data_and_tool_but_not_with_the_place(
    tmp_path, home, monkeypatch
):
    for name in ("one", "two"):
        folder = tmp_path / name / "north"
        folder.mkdir(parents=True)
        (folder / "dawei.toml").write_text(CLAIM)
    jobs = [job_of(tmp_path / name, 'evidence = ["north"]\n') for name in ("one", "two")]
    keys = {job_key(job) for job in jobs}
    assert len(keys) == 1
    (tmp_path / "one" / "north" / "dawei.toml").write_text(CLAIM.replace("70", "80"))
    keys.add(job_key(jobs[0]))
    assert len(keys) == 2
    home.mkdir(exist_ok=True)
    builtin = store.builtin_dir() / "camera_types.toml"
    (home / "camera_types.toml").write_bytes(builtin.read_bytes())
    keys.add(job_key(jobs[0]))
    assert len(keys) == 3
    monkeypatch.setattr(question, "__version__", "999")
    keys.add(job_key(jobs[0]))
    assert len(keys) == 4
