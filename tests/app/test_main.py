from __future__ import annotations

import datetime as dt
import json
import logging
import re
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from banned_words import banned_words
from invented import HOSTILE
from running import SLOW_S
from streamlit.testing.v1 import AppTest

from toolkit.app import kept_answers, serve
from toolkit.app.city import answer, figures, map_view
from toolkit.assessment.assess import assess
from toolkit.assessment.model import Assessment
from toolkit.assessment.question import Question
from toolkit.assumptions.sets import list_sets, load_assumptions
from toolkit.base import egress, store
from toolkit.base.terms import LANGUAGES, TIERS
from toolkit.evidence.load import load_claims
from toolkit.language import notes
from toolkit.language.quantities import quantity_text
from toolkit.language.translate import has_burmese, tr
from toolkit.language.words import (
    built_in,
    demonstration,
    limits,
    profile_name,
    siting_limit,
    tier_condition,
)
from toolkit.siting.profiles import load_profiles
from toolkit.streets import pack
from toolkit.streets.cities import find_city, load_cities

AS_OF = dt.date(2026, 11, 1)
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


@pytest.fixture
def opened() -> Callable[..., AppTest]:
    """Give a function that runs the page with some choices made before."""

    def run(**chosen: object) -> AppTest:
        page = AppTest.from_file(str(serve.MAIN), default_timeout=SLOW_S)
        for key, value in {"as_of": AS_OF, **chosen}.items():
            page.session_state[key] = value
        return page.run()

    return run


def html_of(page: AppTest) -> str:
    return "\n".join(element.value for element in page.html)


