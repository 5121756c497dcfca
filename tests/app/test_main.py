from __future__ import annotations

import datetime as dt
import logging
import re
import shutil
from pathlib import Path

import pytest
import small_city
from app_screens import html_of, map_of, opened, panel_of, words_of
from banned_words import banned_words
from invented import HOSTILE
from running import SLOW_S
from streamlit.testing.v1 import AppTest

from toolkit.app import kept_answers, serve
from toolkit.app.city import answer
from toolkit.app.city import panel as panel_module
from toolkit.app.city.panel import not_counted
from toolkit.assessment.assess import assess
from toolkit.assessment.model import Assessment
from toolkit.assessment.question import Loaded, Question
from toolkit.base import egress, store
from toolkit.base.terms import LANGUAGES, TIERS, Language
from toolkit.language.words import (
    demonstration,
    limits,
    profile_name,
)
from toolkit.streets.cities import load_cities

AS_OF = dt.date(2026, 11, 1)
MOST_WORDS = 90
"""Words of the panel, without numbers; everything else is one tap away."""
CITIES = [city.id for city in load_cities()]
CITY_FILE = """
format = "camera-exposure.cities/1"

[[city]]
id = "hostile"
name = {{ en = {name}, my = {name} }}
lat = 16.0
lon = 96.0
admin = "nowhere"
country = "MM"
note = {name}
"""


