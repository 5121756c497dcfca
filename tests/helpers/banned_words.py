"""Words that no output may hold, in any language."""

from __future__ import annotations

import re

BANNED: dict[str, tuple[str, ...]] = {
    "en": (
        r"\bsafe(?:r|st|ly|ty|guard\w*)?\b",
        r"\bunsafe\w*\b",
        r"\bsecur(?:e|ed|ely|es|ing|ity)\b",
        r"\bclear(?:ed|er|est|ly|s)?\b",
        r"\bcamera[- ]free\b",
        r"\blow(?:er|est)?[- ]risk\b",
        r"\brisk[- ]free\b",
    ),
    "my": (
        "လုံခြုံ",
        "လုံချုံ",
        "ဘေးကင်း",
        "ဘေးအန္တရာယ်ကင်း",
        "အန္တရာယ်ကင်း",
        "အန္တရာယ်နည်း",
        "အန္တရာယ်မရှိ",
        "အန္တရာယ် မရှိ",
        "အန္တရာယ် နည်း",
        "ကင်မရာကင်း",
        "ကင်မရာလွတ်",
        "စိတ်ချ",
        "ရှင်းလင်း",
    ),
}
"""Patterns of words that no output may hold: they would promise what nobody can know."""


def banned_words(text: str) -> list[str]:
    """Return what a text holds of the banned words of any language."""
    return [
        found[0]
        for patterns in BANNED.values()
        for pattern in patterns
        for found in re.finditer(pattern, text, re.IGNORECASE)
    ]
