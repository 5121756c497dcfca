"""The one rule for text from foreign files: every reader passes it through `clean_text`.

Such text was typed by somebody unknown; it may hold control characters, or be far too long.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

TEXT_LIMIT = 120
"""Maximum number of characters kept of one value. OpenStreetMap itself allows 255."""

LINE_LIMIT = 500
"""Maximum number of characters of a name or a sentence that a data file gives."""

_SPACES = re.compile(r"\s+")
NEEDED_FORMAT = frozenset("\u200b\u200c\u200d")
"""Zero-width space, non-joiner and joiner: Burmese and other scripts need them."""
_MOST_CHARACTERS = 4096
"""Characters whose verdict is kept at hand: those of a few scripts."""
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
"""Control, format, private use, surrogate and unassigned (Unicode general categories)."""


def clean_text(value: str | None) -> str | None:
    """Normalise a text from a foreign file.

    Runs of white space become single spaces. Control characters, bidirectional marks, private,
    unassigned and surrogate code points are dropped. The rest is normalised to NFC and cut at
    `TEXT_LIMIT` characters. The result is safe to lay out but not to put into HTML: see
    `toolkit.base.escape`.

    Parameters
    ----------
    value
        Any text, or None.

    Returns
    -------
    text
        None if nothing is left.

    Examples
    --------
    >>> clean_text("  Strand   Road ")
    'Strand Road'
    """
    if value is None:
        return None
    # Cut before normalising as well: NFC of a long hostile text is slow.
    kept = "".join(c for c in value[: 8 * TEXT_LIMIT] if c.isspace() or _is_kept(c))
    # White space last: a dropped character may have separated two spaces.
    text = unicodedata.normalize("NFC", _SPACES.sub(" ", kept))[:TEXT_LIMIT].strip()
    return text or None


def is_plain(value: str) -> bool:
    r"""Return whether a text is one line of at most `LINE_LIMIT` plain characters.

    Examples
    --------
    >>> is_plain("Strand Road"), is_plain("a\u202eb"), is_plain("a\nb"), is_plain("")
    (True, False, False, False)
    """
    if not value or value != value.strip() or len(value) > LINE_LIMIT:
        return False
    return all(c == " " or (_is_kept(c) and not c.isspace()) for c in value)


@lru_cache(maxsize=_MOST_CHARACTERS)
def _is_kept(character: str) -> bool:
    """Return whether a character is none that controls, turns or hides text."""
    kept = unicodedata.category(character) not in _DROPPED_CATEGORIES
    return kept or character in NEEDED_FORMAT