@pytest.fixture(autouse=True)
def guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the launcher."""
    monkeypatch.setattr(egress, "require_guard", lambda: None)


def words_in(text: str) -> int:
    """Return the number of words; Burmese has spaces between phrases only, which count as one."""
    return sum(any(sign.isalpha() for sign in word) for word in text.split())


@pytest.mark.parametrize(
    ("city", "lang"),
    [*((city, "en") for city in CITIES), ("helsinki-centre", "my"), ("yangon", "my")],
)
def test_every_city_and_tier_has_a_short_panel(city: str, lang: Language) -> None:
    page = opened(city=city, lang=lang, tier="plate")
    assert not page.exception
    assert not page.error
    found = assess(city, as_of=AS_OF)
    data = map_of(page)
    assert (data is not None) == (found.basis == "streets")
    panel = panel_of(page, "plate")
    assert answer.sentence(found, "plate", lang) in panel
    assert not_counted(lang) in panel
    made = kept_answers.Estimate(Question(city, AS_OF).load(), "key", found)
    for tier in TIERS:
        parts = panel_module.of_tier(made, tier, lang)
        texts = (parts.answer, parts.caption, *parts.conditions, parts.rests_on, parts.not_counted)
        assert words_in(" ".join(texts)) <= MOST_WORDS
        assert banned_words(" ".join(texts)) == []
    words = words_of(page) if data is None else data["panel"]["lines"][0].replace("\xa0", " ")
    for part in ("as of 1 November 2026", "Completeness", "Boundary", "Sources: [1"):
        assert part in words or lang == "my"
    shown = data["banner"] if data is not None else words
    assert (demonstration(lang) in shown) == found.demonstration
    assert data is None or demonstration(lang) not in words_of(page)  # said once


def test_planned_counts_both_and_says_so() -> None:
    page = opened(city="yangon", status="planned")
    planned = assess("yangon", as_of=AS_OF, status="planned")
    panel = panel_of(page, "seen")
    assert answer.sentence(planned, "seen", "en") in panel
    assert "count as if built" in panel
    assert words_in(panel) <= MOST_WORDS


@pytest.fixture
def streets_of_dawei(home: Path) -> None:
    """Install some kilometres of street, as if they were those of a city without any."""
    small_city.install(home, "dawei", city="dawei")


@pytest.mark.usefixtures("streets_of_dawei")
def test_one_kind_of_operator_can_be_chosen_and_is_told() -> None:
    page = opened(city="dawei")
    mixed = map_of(page)
    page.selectbox(key="profile:en").set_value("plate_gates").run()
    assert not page.exception
    alone = assess("dawei", as_of=AS_OF, profile="plate_gates")
    kind = profile_name("plate_gates", "", "en")
    panel = panel_of(page, "seen")
    assert f"run by one kind of operator: {kind}." in panel
    assert answer.sentence(alone, "seen", "en") in panel
    # Where, hardly how much: the total is nearly the same, the map is not.
    changed = map_of(page)
    assert mixed is not None
    assert changed is not None
    assert changed["figures"] != mixed["figures"]


@pytest.mark.usefixtures("streets_of_dawei")
def test_a_sample_is_told_with_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_answers, "SAMPLE_POINTS", 200)
    kept_answers._made.clear()
    page = opened(city="dawei")
    found = assess("dawei", as_of=AS_OF, sample_points=200)
    data = map_of(page)
    assert data is not None
    assert answer.sentence(found, "seen", "en") in panel_of(page, "seen")
    assert found.sample is not None
    said = f"200 of {found.sample.of:,} places"
    assert said in " ".join(data["panel"]["lines"]).replace("\xa0", " ")
    kept_answers._made.clear()


def test_changed_assumptions_are_announced_and_taken_back() -> None:
    page = opened(city="dawei", assumption_changes={"optics.height_m": 6.0})
    assert "1" in page.warning[0].value
    page.button(key="back").click().run()
    assert not page.warning


def test_another_tier_or_language_computes_nothing_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def counting(loaded: Loaded, **_: object) -> Assessment:
        asked.append(loaded.question.city)
        return assess(loaded)

    monkeypatch.setattr(kept_answers, "assess", counting)
    kept_answers._made.clear()
    page = opened(city="sittwe")
    assert asked == ["sittwe"]
    for tier in TIERS:
        page.segmented_control(key="tier:en").set_value(tier).run()
    page.segmented_control(key="lang").set_value("my").run()
    assert asked == ["sittwe"]
    page.segmented_control(key="status:my").set_value("planned").run()
    assert asked == ["sittwe", "sittwe"]


def test_the_choice_outlives_another_language() -> None:
    page = opened(city="bagan")
    page.selectbox(key="city:en").set_value("mandalay").run()
    page.segmented_control(key="tier:en").set_value("plate").run()
    page.segmented_control(key="lang").set_value("my").run()
    assert page.selectbox(key="city:my").value == "mandalay"
    assert page.segmented_control(key="tier:my").value == "plate"
    assert answer.sentence(assess("mandalay", as_of=AS_OF), "plate", "my") in words_of(page)


def test_the_date_is_used() -> None:
    early = dt.date(2018, 1, 1)
    words = words_of(opened(city="yangon", as_of=early))
    assert answer.sentence(assess("yangon", as_of=early), "seen", "en") in words
    assert "1 January 2018" in words


def test_the_address_of_the_page_can_name_a_choice_and_nonsense_is_ignored() -> None:
    page = AppTest.from_file(str(serve.MAIN), default_timeout=SLOW_S)
    for key, value in {
        "city": "bagan",
        "tier": "face",
        "lang": "my",
        "as_of": "2025-05-05",
    }.items():
        page.query_params[key] = value
    page.run()
    assert answer.sentence(assess("bagan", as_of=dt.date(2025, 5, 5)), "face", "my") in words_of(
        page
    )
    page = AppTest.from_file(str(serve.MAIN), default_timeout=SLOW_S)
    for key in ("city", "tier", "lang", "as_of", "status", "own-dawei", "own-low-dawei"):
        page.query_params[key] = HOSTILE
    page.run()
    assert not page.exception
    assert not page.error
    # No such city: the steps of a new user.
    assert len(page.pills) == 1


def own_count(page: AppTest, low: int, high: int) -> AppTest:
    city = page.session_state["city"]
    page.checkbox(key=f"own-{city}").check().run()
    page.number_input(key=f"own-low-{city}").set_value(low)
    page.number_input(key=f"own-high-{city}").set_value(high)
    return page.run()


@pytest.mark.parametrize(
    ("city", "low", "high"),
    [
        ("dawei", 1, 1),
        ("dawei", 40, 90),
        ("dawei", 1_000_000, 1_000_000),
        pytest.param("helsinki-centre", 40, 90, marks=pytest.mark.slow),
    ],
)
def test_the_users_own_number_stands_in_for_the_report(city: str, low: int, high: int) -> None:
    page = own_count(opened(city=city), low, high)
    assert not page.error
    found = assess(city, as_of=AS_OF, count=(low, high))
    panel = panel_of(page, "seen")
    assert answer.sentence(found, "seen", "en") in panel
    assert "Rests on your own number" in panel
    page.checkbox(key=f"own-{city}").uncheck().run()
    assert answer.sentence(assess(city, as_of=AS_OF), "seen", "en") in panel_of(page, "seen")


def test_nothing_of_a_session_is_written(home: Path) -> None:
    small_city.install(home, "dawei", city="dawei", rows=90)  # streets that no other test has seen
    before = set(home.rglob("*"))
    page = opened(city="dawei")
    written = sorted(home.rglob("*"))
    new = [path for path in written if path not in before]
    assert any("sight" in path.parts for path in new)
    assert all(path.is_relative_to(home / "cache") for path in new)
    page = own_count(page, 4711, 4712)
    assert not page.exception
    assert sorted(home.rglob("*")) == written


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hostile_names_stay_text(home: Path, lang: str) -> None:
    quoted = '"' + HOSTILE.replace("\\", "\\\\").replace('"', '\\"') + '"'
    (home / "cities.toml").write_text(CITY_FILE.format(name=quoted), encoding="utf-8")
    page = opened(city="hostile", lang=lang)
    assert not page.exception
    assert not page.error
    html = html_of(page)
    assert "alert(1)" in html
    for piece in ("<img src", "</script", "<script", "onerror=alert(1)>", "\u202e"):
        assert piece not in html
    (option,) = [o for o in page.selectbox(key=f"city:{lang}").options if "alert(1)" in o]
    assert "\u202e" not in option


def test_a_damaged_pack_is_a_sentence_and_other_cities_still_work(home: Path) -> None:
    name = "helsinki-centre"
    shutil.copytree(store.builtin_dir() / "packs" / name, home / "packs" / name)
    manifest = home / "packs" / name / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8")[:-40], encoding="utf-8")
    page = opened(city=name)
    assert not page.exception
    assert len(page.error) == 1
    assert map_of(page) is None
    assert limits("en")[0] in words_of(page)
    page.selectbox(key="city:en").set_value("yangon").run()
    assert not page.error
    assert answer.sentence(assess("yangon", as_of=AS_OF), "seen", "en") in words_of(page)


def test_a_damaged_part_of_a_pack_is_found_although_the_streets_were_shown_before(
    home: Path,
) -> None:
    name = "helsinki-centre"
    assert map_of(opened(city=name)) is not None
    shutil.copytree(store.builtin_dir() / "packs" / name, home / "packs" / name)
    manifest = home / "packs" / name / "manifest.json"
    text = manifest.read_text(encoding="utf-8")
    changed = re.sub(r'("streets\.parquet":[^}]*"sha256": ?")[0-9a-f]{4}', r"\g<1>0000", text)
    assert changed != text
    manifest.write_text(changed, encoding="utf-8")
    page = opened(city=name)
    assert len(page.error) == 1
    assert not page.exception


def test_damaged_evidence_and_a_damaged_list_of_cities_are_sentences(home: Path) -> None:
    (home / "evidence").mkdir()
    (home / "evidence" / "dawei.toml").write_text('format = "x"\n<script>', encoding="utf-8")
    page = opened(city="dawei")
    assert not page.exception
    assert len(page.error) == 1
    (home / "cities.toml").write_text("[[city]]\nid = 7\n", encoding="utf-8")
    page = opened(city="dawei")
    assert not page.exception
    assert len(page.error) == 1
    assert page.segmented_control(key="lang").value == "en"


def test_a_failure_of_the_toolkit_shows_and_logs_nothing_of_the_session(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def failing(*_: object, **__: object) -> None:
        msg = "4711 cameras of my own"
        raise RuntimeError(msg)

    monkeypatch.setattr(kept_answers, "assess", failing)
    kept_answers._made.clear()
    with caplog.at_level(logging.DEBUG):
        page = opened(city="dawei")
    assert not page.exception
    assert "4711" not in page.error[0].value + words_of(page) + caplog.text
    assert "RuntimeError" in caplog.text
    assert "Nothing was saved or sent" in page.error[0].value.replace("\\", "")
