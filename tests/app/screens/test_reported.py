"""The page Reported: claims, contradictions, limits and what is missing."""

from __future__ import annotations

import re
from html import unescape

import pytest
from app_screens import AS_OF, html_of, part, screen, words_of
from banned_words import banned_words

from toolkit.assessment.assess import assess
from toolkit.assumptions.sets import list_sets, load_assumptions
from toolkit.base.terms import LANGUAGES, Language
from toolkit.evidence.load import load_claims
from toolkit.language.quantities import quantity_text
from toolkit.language.translate import has_burmese
from toolkit.language.words import built_in, limits, siting_limit
from toolkit.streets import pack
from toolkit.streets.cities import find_city, load_cities

IN_EVERY_RUN = {"mawlamyine", "naypyidaw", "helsinki-centre"}
"""Cities whose page is opened in every run; the claims of all are tested in reports."""


@pytest.mark.parametrize(
    "city",
    [
        c.id if c.id in IN_EVERY_RUN else pytest.param(c.id, marks=pytest.mark.slow)
        for c in load_cities()
    ],
)
def test_every_city_says_what_is_reported(city: str) -> None:
    found = assess(city, as_of=AS_OF)
    page = screen("reported", city=city)
    assert not page.exception
    assert not page.error
    words = words_of(page)
    assert quantity_text(found.counted.count, "en") in words
    for text in (*limits("en"), *found.cameras.installed.claims):
        assert text in words
    assert found.assumptions.sha256[:12] in words
    # Claims name actors as their sources do.
    assert banned_words(words.replace("ecurity forces", "")) == []


def test_contradictions_and_what_else_is_reported_are_told() -> None:
    words = words_of(screen("reported", city="yangon"))
    for claim in load_claims("yangon"):
        assert " ".join(claim.says.split()) in words
        assert claim.source.publisher in words
    assert "225 cameras stand at traffic lights.  ⇄ " in words
    assert "These claims contradict each other" in words


def test_a_city_without_streets_is_told_what_is_needed_and_no_command_that_is_not_there() -> None:
    words = words_of(screen("reported", city="dawei"))
    assert ".osm.pbf" in words
    named = set(re.findall(r"camera-exposure ([a-z]+(?: [a-z]+)?)", words))
    assert named == {"streets import", "streets list"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_cities_of_the_profiles_in_use_are_named(
    own_profiles: tuple[str, ...], lang: Language
) -> None:
    page = screen("reported", lang, city="dawei")
    assert not page.exception
    words = words_of(page)
    assert siting_limit(lang) not in words
    assert own_profiles[1] in words
    assert "<img" not in html_of(page)


def test_texts_of_the_built_in_data_that_a_page_shows_are_in_burmese() -> None:
    helsinki = find_city("helsinki-centre")
    shown = [helsinki.note, pack.read_manifest(helsinki.id).boundary.note]
    for found in list_sets():
        if found.kind == "probabilistic":
            shown += [found.title, load_assumptions(found.name).about]
    for text in filter(None, shown):
        assert built_in(text, "en") == text
        assert has_burmese(built_in(text, "my"))
    assert built_in("Disc around a market.", "my") == "Disc around a market."
    words = words_of(screen("reported", "my", city="helsinki-centre"))
    assert helsinki.note not in words
    assert built_in(helsinki.note, "my") in words
    assert shown[1] not in words


def test_sources_are_cited_in_the_digits_in_which_they_are_listed() -> None:
    script = (
        "from toolkit.app import bar\nfrom toolkit.app.screens import reported\n"
        "bar.use_chosen_numerals('my')\nreported.show('my')\n"
    )
    text = unescape(html_of(part(script, city="mandalay", numerals="burmese")))
    assert "<strong>[၁] </strong>" in text
    assert not re.search(r"\[[0-9]+\]", text)
