import json
from pathlib import Path

import jsonschema
import pytest

from toolkit.studies.sensitivity import analysis


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """A base sample that takes no time."""
    monkeypatch.setattr(analysis, "BASE_ROWS", {"sobol": 16, "morris": 4})


def test_the_analysis_is_printed_as_json(run):
    code, out, err = run("sensitivity", "dawei", "--as-of", "2026-11-23", "--json")
    assert code == 0
    found = json.loads(out)
    assert found["schema"] == "camera-exposure.sensitivity/3"
    jsonschema.validate(found, analysis.Sensitivity.model_json_schema(by_alias=True))
    assert "Finding out what matters for dawei" in err
    assert found["limits"][0].startswith("This covers only the camera system in the reports")
    assert any("no city in Myanmar" in text for text in found["limits"])
    assert {source["id"] for source in found["sources"]} > {"fabrics"}


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_the_analysis_is_printed_in_words(run, method):
    code, out, _ = run("sensitivity", "dawei", "--as-of", "2026-11-23", "--method", method)
    assert code == 0
    assert "the biggest unknown" in out
    assert "Definitions, shown side by side" in out


def test_the_demonstration_has_one_boundary_and_says_so(run):
    code, out, _ = run("sensitivity", "helsinki-centre", "--as-of", "2026-11-23")
    assert code == 0
    assert "Evaluated on 2,000 street points" in out
    assert "Only one boundary is installed" in out
    assert "Boundary: Rectangle of the extract" in out
    assert "- Demonstration: the report of cameras behind these figures is made up." in out
    assert "- This covers only the camera system in the reports" in out
    assert "no city in Myanmar has been used to test it" in out
    assert "Sources: Made-up report for the demonstration (2026-01-01); ©" in out
    assert "Assumptions central " in out


def test_an_unknown_city_is_refused(run):
    code, out, err = run("sensitivity", "nowhere", "--as-of", "2026-11-23")
    assert (code, out) == (1, "")
    assert "nowhere" in err


def test_a_report_can_say_which_assumption_matters(run, tmp_path):
    code, out, _ = run(
        "report", "dawei", "--sensitivity", "--detail", "full", "--format", "html",
        "--lang", "en,my", "--out", tmp_path,
        "--as-of", "2026-11-23",
    )  # fmt: skip
    assert code == 0
    english, burmese = (Path(path).read_text(encoding="utf-8") for path in out.split())
    for page in (english, burmese):
        assert page.count('class="tornado"') >= 1
    assert "Which assumption matters" in english
    section = english.partition('<section class="matters">')[2].partition("</section>")[0]
    assert "Completeness: " in section
    assert "Sources: [" in section
    assert "Sobol indices" in section


def test_a_full_report_has_a_screening_that_says_what_it_is(run, tmp_path):
    code, out, _ = run(
        "report", "dawei", "--detail", "full", "--format", "html", "--lang", "en",
        "--out", tmp_path, "--as-of", "2026-11-23",
    )  # fmt: skip
    assert code == 0
    (path,) = out.split()
    section = Path(path).read_text(encoding="utf-8").partition('<section class="matters">')[2]
    section = section.partition("</section>")[0]
    assert section.count('class="tornado"') >= 1
    assert "Screening by Morris" in section
    assert "ranks the factors" in section
