"""Zawgyi is recognised, and its error is what the module says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from toolkit.base import zawgyi
from toolkit.language.translate import LOCALE_DIR

STACKED = {chr(0x1000 + i): chr(c) for i, c in enumerate((
    0x1060, 0x1061, 0x1062, 0x1063, 0, 0x1065, 0x1066, 0x1068, 0, 0, 0, 0x106C, 0x106D, 0, 0,
    0x1070, 0x1071, 0x1073, 0x1075, 0x1076, 0x1077, 0x1078, 0x1079, 0x107A, 0x107B, 0x107C,
)) if c}  # fmt: skip
"""Letters of Zawgyi for a consonant below another one."""
MEDIALS = str.maketrans("\u103a\u103b\u103d\u103e", "\u1039\u103a\u103c\u103d")


def in_zawgyi(text: str) -> str:
    """Write Unicode as Zawgyi: the vowel and the medial that are drawn first are typed first."""
    text = re.sub("\u1039(.)", lambda m: STACKED.get(m[1], m[1]), text)
    syllable = "([\u1000-\u1021\u103f][\u1060-\u107c]?)(\u103b?)(\u103c?)(\u103d?\u103e?)(\u1031?)"

    def turned(match: re.Match[str]) -> str:
        base, ya, ra, others, e = match.groups()
        return e + ("\u0000" if ra else "") + base + (ya + others)

    return re.sub(syllable, turned, text).translate(MEDIALS).replace("\u0000", "\u103b")


def sentences() -> list[str]:
    """Return the toolkit's own Burmese texts of ten letters or more."""
    with Path(LOCALE_DIR / "my" / "LC_MESSAGES" / "toolkit.po").open("rb") as stream:
        catalogue = read_po(stream, locale="my")
    texts = [m.string if isinstance(m.string, str) else m.string[0] for m in catalogue if m.id]
    return [text for text in texts if len(re.findall("[\u1000-\u109f]", text)) >= 10]


def test_the_writer_of_zawgyi_agrees_with_known_words() -> None:
    for unicode, written in (("မြန်မာ", "ျမန္မာ"), ("ကြော်", "ေၾကာ္"), ("နေ့", "ေန႔")):
        known = written.replace("\u107e", "\u103b").replace("\u1094", "\u1037")
        assert in_zawgyi(unicode).replace("\u107e", "\u103b") == known


def test_its_error_is_as_stated() -> None:
    texts = sentences()
    assert len(texts) > 500
    assert [text for text in texts if zawgyi.is_zawgyi(text)] == []
    missed = [text for text in texts if not zawgyi.is_zawgyi(in_zawgyi(text))]
    assert len(missed) < 0.01 * len(texts)


@pytest.mark.parametrize("text", ["", "Strand Road", "၁၂၃", "?!", "Дорога", "ကမ်း", "\u200b"])
def test_what_is_no_burmese_or_both_is_taken(text: str) -> None:
    assert zawgyi.unicode_only(text) == text


def test_a_refusal_says_what_to_do_in_both_languages() -> None:
    with pytest.raises(ValueError, match=r"Convert it to Unicode.*ပြောင်းပြီး"):
        zawgyi.unicode_only("ျမန္မာႏိုင္ငံ")
