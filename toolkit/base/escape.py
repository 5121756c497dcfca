"""Make text from data harmless where it is shown: HTML, Markdown, spreadsheet cells.

All text from files, forms and maps is treated as hostile. There is deliberately no function for
text inside a script: data enter scripts as JSON only, through the template filter of the map
library, and are then inserted as HTML made by `html`.
"""

from __future__ import annotations

import html as _html
import re
import unicodedata

_TURNING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Bidirectional control characters, which can make a text look like another one. The zero-width
characters that Burmese needs (U+200B, U+200C, U+200D) are kept."""

_HTML_MORE = {
    "`": "&#96;",
    "$": "&#36;",
    "{": "&#123;",
    "}": "&#125;",
    "[": "&#91;",
    "]": "&#93;",
}
"""Escaped in addition to the five special characters of HTML. The map library writes texts into
script templates, where the first four are delimiters; and HTML inside Markdown is parsed as
Markdown again, where brackets make images and links."""

_MARKDOWN_SIGNS = re.compile(r"([!#$&*+:<=>@\[\\\]^_`{|}~]|(?<=\d)\.|(?<![^\W\d_])-|-(?![^\W\d_]))")
"""ASCII punctuation that can mean something in Markdown; each may be backslash-escaped (CommonMark
0.31, 2024, section 2.4). What cannot is left alone: Streamlit gives labels to screen readers with
their backslashes."""

_WORD_JOINER = "\u2060"
_LINK_STARTS = re.compile(
    r"(?i)(\b[a-z][a-z0-9+.-]*:(?=//)|\bwww(?=\.)|\bmailto(?=:)|\bxmpp(?=:)|@)"
)
"""Beginnings of autolinks in GitHub-flavoured Markdown."""
_SHORT_CODE = re.compile(r":(?=[A-Za-z0-9_+/-]+:)")
"""Beginnings of Streamlit's shortcodes for emoji and icons, such as ``:smile:``."""

_FORMULA_STARTS = "=+-@\uff1d\uff0b\uff0d\uff20\u2212|%"
"""First characters with which a spreadsheet takes a cell for a formula or a command (OWASP, "CSV
Injection"), with the full-width forms that some spreadsheets accept."""
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def plain(text: object) -> str:
    """Remove control and bidirectional characters; line ends and tabs become spaces."""
    kept = []
    for sign in str(text):
        if sign in "\n\r\t\u2028\u2029\x0b\x0c\x85":
            kept.append(" ")
        elif sign not in _TURNING and unicodedata.category(sign) not in ("Cc", "Cs", "Co", "Cn"):
            kept.append(sign)
    return "".join(kept)


def html(text: object) -> str:
    """Escape text for the content of an HTML element.

    In Streamlit, show such HTML with ``st.html``: ``st.markdown`` would look for links in it.

    Examples
    --------
    >>> html("<b>A & B</b>")
    '&lt;b&gt;A &amp; B&lt;/b&gt;'
    """
    escaped = _html.escape(plain(text), quote=True)
    for sign, reference in _HTML_MORE.items():
        escaped = escaped.replace(sign, reference)
    return escaped


def attribute(text: object) -> str:
    """Escape and quote text for an HTML attribute.

    Not for attributes that hold URLs or scripts: no text from data goes there.
    """
    return f'"{html(text).replace("=", "&#61;")}"'


def markdown(text: object) -> str:
    """Escape text for Streamlit's Markdown: labels, captions, tables, messages, buttons.

    The text is shown literally, without images, links, formulas, colours or icons. A bare URL is
    kept from becoming a link by an invisible word joiner. Runs of white space become one space,
    so that no line can begin a block.
    """
    one_line = " ".join(plain(text).split())
    broken = _LINK_STARTS.sub(rf"\1{_WORD_JOINER}", one_line)
    broken = _SHORT_CODE.sub(f":{_WORD_JOINER}", broken)
    return _MARKDOWN_SIGNS.sub(r"\\\1", broken)


def csv_cell(value: object) -> str:
    """Escape a value for one cell of a table that a spreadsheet may open.

    Plain numbers stay as they are; text that a spreadsheet would evaluate is prefixed with an
    apostrophe. Quotes and separators are left to the CSV writer.

    Examples
    --------
    >>> csv_cell("=1+1"), csv_cell(-1.5), csv_cell(None)
    ("'=1+1", '-1.5', '')
    """
    if value is None:
        return ""
    text = plain(value)
    if _NUMBER.fullmatch(text):
        return text
    inner = text.lstrip(" \u00a0\u200b\u2060\ufeff'\"")
    return f"'{text}" if inner[:1] and inner[0] in _FORMULA_STARTS else text
