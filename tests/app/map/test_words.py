"""Words of the map: each class with its numbers, none taken for another."""

from __future__ import annotations

import re
import string
from typing import Any

import pytest
from banned_words import banned_words
from invented import layers_of
from made import report_on
from made_trips import trip_of, with_trips

from toolkit.app.map import words
from toolkit.app.map.classes import NO_DATA, STEPS
from toolkit.base.terms import LANGUAGES, TIERS, Language
from toolkit.language.quantities import quantity_text
from toolkit.language.translate import has_burmese
from toolkit.output import trip_words
from toolkit.streets.readers.osm.tags import PLACES
from toolkit.streets.schema import ROADS


def flat(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for one in value.values() for text in flat(one)]
    if isinstance(value, list):
        return [text for one in value for text in flat(one)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_class_has_words_with_numbers_of_its_own(lang: Language) -> None:
    texts = [words.step_text(step, lang) for step in STEPS]
    assert len(set(texts)) == len(texts)
    assert all(re.search(r"\d", text) for text in texts[:NO_DATA])
    bare = [re.sub(r"[\d\s%]+", "", text) for text in texts]
    assert len(set(bare)) == len(bare)
    # No name is the beginning of another.
    heads = [re.split("[-:၊,]", text)[0].strip() for text in texts]
    assert not [a for a in heads for b in heads if a != b and b.startswith(a)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_texts_are_in_the_language_and_promise_nothing(lang: Language) -> None:
    assessment = with_trips(report_on(layers_of()), trip_of())
    made = words.texts(assessment.city.name.in_language(lang), lang)
    texts = flat(made) + flat(words.every_tier(assessment, lang))
    assert banned_words(" ".join(texts)) == []
    if lang == "my":
        letters = set(string.ascii_letters)
        told = [t for t in texts if set(re.sub(r"\{\w+\}", "", t)) & letters and t not in TIERS]
        assert [t for t in told if not has_burmese(t)] == []
    assert made["never"] in words.words.limits(lang)


def test_every_road_and_place_of_a_pack_has_a_name() -> None:
    made = words.texts("Testville", "en")
    assert len(made["roads"]) == len(ROADS) + 1
    assert made["roads"][ROADS.index("primary")] == "a main road"
    assert made["roads"][ROADS.index("residential")] == "a side street"
    assert made["roads"][-1] == "a walkway, path or service road"
    assert set(made["places"]) == {kind for kind, _, _ in PLACES}


def test_the_legend_repeats_the_figure_of_trips() -> None:
    assessment = with_trips(report_on(layers_of()), trip_of())
    for tier, shown in zip(TIERS, words.every_tier(assessment, "en"), strict=True):
        assert shown["figure"].replace("\xa0", " ") == trip_words.headline(assessment, tier, "en")
        chance = assessment.tiers[tier].trip.at_least_one
        assert quantity_text(chance, "en") in shown["trips"].replace("\xa0", " ")
        assert shown["share"].replace("\xa0", " ") == quantity_text(chance, "en")
        assert shown["along"] == (tier in {"face", "plate"})
        assert ("{length}" in shown["chance"]) == shown["along"]
        assert "{ability}" not in shown["chance"]
    without = words.of_tier(report_on(layers_of()), "plate", "en")
    assert without["share"] is None
    assert "km" in without["figure"]
