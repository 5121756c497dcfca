"""The map of a city in tiles is that of the city in one piece."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from batch_plans import TILED, write_plan

import toolkit
from toolkit.assessment.model import Assessment
from toolkit.base.errors import InputDataError
from toolkit.base.terms import TIERS
from toolkit.output import report
from toolkit.studies.batch.finished import tiled_layers
from toolkit.studies.batch.plan import job_question, read_plan
from toolkit.studies.batch.tasks import run_task, tasks_of


def test_streets_and_hand_out_of_a_city_in_tiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = read_plan(write_plan(tmp_path, TILED))[0]
    tasks = tasks_of(job, tmp_path / "out")
    for task in tasks:
        monkeypatch.setenv("CAMERA_TOOLKIT_HOME", task.home)
        assert run_task(task)
    question = job_question(job)
    pack, _ = question.load().streets()
    layers = tiled_layers(tasks[-1], pack)
    whole = toolkit.assess(question).layers
    assert whole is not None
    columns = ["street_id", "name", *(f"{tier}_high" for tier in TIERS), "seen_class", "geometry"]
    pd.testing.assert_frame_equal(
        pd.DataFrame(layers.streets[columns]),
        pd.DataFrame(whole.streets[columns].reset_index(drop=True)),
    )
    found = Assessment.from_json(tasks[-1].assessment.read_bytes()).with_layers(layers)
    wanted = report.Edition(formats=("pdf", "html", "gpkg"), detail="full")
    paths = report.write_report(
        [found],
        tmp_path / "r",
        assumptions=question.assumptions,
        edition=wanted,
        claims_by_city={found.city.id: question.load().claims},
    )
    assert [path.suffix for path in paths] == [".pdf", ".html"], "no zones, so no GeoPackage"
    assert "Kluuvi" in paths[1].read_text("utf-8")
    with pytest.raises(InputDataError, match="No zones"):
        layers.zones("seen")
    tasks[0].part.unlink()
    with pytest.raises(InputDataError, match="not those of its city"):
        tiled_layers(tasks[-1], pack)
