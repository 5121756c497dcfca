"""Texts of a drawing, set like all others."""

from __future__ import annotations

import datetime as dt

from pdf_pages import taken_apart

from toolkit.output.report import svg_texts, typeset

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-5 0 200 40" width="200" height="40">'
    '<g font-size="12" text-anchor="middle" fill="#123456"><rect width="9" height="9"/>'
    '<text x="50" y="20" stroke="#fff" aria-hidden="true">halo</text>'
    '<text x="50" y="20">မြန်မာ (12 %) &lt;b&gt;</text></g></svg>'
)


def test_texts_leave_with_place_size_and_look_and_shapes_stay() -> None:
    found = svg_texts.taken_out(SVG)
    assert "text" not in found["svg"].replace("text-anchor", "")
    assert "<rect" in found["svg"]
    assert found["box"] == [-5.0, 0.0, 200.0, 40.0]
    (text,) = found["texts"]
    assert (text["x"], text["y"], text["size"], text["anchor"]) == (50.0, 20.0, 12.0, "middle")
    assert text["fill"] == "#123456"
    assert text["text"] == "မြန်မာ (12 %) <b>"


def test_a_drawing_without_texts_is_left_as_it_is() -> None:
    assert svg_texts.taken_out("<svg></svg>") == {"svg": "<svg></svg>", "texts": [], "box": []}


def test_both_scripts_of_a_drawn_text_can_be_copied_out() -> None:
    block = {"kind": "drawing", "svg": SVG, "alt": "alternative", "width": 100}
    data = {"lang": "my", "title": "T", "banner": None, "running": "r", "blocks": [block]}
    assert "မြန်မာ(12%)<b>" in taken_apart(typeset.document(data, day=dt.date(2026, 1, 1))).joined
