"""Typesetting: texts as data, the bundled fonts only, no clock."""

from __future__ import annotations

import datetime as dt

import pytest
from pdf_pages import squeezed, taken_apart

from toolkit.language.fonts import ASSETS, PRINTED_FILES
from toolkit.output.report import typeset

DAY = dt.date(2026, 11, 23)


def document(*blocks: dict[str, object], lang: str = "en") -> bytes:
    data = {"lang": lang, "title": "Title", "banner": None, "running": "Foot", "blocks": blocks}
    return typeset.document(data, day=DAY)


def para(text: str) -> dict[str, object]:
    return {"kind": "para", "texts": [text], "strong": False, "small": False}


def test_the_same_data_give_the_same_bytes_and_the_date_is_that_of_the_data() -> None:
    made = document(para("one"))
    assert made == document(para("one")) != document(para("two"))
    assert taken_apart(made).metadata["CreationDate"] == "D:20261123000000Z"


@pytest.mark.parametrize(
    "text", ["#panic()", "= no heading", "$ x^2 $", '#import "@preview/a:1.0.0"', "\\ # * _ ` @"]
)
def test_markup_in_a_text_is_text(text: str) -> None:
    pages = taken_apart(document(para(text)))
    assert squeezed(text) in pages.joined
    assert [tag.kind for tag in pages.tags].count("H1") == 1


def test_stacked_and_raised_letters_are_copied_out_once() -> None:
    # Typst says a syllable twice where a font moves one of its marks.
    for text in ("ပုဂ္ဂလိက", "ရက်စွဲ", "သတ္တပါး", "ကမ္ဘာ"):
        assert text in taken_apart(document(para(text), lang="my")).joined


@pytest.mark.parametrize(
    "word", ["ကင်မရာများ", "ကီလိုမီတာ", "အလယ်ကိန်း", "ခုနှစ်", "ဇူလိုင်", "ရာခိုင်နှုန်း", "သာမန်", "သို့မဟုတ်"]
)
def test_words_that_the_breaking_of_lines_does_not_know_stay_on_one_line(word: str) -> None:
    table = {
        "kind": "table", "caption": "", "head": ["a"] * 12, "rows": [[word] * 12], "foot": "",
        "first": 1.0, "room": 0.0,
    }  # fmt: skip
    kept = word.removesuffix("များ")
    (text,) = taken_apart(document(table, lang="my")).texts
    assert text.count(kept) == 12


def test_control_and_turning_characters_go_and_units_stay_with_their_numbers() -> None:
    assert typeset.printable("a\u202eb\x07c") == "abc"
    assert typeset.printable("12 km") == "12\u00a0km"


def test_the_fonts_have_latin_and_burmese_letters_in_both_weights() -> None:
    have = typeset._letters()
    assert set(map(ord, "AZaz09äßžΩЖ–“”…")) <= have
    assert set(range(0x1000, 0x1050)) <= have
    assert set(typeset._fonts().families()) == {"Noto Sans", "Noto Sans Myanmar"}
    for name in PRINTED_FILES:
        assert (ASSETS / name.replace("400", "700")).is_file()
