from __future__ import annotations

import csv
import html.parser
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.base import escape

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    "` onmouseover=`alert(1)",
    "${alert(1)}",
    "{{ config }}",
    "{% for x in y %}",
    "</title><svg/onload=alert(1)>",
    "<!-- -->",
    "&lt;b&gt; &amp; &#60;",
    "javascript:alert(1)",
    "![picture](x)",
]


class _Reader(html.parser.HTMLParser):
    """Reads HTML as a browser does, as far as these tests need."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("text", HOSTILE)
def test_html_is_read_as_the_text_it_was(text: str) -> None:
    read = _Reader(f"<p>{escape.html(text)}</p>")
    assert read.tags == [("p", [])]
    assert read.text == text
    for sign in "<>\"'`${}[]":
        assert sign not in escape.html(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_an_attribute_stays_one_attribute(text: str) -> None:
    read = _Reader(f"<p title={escape.attribute(text)} id=x>")
    assert read.tags == [("p", [("title", text), ("id", "x")])]


@given(st.text())
def test_any_text_comes_back_from_html_and_attribute(text: str) -> None:
    read = _Reader(f"<p title={escape.attribute(text)}>{escape.html(text)}</p>")
    assert read.tags == [("p", [("title", escape.plain(text))])]
    assert read.text == escape.plain(text)


def test_signs_that_turn_or_hide_text_are_dropped_and_burmese_is_kept() -> None:
    assert escape.plain("a\u202eb\u2066c\x00d\x1be\nf\tg\u2028h") == "abcde f g h"
    burmese = "မော်လမြိုင်\u200b ကျိုက္ခမီ\u200c\u200d"
    assert escape.plain(burmese) == burmese


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("![x](http://a.b/c)", r"\!\[x\](http\:" + "\u2060" + "//a.b/c)"),
        ("# head", r"\# head"),
        ("    code", "code"),
        ("a\n\n- b", r"a \- b"),
        ("$x$", r"\$x\$"),
        ("1. x, 2.5", r"1\. x, 2\.5"),
        ("-x - y-z->", r"\-x \- y-z\-\>"),
        (":red[x]", r"\:red\[x\]"),
        ("a_b*c", r"a\_b\*c"),
        ("မော်လမြိုင်", "မော်လမြိုင်"),
    ],
)
def test_markdown_signs_mean_nothing_any_more(text: str, shown: str) -> None:
    assert escape.markdown(text) == shown


@given(st.text())
def test_markdown_leaves_no_sign_that_means_something_without_a_backslash(text: str) -> None:
    out = escape.markdown(text)
    position = 0
    while position < len(out):
        sign = out[position]
        if sign == "\\":
            assert out[position + 1] in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
            position += 2
            continue
        before, after = out[:position][-1:], out[position + 1 :][:1]
        harmless = sign in " \"%'(),/;?" or (sign == "." and not before.isdigit())
        inside = sign == "-" and before.isalpha() and after.isalpha()
        assert sign.isalnum() or ord(sign) > 127 or harmless or inside
        position += 1
    assert out == out.strip()


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+SUM(A1)", "'+SUM(A1)"),
        ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "' =1"),
        (" \u00a0=1", "' \u00a0=1"),
        ("\u200b=1", "'\u200b=1"),
        ('"=1', "'\"=1"),
        ("＝1+1", "'＝1+1"),
        ("\r\n=1", "'  =1"),
        ("|calc", "'|calc"),
        ("-12.5", "-12.5"),
        ("+3", "+3"),
        ("-1e-3", "-1e-3"),
        (-4.25, "-4.25"),
        (0, "0"),
        (None, ""),
        ("", ""),
        ("Bogyoke Road", "Bogyoke Road"),
        ("-", "'-"),
        ("-12 km", "'-12 km"),
    ],
)
def test_a_spreadsheet_computes_no_cell(value: object, cell: str) -> None:
    assert escape.csv_cell(value) == cell


@given(st.text())
def test_no_cell_begins_a_formula_and_one_row_stays_one(text: str) -> None:
    cell = escape.csv_cell(text)
    stream = io.StringIO()
    csv.writer(stream).writerow([cell, "end"])
    assert len(stream.getvalue().splitlines()) == 1
    assert next(csv.reader([stream.getvalue()])) == [cell, "end"]
    first = cell.lstrip()[:1]
    assert first not in set("=@|%＝＋－＠\t")
    if first in set("+-"):
        float(cell)
