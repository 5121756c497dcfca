"""The fonts of printed pages are those that the script makes."""

from __future__ import annotations

from pathlib import Path

import printed_fonts
from fontTools.ttLib import TTFont


def test_burmese_letters_are_those_of_pages_with_marks_that_do_not_move(tmp_path: Path) -> None:
    for weight in printed_fonts.NAMES.values():
        source = printed_fonts.ASSETS / f"noto-sans-myanmar-myanmar-{weight}-normal.woff2"
        made = tmp_path / f"{weight}.ttf"
        printed_fonts.burmese(source, made)
        bundled = printed_fonts.ASSETS / f"noto-sans-myanmar-{weight}.ttf"
        assert made.read_bytes() == bundled.read_bytes()
        with TTFont(source) as old, TTFont(made) as new:
            assert old.getBestCmap() == new.getBestCmap()
            assert old["head"].modified == new["head"].modified


def test_latin_letters_are_the_chosen_ones() -> None:
    with TTFont(printed_fonts.ASSETS / "noto-sans-400.ttf") as font:
        have = set(font.getBestCmap())
    wanted = {code for a, b in printed_fonts._RANGES for code in range(a, b + 1)}
    assert have <= wanted
    assert set(map(ord, "Aaäő€–�")) <= have
