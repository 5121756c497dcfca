"""Readers that turn other people's files into the layers of a city pack.

All text in such a file was typed by somebody unknown, so every reader passes it through
`clean_text`, the one rule for it.
"""

from __future__ import annotations

import re
import unicodedata

TEXT_LIMIT = 120
"""Most characters of one value that are kept. OpenStreetMap itself allows 255."""

_SPACES = re.compile(r"\s+")
_ALLOWED_FORMAT = frozenset("\u200b\u200c\u200d")
"""Zero width space and (non-)joiner: Burmese and other scripts are written with them."""
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})


def clean_text(value: str | None) -> str | None:
    """Return a text from a foreign file in the form in which the toolkit keeps it.

    White space of any kind becomes single spaces. Control characters, marks that turn the
    direction of writing, private, unassigned and broken code points are dropped. The rest is
    brought to Unicode form NFC and cut at `TEXT_LIMIT` characters. This makes text harmless to
    lay out, not to put into HTML: whoever writes a document still has to escape it.

    Parameters
    ----------
    value
        Any text, or None.

    Returns
    -------
    text
        None if nothing is left.
    """
    if value is None:
        return None
    # Cut before normalising as well: NFC of a long hostile text is slow.
    kept = "".join(
        c
        for c in value[: 8 * TEXT_LIMIT]
        if c.isspace() or c in _ALLOWED_FORMAT or unicodedata.category(c) not in _DROPPED_CATEGORIES
    )
    # White space last: what was dropped may have stood between two spaces.
    text = unicodedata.normalize("NFC", _SPACES.sub(" ", kept))[:TEXT_LIMIT].strip()
    return text or None