def words_of(page: AppTest) -> str:
    """Return the text of the page without its elements and its style sheet."""
    bare = re.sub(r"<style>.*?</style>", "", html_of(page), flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", " ", bare)).replace("\xa0", " ")


def map_of(page: AppTest) -> dict[str, Any]:
    (found,) = (
        data
        for one in page.get("bidi_component")
        if "classes" in (data := json.loads(one.proto.json))
    )
    return found


def has_map(page: AppTest) -> bool:
    return any("classes" in json.loads(one.proto.json) for one in page.get("bidi_component"))


@pytest.mark.parametrize(
    ("city", "lang"),
    [*((city, "en") for city in CITIES), ("helsinki-centre", "my"), ("yangon", "my")],
)
def test_every_city_and_tier(opened: Callable[..., AppTest], city: str, lang: str) -> None:
    found = assess(city, as_of=AS_OF)
    page = opened(city=city, lang=lang)
    for tier in TIERS:
        page.radio(key=f"tier:{lang}").set_value(tier).run()
        assert not page.exception
        assert not page.error
        words, part = words_of(page), found.shown_tiers[tier]
        assert found.city.name.in_language(lang) in words
        assert answer.sentence(found, tier, lang) in words
        for figure in (part.length_km, part.ring_m.outer, found.counted.count):
            assert quantity_text(figure, lang) in words
        for case in part.cases:
            assert quantity_text(case.share_of_length, lang) in words
        if part.switched_on is not None:
            assert quantity_text(part.switched_on, lang) in words
            assert tier_condition(tier, lang) in words
        for limit in limits(lang):
            assert limit in words
        for claim in found.cameras.installed.claims:
            assert claim in words
        assert found.assumptions.sha256[:12] in words
        assert (demonstration(lang) in words) == found.demonstration
        assert has_map(page) == (found.basis == "streets")
        assert html_of(page).count("<table>") >= 4
        # Claims name actors as their sources do.
        assert banned_words(words.replace("ecurity forces", "")) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_cities_of_the_profiles_in_use_are_named(
    opened: Callable[..., AppTest], own_profiles: tuple[str, ...], lang: str
) -> None:
    page = opened(city="dawei", lang=lang)
    assert not page.exception
    words = words_of(page)
    assert siting_limit(lang) not in words
    assert own_profiles[1] in words
    assert "<img" not in html_of(page)


def test_every_table_says_for_when_how_complete_and_from_whom(
    opened: Callable[..., AppTest],
) -> None:
    for city in ("helsinki-centre", "yangon"):
        html = html_of(opened(city=city))
        shown = html.split("<details>")[0]
        # One more stands under the sentence that answers, which comes first.
        assert shown.count('class="foot"') == shown.count("<table>") + 1 >= 4
        assert shown.index('class="answer"') < shown.index('class="foot"') < shown.index("<table>")
        for foot in re.findall(r'<p class="foot">(.*?)</p>', shown):
            for part in ("as of 1 November 2026", "Completeness", "Boundary", "Sources: &#91;1"):
                assert part in foot


def test_contradictions_and_what_else_is_reported_are_told(opened: Callable[..., AppTest]) -> None:
    words = words_of(opened(city="yangon"))
    for claim in load_claims("yangon"):
        assert " ".join(claim.says.split()) in words
        assert claim.source.publisher in words
    assert "225 cameras stand at traffic lights.  ⇄ " in words
    assert "These claims contradict each other" in words


def test_a_city_without_streets_is_told_what_is_needed_and_no_command_that_is_not_there(
    opened: Callable[..., AppTest],
) -> None:
    words = words_of(opened(city="dawei"))
    assert ".osm.pbf" in words
    named = set(re.findall(r"camera-exposure ([a-z]+(?: [a-z]+)?)", words))
    assert named == {"streets import", "streets list"}


def test_another_tier_or_language_computes_nothing_anew(
    opened: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def counting(question: Question) -> Assessment:
        asked.append(question.city)
        return assess(question)

    monkeypatch.setattr(kept_answers, "assess", counting)
    kept_answers._estimate.clear()
    page = opened(city="sittwe")
    assert asked == ["sittwe"]
    for tier in TIERS:
        page.radio(key="tier:en").set_value(tier).run()
    page.radio(key="lang").set_value("my").run()
    assert asked == ["sittwe"]
    page.radio(key="status:my").set_value("planned").run()
    assert asked == ["sittwe", "sittwe"]


def test_the_choice_outlives_another_language(opened: Callable[..., AppTest]) -> None:
    page = opened()
    page.selectbox(key="city:en").set_value("mandalay").run()
    page.radio(key="tier:en").set_value("plate").run()
    page.radio(key="lang").set_value("my").run()
    assert page.selectbox(key="city:my").value == "mandalay"
    assert page.radio(key="tier:my").value == "plate"
    assert answer.sentence(assess("mandalay", as_of=AS_OF), "plate", "my") in words_of(page)


def test_planned_counts_both_and_says_so(opened: Callable[..., AppTest]) -> None:
    page = opened(city="yangon", status="planned")
    planned = assess("yangon", as_of=AS_OF, status="planned")
    assert answer.sentence(planned, "seen", "en") in words_of(page)
    assert "as if it had been carried out" in words_of(page)


def test_the_date_is_used_and_today_is_where_it_starts(opened: Callable[..., AppTest]) -> None:
    page = AppTest.from_file(str(serve.MAIN), default_timeout=SLOW_S).run()
    before = dt.datetime.now(dt.UTC).date()
    assert page.date_input(key="as_of").value in (before, before - dt.timedelta(days=1))
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
    for key in ("city", "tier", "lang", "as_of", "status", "own", "own_low"):
        page.query_params[key] = HOSTILE
    page.run()
    assert not page.exception
    assert not page.error
    assert page.selectbox(key="city:en").value == "helsinki-centre"
    assert not page.checkbox(key="own").value


def own_count(page: AppTest, low: int | None, high: int | None) -> AppTest:
    page.checkbox(key="own").check().run()
    if low is not None:
        page.number_input(key="own_low").set_value(low)
    if high is not None:
        page.number_input(key="own_high").set_value(high)
    return page.run()


@pytest.mark.parametrize(
    ("city", "low", "high"),
    [
        ("dawei", 1, 1),
        ("dawei", 40, 90),
        ("dawei", 1_000_000, 1_000_000),
        ("helsinki-centre", 40, 90),
    ],
)
def test_the_users_own_number_stands_in_for_the_report(
    opened: Callable[..., AppTest], city: str, low: int, high: int
) -> None:
    page = own_count(opened(city=city), low, high)
    assert not page.error
    found = assess(city, as_of=AS_OF, count=(low, high))
    words = words_of(page)
    assert answer.sentence(found, "seen", "en") in words
    assert "a number that the user entered" in words
    page.checkbox(key="own").uncheck().run()
    assert answer.sentence(assess(city, as_of=AS_OF), "seen", "en") in words_of(page)


def test_half_a_number_changes_nothing(opened: Callable[..., AppTest]) -> None:
    for low, high in ((None, None), (5, None), (None, 5)):
        page = own_count(opened(city="dawei"), low, high)
        assert answer.sentence(assess("dawei", as_of=AS_OF), "seen", "en") in words_of(page)
        assert "Give both numbers" in page.info[0].value.replace("\\", "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_range_the_wrong_way_round_is_refused_in_a_sentence(
    opened: Callable[..., AppTest], lang: str
) -> None:
    page = own_count(opened(city="dawei", lang=lang), 500, 20)
    assert not page.exception
    (error,) = page.error
    assert error.value
    assert "500" not in error.value
    words = words_of(page)
    assert limits(lang)[0] in words
    assert "<table>" not in html_of(page)
    page.number_input(key="own_high").set_value(600).run()
    assert not page.error


def test_nothing_of_a_session_is_written(opened: Callable[..., AppTest], home: Path) -> None:
    page = opened(city="helsinki-centre")
    # Lines of sight, if no earlier test has opened the city.
    written = sorted(home.rglob("*"))
    assert all(path.is_relative_to(home / "cache") for path in written)
    page = own_count(page, 4711, 4712)
    assert not page.exception
    assert sorted(home.rglob("*")) == written


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hostile_names_stay_text(opened: Callable[..., AppTest], home: Path, lang: str) -> None:
    quoted = '"' + HOSTILE.replace("\\", "\\\\").replace('"', '\\"') + '"'
    (home / "cities.toml").write_text(CITY_FILE.format(name=quoted), encoding="utf-8")
    page = opened(city="hostile", lang=lang)
    assert not page.exception
    assert not page.error
    html = html_of(page)
    assert "alert(1)" in html
    for piece in ("<img", "</script", "<script", "onerror=alert(1)>", "\u202e"):
        assert piece not in html
    (option,) = [o for o in page.selectbox(key=f"city:{lang}").options if "alert(1)" in o]
    assert "\u202e" not in option


def test_a_damaged_pack_is_a_sentence_and_other_cities_still_work(
    opened: Callable[..., AppTest], home: Path
) -> None:
    name = "helsinki-centre"
    shutil.copytree(store.builtin_dir() / "packs" / name, home / "packs" / name)
    manifest = home / "packs" / name / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8")[:-40], encoding="utf-8")
    page = opened(city=name)
    assert not page.exception
    assert len(page.error) == 1
    assert not has_map(page)
    assert limits("en")[0] in words_of(page)
    page.selectbox(key="city:en").set_value("yangon").run()
    assert not page.error
    assert answer.sentence(assess("yangon", as_of=AS_OF), "seen", "en") in words_of(page)


def test_a_damaged_part_of_a_pack_is_found_although_the_streets_were_shown_before(
    opened: Callable[..., AppTest], home: Path
) -> None:
    name = "helsinki-centre"
    assert has_map(opened(city=name))
    shutil.copytree(store.builtin_dir() / "packs" / name, home / "packs" / name)
    manifest = home / "packs" / name / "manifest.json"
    text = manifest.read_text(encoding="utf-8")
    changed = re.sub(r'("streets\.parquet":[^}]*"sha256": ?")[0-9a-f]{4}', r"\g<1>0000", text)
    assert changed != text
    manifest.write_text(changed, encoding="utf-8")
    page = opened(city=name)
    assert len(page.error) == 1
    assert not page.exception


def test_damaged_evidence_and_a_damaged_list_of_cities_are_sentences(
    opened: Callable[..., AppTest], home: Path
) -> None:
    (home / "evidence").mkdir()
    (home / "evidence" / "dawei.toml").write_text('format = "x"\n<script>', encoding="utf-8")
    page = opened(city="dawei")
    assert not page.exception
    assert len(page.error) == 1
    (home / "cities.toml").write_text("[[city]]\nid = 7\n", encoding="utf-8")
    page = opened(city="dawei")
    assert not page.exception
    assert len(page.error) == 1
    assert page.radio(key="lang").value == "en"


def test_a_failure_of_the_toolkit_shows_and_logs_nothing_of_the_session(
    opened: Callable[..., AppTest],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def failing(*_: object, **__: object) -> None:
        msg = "4711 cameras of my own"
        raise RuntimeError(msg)

    monkeypatch.setattr(kept_answers, "assess", failing)
    kept_answers._estimate.clear()
    with caplog.at_level(logging.DEBUG):
        page = opened(city="dawei")
    assert not page.exception
    assert "4711" not in page.error[0].value + words_of(page) + caplog.text
    assert "RuntimeError" in caplog.text
    assert "Nothing was saved or sent" in page.error[0].value.replace("\\", "")


def test_a_sample_is_told_with_its_error_and_the_figures_come_before_its_map(
    opened: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = []
    monkeypatch.setattr(kept_answers, "SAMPLE_POINTS", 2_000)
    kept_answers._estimate.clear()
    for module in (figures, map_view):
        show = module.show
        monkeypatch.setattr(
            module,
            "show",
            lambda *given, show=show, name=module.__name__: order.append(name) or show(*given),
        )
    page = opened(city="helsinki-centre")
    found = assess("helsinki-centre", as_of=AS_OF, sample_points=2_000)
    assert found.sample is not None
    words = words_of(page)
    assert answer.sentence(found, "seen", "en") in words
    assert answer.sample_text(found.sample, "en") in words
    assert "2,000 of 17,073 places" in words
    assert [name.rsplit(".", 1)[-1] for name in order] == ["figures", "map_view"]
    kept_answers._estimate.clear()


def test_one_kind_of_operator_can_be_chosen_and_is_told(opened: Callable[..., AppTest]) -> None:
    page = opened(city="helsinki-centre")
    assert page.selectbox(key="profile:en").value == ""
    mixed_map = map_of(page)["classes"]
    assert notes.text("one_profile") not in words_of(page)
    page.selectbox(key="profile:en").set_value("plate_gates").run()
    assert not page.exception
    alone = assess("helsinki-centre", as_of=AS_OF, profile="plate_gates")
    words = words_of(page)
    # Beside the choice, and with the figures.
    assert words.count(notes.text("one_profile")) >= 2
    kind = profile_name("plate_gates", "", "en")
    assert f"run by one kind of operator: {kind}." in words
    assert answer.sentence(alone, "seen", "en") in words
    assert quantity_text(alone.tiers["seen"].length_km, "en") in words
    # Where, hardly how much: the total is nearly the same, the map is not.
    assert map_of(page)["classes"] != mixed_map


def test_texts_of_the_built_in_data_that_a_page_shows_are_in_burmese(
    opened: Callable[..., AppTest],
) -> None:
    helsinki = find_city("helsinki-centre")
    shown = [helsinki.note, pack.read_manifest(helsinki.id).boundary.note]
    for found in list_sets():
        if found.kind == "probabilistic":
            shown += [found.title, load_assumptions(found.name).about]
    for text in filter(None, shown):
        assert built_in(text, "en") == text
        assert has_burmese(built_in(text, "my"))
    assert built_in("Disc around a market.", "my") == "Disc around a market."
    words = words_of(opened(lang="my"))
    assert helsinki.note not in words
    assert built_in(helsinki.note, "my") in words
    assert shown[1] not in words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_called_an_upload(lang: str, opened: Callable[..., AppTest]) -> None:
    style = html_of(opened(page="streets", lang=lang))
    for text in (tr("Choose a file", lang), tr("up to 20 MB", lang)):
        assert f'::after{{content:"{text}";' in style
        assert not set('"\\<>\n') & set(text)


def test_kinds_of_operators_have_burmese_names(opened: Callable[..., AppTest]) -> None:
    page = opened(city="dawei", lang="my")
    shown = page.selectbox(key="profile:my").options
    assert len(shown) == 1 + len(load_profiles().profile)
    for name, one in load_profiles().profile.items():
        assert profile_name(name, one.title, "en") == one.title
        assert profile_name(name, one.title, "my") in shown
    assert not any(text.isascii() for text in shown)


@pytest.mark.parametrize("lang", ["en", "my"])
def test_a_choice_of_operator_that_does_nothing_says_so(
    lang: str, opened: Callable[..., AppTest]
) -> None:
    words = words_of(opened(city="dawei", profile="plate_gates", lang=lang))
    assert (
        tr("No streets are installed for this city, so this choice changes no figure.", lang)
        in words
    )
    assert notes.text("one_profile", lang) not in words


def test_a_kind_of_operator_that_is_not_there_is_not_chosen(opened: Callable[..., AppTest]) -> None:
    page = opened(city="dawei", profile="<b>gangsters</b>")
    assert not page.exception
    assert page.selectbox(key="profile:en").value == ""
