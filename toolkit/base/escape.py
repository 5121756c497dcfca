"""Make text from data harmless where it is shown: HTML, Markdown, spreadsheet cells.

Every text that comes from a file, a form or a map is treated as hostile. There is no function
here for text inside a script: data enter scripts as JSON only, through the template filter of
the map library, and what they hold is then set as HTML made by `html`.
"""

from __future__ import annotations

import html as _html
import re
import unicodedata

_TURNING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the reading direction: with them a text can look like another one. The joining
and breaking signs that Burmese uses (U+200B, U+200C, U+200D) are kept."""

_HTML_MORE = {
    "`": "&#96;",
    "$": "&#36;",
    "{": "&#123;",
    "}": "&#125;",
    "[": "&#91;",
    "]": "&#93;",
}
"""Beyond the five of HTML: the map library writes texts into script templates, where the first
four begin or end something; and HTML inside Markdown is read as Markdown again, where brackets
make pictures and links."""

_MARKDOWN_SIGNS = re.compile(r"([!-/:-@\[-`{-~])")
"""All ASCII punctuation. CommonMark 0.31 (2024), section 2.4: each may follow a backslash."""

_WORD_JOINER = "\u2060"
_LINK_STARTS = re.compile(
    r"(?i)(\b[a-z][a-z0-9+.-]*:(?=//)|\bwww(?=\.)|\bmailto(?=:)|\bxmpp(?=:)|@)"
)
"""What GitHub-flavoured Markdown turns into a link without any brackets."""
_SHORT_CODE = re.compile(r":(?=[A-Za-z0-9_+/-]+:)")
"""What Streamlit turns into a picture letter or an icon, such as a name between two colons."""

_FORMULA_STARTS = "=+-@\uff1d\uff0b\uff0d\uff20\u2212|%"
"""First signs that make a spreadsheet compute a cell or call a program (OWASP, "CSV Injection",
with the full-width forms that some spreadsheets read alike)."""
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")


def plain(text: object) -> str:
    """Return text without control signs and without signs that turn the reading direction.

    Line ends and tabs become spaces.
    """
    kept = []
    for sign in str(text):
        if sign in "\n\r\t\u2028\u2029\x0b\x0c\x85":
            kept.append(" ")
        elif sign not in _TURNING and unicodedata.category(sign) not in ("Cc", "Cs", "Co", "Cn"):
            kept.append(sign)
    return "".join(kept)


def html(text: object) -> str:
    """Return text for the content of an HTML element.

    In Streamlit show such HTML with ``st.html``: ``st.markdown`` would look for addresses in it.
    """
    escaped = _html.escape(plain(text), quote=True)
    for sign, reference in _HTML_MORE.items():
        escaped = escaped.replace(sign, reference)
    return escaped


def attribute(text: object) -> str:
    """Return text for an HTML attribute, with the double quotes around it.

    Not for attributes that hold addresses or scripts: no text from data goes there.
    """
    return f'"{html(text).replace("=", "&#61;")}"'


def markdown(text: object) -> str:
    """Return text for Streamlit's Markdown: labels, captions, tables, messages, buttons.

    The text is shown as it is: no picture, link, formula, colour or icon comes of it. Where a
    bare address would become a link, an invisible joiner is put in. Runs of spaces become one,
    so that no line can begin a block.
    """
    one_line = " ".join(plain(text).split())
    broken = _LINK_STARTS.sub(rf"\1{_WORD_JOINER}", one_line)
    broken = _SHORT_CODE.sub(f":{_WORD_JOINER}", broken)
    return _MARKDOWN_SIGNS.sub(r"\\\1", broken)


def csv_cell(value: object) -> str:
    """Return text for one cell of a table that a spreadsheet may open.

    Plain numbers stay as they are; a text that a spreadsheet would compute gets an apostrophe
    in front. Quotes and separators are the business of the writer of the file.
    """
    if value is None:
        return ""
    text = plain(value)
    if _NUMBER.fullmatch(text):
        return text
    inner = text.lstrip(" \u00a0\u200b\u2060\ufeff'\"")
    return f"'{text}" if inner[:1] and inner[0] in _FORMULA_STARTS else text
