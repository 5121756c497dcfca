"""What takes long to import is imported when it is needed, and not before."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from toolkit.base import store

HEAVY = {
    "geopandas", "matplotlib", "numba", "osmnx", "pandas", "pyarrow", "pyproj", "scipy.sparse",
    "scipy.spatial", "scipy.stats", "streamlit",
}  # fmt: skip
ASSESS = (
    "import datetime; toolkit.assessment.assess.assess({!r}, as_of=datetime.date(2026, 11, 23))"
)


def imported(run: str, home) -> set[str]:
    """Return what of `HEAVY` a new process has imported at the end of some code."""
    code = f"import sys, toolkit.assessment.assess\n{run}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=store.builtin_dir().parent, env={**os.environ, store.HOME_VARIABLE: str(home)},
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return HEAVY & set(done.stdout.split())


@pytest.mark.parametrize("run", ["", ASSESS.format("yangon")])
def test_a_city_without_streets_needs_nothing_that_streets_need(run, tmp_path):
    assert imported(run, tmp_path) == set()


def test_streets_need_what_is_left_out_for_the_others(tmp_path):
    run = "import toolkit.assessment.on_streets; import toolkit.engine.kernels.exposure"
    assert imported(run, tmp_path) >= {"geopandas", "pandas", "pyproj", "numba", "scipy.spatial"}


def test_reports_and_the_app_load_statistics_only_for_a_sensitivity_analysis(tmp_path):
    assert "scipy.stats" not in imported("import toolkit.output.report, toolkit.app.bar", tmp_path)
    run = (
        "from toolkit.studies.sensitivity import design\n"
        "factors = design.factors_of(['assumption:optics.height_m', 'count.zero'])\n"
        "design.lay_out(factors, 'sobol', n_base=2, seed=0)"
    )
    assert "scipy.stats" in imported(run, tmp_path)


def test_a_sensitivity_analysis_without_streets_needs_nothing_of_streets(tmp_path):
    run = (
        "import datetime\nfrom toolkit.studies.sensitivity.analysis import Question, sensitivity\n"
        "sensitivity(Question('yangon', datetime.date(2026, 11, 23)), n_base=2)"
    )
    assert imported(run, tmp_path) <= {"numba", "scipy.sparse", "scipy.spatial", "scipy.stats"}


def test_the_server_of_the_app_answers_before_what_estimates_is_loaded(tmp_path):
    assert not imported("import toolkit.app.serve", tmp_path) & {"numba", "scipy.sparse"}


def test_the_import_alone_needs_no_scipy():
    code = "import sys, toolkit.assessment.assess; print('scipy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=store.builtin_dir().parent, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert done.stdout.strip() == "False"
