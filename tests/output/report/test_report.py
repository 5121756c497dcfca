from __future__ import annotations

from pathlib import Path

import pytest
from browsers import FLAGS
from invented import layers_of
from made import AS_OF, claim_of, other_claim, report_on
from pages import elements
from playwright.sync_api import Playwright

from toolkit.assessment.assess import assess
from toolkit.assessment.model import Assessment
from toolkit.assumptions.sets import load_assumptions
from toolkit.base.errors import InputDataError
from toolkit.base.terms import TIERS
from toolkit.language.words import demonstration
from toolkit.output.report import file_name, valid_until, write_report

ROOT = Path(__file__).resolve().parents[3]
CLAIMS = {"testville": (claim_of(), other_claim())}
MOST_BYTES = 3_000_000
ARTEFACTS = ROOT / "artefacts"


def test_one_file_for_each_city_and_language(tmp_path: Path) -> None:
    paths = write_report(
        [report_on(layers_of())],
        tmp_path / "new" / "folder",
        assumptions=load_assumptions(),
        langs=("my", "en", "my"),
        claims_by_city=CLAIMS,
    )
    assert [path.name for path in paths] == [
        "testville-2024-03-09-en.html",
        "testville-2024-03-09-my.html",
    ]
    assert sorted(p.name for p in (tmp_path / "new" / "folder").iterdir()) == sorted(
        p.name for p in paths
    )
    for path, lang in zip(paths, ("en", "my"), strict=True):
        (root,) = [e for e in elements(path.read_text("utf-8")) if e.tag == "html"]
        assert root.attributes["lang"] == lang


def test_planned_cameras_get_a_file_of_their_own() -> None:
    report = report_on(None).model_copy(update={"status": "planned"})
    assert file_name(report, "my") == "testville-planned-2024-03-09-my.html"


def test_a_report_is_valid_for_as_long_as_the_assumptions_say() -> None:
    values = load_assumptions(changes={"report.valid_days": 60.0})
    assert (valid_until(report_on(None, assumptions=values), values) - AS_OF).days == 60


def test_nothing_is_written_if_one_report_cannot_be(tmp_path: Path) -> None:
    good = report_on(None)
    bad = good.model_copy(update={"city": good.city.model_copy(update={"id": "../../out"})})
    claims = CLAIMS | {"../../out": CLAIMS["testville"]}
    values = load_assumptions()
    for reports, words in (
        ([good, bad], "is not the id of a city"),
        ([good, good], "Two reports would be called"),
    ):
        with pytest.raises(InputDataError, match=words):
            write_report(reports, tmp_path, assumptions=values, claims_by_city=claims)
    with pytest.raises(InputDataError, match="'fr'"):
        write_report([good], tmp_path, assumptions=values, langs=("fr",), claims_by_city=claims)
    assert list(tmp_path.iterdir()) == []


def test_other_assumptions_or_claims_than_those_of_the_figures_are_refused(tmp_path: Path) -> None:
    report = report_on(None)
    other = load_assumptions(changes={"report.valid_days": 60.0})
    with pytest.raises(InputDataError, match="other assumptions"):
        write_report([report], tmp_path, assumptions=other, claims_by_city=CLAIMS)
    with pytest.raises(InputDataError, match="has changed since"):
        write_report(
            [report],
            tmp_path,
            assumptions=load_assumptions(),
            claims_by_city={"testville": (claim_of(),)},
        )
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def helsinki() -> Assessment:
    return assess("helsinki-centre", as_of=AS_OF.replace(year=2026), n_draws=12)


def test_the_report_on_the_built_in_city(helsinki: Assessment, tmp_path: Path) -> None:
    paths = write_report([helsinki], tmp_path, assumptions=load_assumptions(), langs=("en", "my"))
    for path in paths:
        assert path.stat().st_size < MOST_BYTES
        found = elements(path.read_text("utf-8"))
        pictures = [e for e in found if e.attributes.get("class") == "picture"]
        assert len(pictures) == len(TIERS)
        lang = "en" if path.name.endswith("-en.html") else "my"
        for picture in pictures:
            assert demonstration(lang) in picture.text
            assert "© OpenStreetMap contributors, ODbL" in picture.text


@pytest.fixture
def written(tmp_path: Path, helsinki: Assessment) -> tuple[Path, ...]:
    values = load_assumptions()
    shown = write_report([helsinki], tmp_path, assumptions=values, langs=("en", "my"))
    attack = "<img src=http://127.0.0.2:9/a.png onerror=document.title='hit'>"
    attack += "<style>@import 'http://127.0.0.2:9/b.css';</style>"
    hostile = (claim_of(says=attack),)
    report = report_on(None, hostile, name=attack)
    more = write_report(
        [report.model_copy(update={"city": report.city.model_copy(update={"id": "hostile"})})],
        tmp_path,
        assumptions=values,
        claims_by_city={"hostile": hostile},
    )
    return (*shown, *more)


@pytest.mark.browser
def test_a_browser_asks_for_nothing_but_the_file(
    written: tuple[Path, ...], chromium: str, playwright: Playwright
) -> None:
    browser = playwright.chromium.launch(
        executable_path=chromium,
        args=list(FLAGS),
    )
    for path in written:
        page = browser.new_page()
        asked: list[str] = []
        complaints: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("console", lambda message, found=complaints: found.append(message.text))
        page.on("pageerror", lambda error, found=complaints: found.append(str(error)))
        page.goto(path.as_uri())
        page.wait_for_load_state("networkidle")
        assert page.title() != "hit"
        ARTEFACTS.mkdir(exist_ok=True)
        page.screenshot(path=ARTEFACTS / f"report-{path.stem}.png", full_page=True)
        pdf = page.pdf(prefer_css_page_size=True, print_background=True)
        assert pdf.startswith(b"%PDF")
        outside = [u for u in asked if u != path.as_uri() and not u.startswith("data:")]
        assert outside == []
        assert complaints == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.close()
    burmese = browser.new_page()
    burmese.goto(written[1].as_uri())
    assert burmese.evaluate(
        "document.fonts.ready.then(f => [...f].filter(x => x.status === 'loaded').length)"
    )
    streets = burmese.evaluate(
        "[...document.querySelectorAll('svg.map use')]"
        ".filter(u => u.getBoundingClientRect().width > 0).length"
    )
    assert streets > len(TIERS) * 3
    browser.close()
