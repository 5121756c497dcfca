"""Parts of a printed document."""

from __future__ import annotations

from toolkit.output.report import blocks, page
from toolkit.output.report.reported import LangText
from toolkit.output.report.tables import Table


def test_texts_keep_their_own_language() -> None:
    assert blocks.said("a") == "a"
    assert blocks.said(LangText("b", "en")) == {"text": "b", "lang": "en"}
    assert blocks.bullets(["a", ["b", LangText("c", "my")]])["items"] == [
        ["a"], ["b", {"text": "c", "lang": "my"}],
    ]  # fmt: skip


def test_each_part_is_shown_on_a_page() -> None:
    table = Table("Caption", ("Head", "Other"), (("row", ("cell",)),))
    listed = [
        blocks.heading("Heading", 2),
        blocks.para("first", "", "second", strong=True),
        blocks.steps(["step"]),
        blocks.pairs([("term", ["meaning"])]),
        blocks.table(table, "foot"),
        blocks.boxed("Box", ["inside"], room_mm=20),
        blocks.drawing("<svg></svg>", "alternative", 10),
    ]
    data = {"lang": "en", "title": "T", "banner": None, "running": "r", "blocks": listed}
    html = page.of_document(data)
    for text in (
        "<h2>Heading</h2>", "first second", "<li>step</li>", "<dt>term</dt>", "Caption", "foot",
        '<th scope="row">row</th>', "inside", 'aria-label="alternative"', "height:20",
    ):  # fmt: skip
        assert text in html
