"""Names and limits in words, in both languages."""

from __future__ import annotations

import re

import pytest
from banned_words import banned_words

from toolkit.base import terms
from toolkit.base.terms import EXPOSURE_CLASSES, STATUSES, SWITCHED_TIERS, TIERS
from toolkit.language import translate, words


@pytest.mark.parametrize("lang", terms.LANGUAGES)
def test_labels_are_there_and_differ(lang: str) -> None:
    groups = (
        [words.tier_name(t, lang) for t in TIERS],
        [words.tier_meaning(t, lang) for t in TIERS],
        [words.tier_condition(t, lang) for t in SWITCHED_TIERS],
        [words.class_name(c, lang) for c in EXPOSURE_CLASSES],
        [words.class_meaning(c, lang) for c in EXPOSURE_CLASSES],
        [words.status_name(s, lang) for s in STATUSES],
        list(words.limits(lang)),
    )
    for group in groups:
        assert all(group)
        assert len(set(group)) == len(group)
        assert all(translate.has_burmese(text or "") == (lang == "my") for text in group)
        assert [banned_words(text or "") for text in group] == [[]] * len(group)
    assert [words.tier_condition(t, lang) for t in ("seen", "recognised")] == [None, None]


@pytest.mark.parametrize("lang", terms.LANGUAGES)
def test_where_cameras_stand_is_learnt_from_the_cities_in_use(lang: str) -> None:
    given = words.siting_limit(lang)
    one = words.siting_limit(lang, ["helsinki_centre"])
    own = words.siting_limit(lang, ["helsinki_centre", "mytown"])
    alone = words.siting_limit(lang, ["mytown"])
    unknown = words.siting_limit(lang, ())
    texts = [given, one, own, alone, unknown]
    assert len(set(texts)) == len(texts)
    assert [re.findall("[0-9]+", text) for text in texts] == [["4"], ["1"], ["2"], ["1"], []]
    for text in texts:
        assert banned_words(text) == []
        assert translate.has_burmese(text) == (lang == "my")
    if lang == "en":
        assert "(Auckland, Baltimore, Bengaluru, Helsinki)" in given
        assert "1 city outside Myanmar (Helsinki)" in one
        assert "outside Myanmar" not in own + alone + unknown
        assert all("city in Myanmar" in text for text in texts)


def test_names_of_cities_in_use_are_cut_and_cleaned() -> None:
    names = ["a" * 500, "\x1b[31m{n}\u202e", "\x07", *(f"c{i}" for i in range(60))]
    text = words.siting_limit("en", names)
    assert text.startswith("Where cameras stand is learnt from lists of cameras of 63 cities")
    assert f"({'a' * 40}, [31m{{n}}, ?, c0, c1, c2, c3, c4, 55 more)" in text


def test_the_first_limit_is_the_agreed_sentence() -> None:
    first = words.limits("en")[0]
    assert first == (
        "This covers only the camera system in the reports. It does not count private, hidden or "
        "mobile cameras, checkpoints or phones."
    )
    assert len(words.limits("my")) == len(words.limits("en")) >= 4


@pytest.mark.parametrize("lang", ["en", "my"])
def test_many_private_cameras_are_a_limit_after_the_first(lang: str) -> None:
    usual = words.limits(lang)
    more = words.limits(lang, private_many=True)
    assert more == (usual[0], words.private_limit(lang), *usual[1:])
    assert words.private_limit(lang) not in usual
