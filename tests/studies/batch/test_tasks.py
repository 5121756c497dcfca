"""Tasks of a batch: what they write, and when they are finished."""

from __future__ import annotations

import dataclasses
import json
from concurrent.futures import Future

import geopandas as gpd
import numpy as np
import pyarrow.parquet as pq
import pytest
from batch_plans import HEAD, TILED, times, tree, write_plan
from own_evidence import CLAIM, write_evidence

import toolkit
from toolkit.assessment.model import Assessment
from toolkit.assessment.question import Question
from toolkit.assessment.sums import Sums
from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.base.terms import TIERS
from toolkit.studies.batch.plan import read_plan
from toolkit.studies.batch.run import run_tasks
from toolkit.studies.batch.tasks import (
    RECORD_FORMAT,
    all_tasks,
    check_folder,
    is_finished,
    read_sums,
    run_task,
    sums_bytes,
    tasks_of,
    tidy,
)


def tasks_in(tmp_path, text):
    jobs = read_plan(write_plan(tmp_path, text))
    return jobs, [tasks_of(job, tmp_path / "out") for job in jobs]


@pytest.fixture(scope="module")
def tiled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiled")
    jobs, tasks = tasks_in(folder, TILED)
    with pytest.MonkeyPatch.context() as patch:
        for task in (task for of_job in tasks for task in of_job):
            patch.setenv("CAMERA_TOOLKIT_HOME", task.home)
            assert run_task(task)
    return folder, jobs, tasks


class AtOnce:
    """A pool that runs each task when it is handed out, and counts folders of lines of sight."""

    def __init__(self, out):
        self.out, self.folders = out, []

    def room(self):
        return 1

    def executor(self):
        return self

    def broken(self, error):
        del error
        return False

    def submit(self, function, task):
        done = Future()
        done.set_result(function(task))
        self.folders.append(len(list((self.out / "tiles" / "sight").glob("*"))))
        return done


def test_lines_of_sight_that_are_not_kept_change_nothing_and_are_soon_gone(
    tiled, tmp_path, monkeypatch
):
    folder, *_ = tiled
    monkeypatch.setenv("CAMERA_TOOLKIT_HOME", str(tmp_path / "home"))
    _, tasks = tasks_in(tmp_path, TILED + "keep_lines_of_sight = false\n")
    pool = AtOnce(tmp_path / "out")
    ended = run_tasks(tasks, pool, lambda *_: None)
    assert (len(ended.computed), ended.failed) == (2, {})
    # Two tasks are handed out at a time, so two folders may be there, never more.
    assert 1 <= max(pool.folders) <= 2 < len(tasks[0])
    assert not list((tmp_path / "out" / "tiles" / "sight").glob("*"))
    assert not list((tmp_path / "home").rglob("bearing.npy"))
    tidy(task for of_job in tasks for task in of_job)
    assert tree(tmp_path / "out") == tree(folder / "out")


def test_streets_are_partitioned_geoparquet_of_the_same_figures(tiled):
    folder, jobs, _ = tiled
    whole = toolkit.assess("helsinki-centre", as_of=jobs[0].as_of, n_draws=20)
    rows = pq.read_table(folder / "out" / "streets").to_pandas()
    assert set(rows["city"]) == {"helsinki-centre"}
    assert {"set", "evidence", "status", "bbox"} <= set(rows.columns)
    found = rows.set_index("street_id").sort_index()
    right = whole.layers.streets.set_index("street_id").sort_index()
    assert list(found.index) == list(right.index)
    for tier in TIERS:
        for end in ("low", "mid", "high"):
            np.testing.assert_array_equal(found[f"{tier}_{end}"], right[f"{tier}_{end}"])
    part = next((folder / "out" / "streets").rglob("part-*.parquet"))
    assert gpd.read_parquet(part).crs == "EPSG:4326"


def test_assessments_are_those_of_the_one_function(tiled):
    folder, jobs, tasks = tiled
    for job, of_job in zip(jobs, tasks, strict=True):
        found = Assessment.from_json(of_job[-1].assessment.read_bytes())
        right = toolkit.assess(job.city, as_of=job.as_of, n_draws=20)
        assert found.tiers.keys() == right.tiers.keys()
        for tier, part in right.tiers.items():
            assert found.tiers[tier].length_km.mid == pytest.approx(part.length_km.mid, rel=2e-6)
        assert found.inputs == right.inputs
    assert not list((folder / "out" / "tiles").rglob("*.*"))


def test_a_finished_task_is_not_computed_again(tiled, monkeypatch):
    folder, _, tasks = tiled
    before = times(folder / "out", "*.*")
    for name in ("assess", "make_inputs"):
        replaced = f"toolkit.studies.batch.tasks.{name}"
        monkeypatch.setattr(replaced, lambda *_, **__: pytest.fail("computed again"))
    assert [run_task(of_job[-1]) for of_job in tasks] == [False, False]
    tidy([task for of_job in tasks for task in of_job])
    assert times(folder / "out", "*.*") == before


