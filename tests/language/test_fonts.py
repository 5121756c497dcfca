"""Bundled fonts: inside the page, whole, and for Burmese only."""

from __future__ import annotations

import base64
import re

from toolkit.language import fonts


def test_each_weight_is_inside_the_style_sheet():
    css = fonts.font_css()
    assert css.startswith(fonts.font_css(bold=False))
    assert css.count("@font-face") == 2 * fonts.font_css(bold=False).count("@font-face") == 2
    found = re.findall(r"font-weight:(\d+);.*?url\(data:font/woff2;base64,([^)]+)\)", css)
    assert [int(weight) for weight, _ in found] == list(fonts.FONT_FILES)
    for (_, data), name in zip(found, fonts.FONT_FILES.values(), strict=True):
        assert base64.b64decode(data) == (fonts.ASSETS / name).read_bytes()
        assert base64.b64decode(data).startswith(b"wOF2")
    assert not re.search(r"url\((?!data:)", css)


def test_the_range_holds_burmese_and_no_latin():
    pairs = re.findall(r"U\+([0-9A-F]+)-?([0-9A-F]*)", fonts.font_css())
    ranges = [range(int(first, 16), int(last or first, 16) + 1) for first, last in pairs]

    def held(letter: str) -> bool:
        return any(ord(letter) in one for one in ranges)

    assert all(map(held, "မော်လမြိုင်၁၂၃၊။"))
    assert not any(map(held, "aZ09 é"))


def test_a_page_names_the_family_after_those_of_the_system():
    assert fonts.FONT_STACK.endswith(f"'{fonts.FONT_FAMILY}'")
    assert f"font-family:'{fonts.FONT_FAMILY}'" in fonts.font_css()
