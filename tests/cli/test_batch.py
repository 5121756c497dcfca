"""`batch` on the command line; runs that are killed are in tests/test_batch_dask.py."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from toolkit.assessment.model import Assessment
from toolkit.base import store
from toolkit.studies.sensitivity import analysis

PLAN = """
format = "camera-exposure.batch/1"
as_of = 2026-11-23
draws = 20
cities = ["dawei", "Moulmein"]
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN)
    return path


def test_a_batch_runs_once_and_says_what_it_did(run, plan, tmp_path):
    out = tmp_path / "out"
    code, said, told = run("batch", plan, "--out", out, "--processes", "1", "--json")
    assert code == 0, told
    names = ["dawei.central.own.installed", "mawlamyine.central.own.installed"]
    assert json.loads(said) == {"computed": names, "found": [], "failed": {}}
    assert "2 of 2: mawlamyine.central.own.installed: computed" in told
    found = [Assessment.from_json(p.read_bytes()) for p in sorted(out.rglob("assessment.json"))]
    assert [a.city.id for a in found] == ["dawei", "mawlamyine"]
    code, said, told = run("batch", plan, "--out", out)
    assert (code, said) == (1, "")
    assert "--resume" in told
    code, said, _ = run("batch", plan, "--out", out, "--resume")
    assert code == 0
    assert said.startswith("0 computed, 2 found finished, 0 failed")


def test_why_a_job_failed_is_said_also_without_messages(run, plan, tmp_path, home):
    store.write_text(
        home / "evidence" / "dawei.toml",
        'format = "camera-exposure.evidence/1"\ncity = "dawei"\n\n'
        '[[observation]]\nwalked_km = 5\nseen = 3\nwhere = "pack"\ndate = 2026-11-20\n',
    )
    out = tmp_path / "out"
    code, said, told = run("--quiet", "batch", plan, "--out", out, "--processes", "1")
    assert code == 1
    assert said.startswith("1 computed, 0 found finished, 1 failed")
    assert told.startswith("dawei.central.own.installed: The streets of this city are not inst")
    assert len(told.splitlines()) == 1


def test_a_batch_writes_reports_too(run, plan, tmp_path):
    out = tmp_path / "out"
    code, _, told = run(
        "batch", plan, "--out", out, "--processes", "1", "--report", "--format", "csv,pdf",
        "--lang", "en",
    )  # fmt: skip
    assert code == 0, told
    names = sorted(path.name for path in (out / "reports").rglob("*.*"))
    names.remove("index.html")
    assert names == sorted(
        f"{city}{end}"
        for city in ("dawei", "mawlamyine")
        for end in ("-2026-11-23.csv", "-2026-11-23.csv.json", "-hand-out-2026-11-23-en.pdf")
    )
    index = (out / "reports" / "index.html").read_text("utf-8")
    for link in re.findall(r'href="([^"]+)"', index):
        assert (out / "reports" / unquote(link)).is_file()
    assert index.count("href=") == len(names)
    code, said, _ = run("batch", plan, "--out", out, "--resume", "--report", "--lang", "en")
    assert code == 0
    assert said.startswith("0 computed, 2 found finished")


def test_full_reports_of_a_batch_have_a_screening(run, plan, tmp_path, monkeypatch):
    monkeypatch.setattr(analysis, "BASE_ROWS", {"sobol": 16, "morris": 4})
    out = tmp_path / "out"
    code, _, told = run(
        "batch", plan, "--out", out, "--processes", "1", "--report", "--format", "html",
        "--lang", "en", "--detail", "full",
    )  # fmt: skip
    assert code == 0, told
    pages = [path.read_text("utf-8") for path in (out / "reports").rglob("*-en.html")]
    assert len(pages) == 2
    assert all("Screening by Morris" in page for page in pages)


def test_two_runs_never_work_in_one_folder(run, plan, tmp_path):
    out = tmp_path / "out"
    with store.alone_in(out):
        code, said, told = run("batch", plan, "--out", out, "--processes", "1")
    assert (code, said) == (1, "")
    assert "Another run is working in the folder 'out'" in told
    assert not out.exists()


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (("--scheduler", "10.0.0.5"), 2, "tcp://10.0.0.5:8786"),
        (("--processes", "0"), 2, "from 1 up"),
    ],
)
def test_wrong_usage_computes_nothing(run, plan, tmp_path, more, code, said):
    ended, out, told = run("batch", plan, "--out", tmp_path / "out", *more)
    assert (ended, out) == (code, "")
    assert said in told
    assert not (tmp_path / "out").exists()
