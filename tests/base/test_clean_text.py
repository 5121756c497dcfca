from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.base.clean_text import TEXT_LIMIT, clean_text


@pytest.mark.parametrize(
    ("given_text", "kept"),
    [
        (None, None),
        ("", None),
        (" \t\r\n ", None),
        ("\x00\x1b\u202e\u2066", None),
        ("  Main \n Street\t1 ", "Main Street 1"),
        ("a\u202eb\u2069c\x00d\x9be\ufefff", "abcdef"),
        ("line\u2028break", "line break"),
        ("Cafe\u0301", "Café"),
        ("ပြည်\u200bလမ်း", "ပြည်\u200bလမ်း"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("x" * 5000, "x" * TEXT_LIMIT),
        ("\ud800x", "x"),
    ],
)
def test_known_texts(given_text: str | None, kept: str | None) -> None:
    assert clean_text(given_text) == kept


@given(st.text(max_size=400))
def test_nothing_hostile_is_left(text: str) -> None:
    cleaned = clean_text(text)
    if cleaned is None:
        return
    assert 0 < len(cleaned) <= TEXT_LIMIT
    assert cleaned == cleaned.strip()
    assert cleaned == unicodedata.normalize("NFC", cleaned)
    allowed = {"\u200b", "\u200c", "\u200d"}
    assert all(unicodedata.category(c)[0] != "C" or c in allowed for c in cleaned)
    assert clean_text(cleaned) == cleaned