def one_task(tmp_path):
    _, [[task]] = tasks_in(tmp_path, HEAD + 'cities = ["dawei"]\n')
    assert run_task(task)
    assert is_finished(task)
    return task


def test_a_damaged_or_lost_file_is_written_again(tmp_path):
    task = one_task(tmp_path)
    right = tree(tmp_path / "out")
    task.assessment.write_bytes(task.assessment.read_bytes()[:-5])
    assert not is_finished(task)
    assert run_task(task)
    task.assessment.unlink()
    assert run_task(task)
    task.record.write_text("{")
    assert run_task(task)
    task.record.write_text("[]")
    assert run_task(task)
    assert tree(tmp_path / "out") == right


def test_a_record_of_an_earlier_layout_is_not_read(tmp_path):
    task = one_task(tmp_path)
    record = json.loads(task.record.read_bytes())
    assert record["format"] == RECORD_FORMAT != "camera-exposure.batch-record/1"
    record["format"] = "camera-exposure.batch-record/1"
    task.record.write_text(json.dumps(record))
    assert not is_finished(task)


def test_other_inputs_are_another_result(tmp_path):
    task = one_task(tmp_path)
    other = dataclasses.replace(task, key="0" * 64)
    assert not is_finished(other)
    with pytest.raises(InputDataError, match="the data have changed"):
        run_task(other)


def test_a_kill_leaves_files_that_are_tidied_and_no_finished_task(tmp_path, monkeypatch):
    _, [[task]] = tasks_in(tmp_path, HEAD + 'cities = ["dawei"]\n')
    real = store.write_bytes

    def killed(path, data):
        if path == task.record:
            (path.parent / f".{path.name}.abcd").write_bytes(b"half")
            raise KeyboardInterrupt
        real(path, data)

    task.record.parent.mkdir(parents=True)
    monkeypatch.setattr(store, "write_bytes", killed)
    with pytest.raises(KeyboardInterrupt):
        run_task(task)
    monkeypatch.undo()
    assert not is_finished(task)
    stray = task.part.with_name("part-00007.parquet")
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"of an earlier plan")
    assert run_task(task)
    tidy([task])
    assert sorted(tree(tmp_path / "out")) == sorted(
        path.relative_to(tmp_path / "out").as_posix() for path in (task.assessment, task.record)
    )


def test_results_are_not_mixed(tmp_path):
    task = one_task(tmp_path)
    out = tmp_path / "out"
    check_folder(out, [task.job], resume=True)
    check_folder(tmp_path / "new", [task.job], resume=False)
    with pytest.raises(InputDataError, match="--resume"):
        check_folder(out, [task.job], resume=False)
    with pytest.raises(InputDataError, match=r"not in the plan, such as dawei\.central"):
        check_folder(out, [], resume=True)
    with pytest.raises(InputDataError, match="is a file"):
        check_folder(task.record, [task.job], resume=True)


def test_evidence_that_cannot_be_used_is_said_before_anything_is_computed(tmp_path):
    folder = tmp_path / "north"
    folder.mkdir()
    for city in ("dawei", "hpa-an"):
        (folder / f"{city}.toml").write_text('format = "other"\n')
    plan = (
        HEAD
        + 'cities = ["dawei", "hpa-an"]\nevidence = ["north"]\n'
        + 'status = ["installed", "planned"]\n'
    )
    with pytest.raises(InputDataError) as caught:
        all_tasks(read_plan(write_plan(tmp_path, plan)), tmp_path / "out")
    assert str(caught.value).count("The evidence about") == 2
    assert not (tmp_path / "out").exists()


def test_sums_come_back_as_they_were():
    table = np.arange(8.0).reshape(2, 4)
    able = np.array([[4, 4, 2, 0], [3, 3, 3, 1]])
    by_count = {200: table + 4, 1000: table + 5}
    sums = Sums(table, table + 1, table + 2, table + 3, {"core": table}, by_count, 12.5, able)
    again = read_sums(sums_bytes(sums))
    assert sums_bytes(again) == sums_bytes(sums)
    np.testing.assert_array_equal(again.everything_m, table + 3)
    np.testing.assert_array_equal(again.n_able, able)
    assert (list(again.cases_m), again.sample_m) == (["core"], 12.5)
    assert list(again.if_count_m) == [200, 1000]
    np.testing.assert_array_equal(again.if_count_m[1000], table + 5)


def test_data_that_change_as_a_task_begins_are_not_those_of_its_run(tmp_path, home, monkeypatch):
    _, ((task,), *_) = tasks_in(tmp_path, HEAD + 'cities = ["dawei"]\n')
    load = Question.load

    def added_meanwhile(asked):
        write_evidence(home / "evidence", "dawei", CLAIM)
        return load(asked)

    monkeypatch.setattr(Question, "load", added_meanwhile)
    with pytest.raises(InputDataError, match="the data have changed"):
        run_task(task)
    assert not is_finished(task)
