"""Parts of a printed document, as plain data for `templates/document.typ`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from toolkit.output.outline import Node
from toolkit.output.report.reported import LangText
from toolkit.output.report.tables import Table

Block = dict[str, Any]
Text = str | LangText


def said(text: Text) -> str | dict[str, str]:
    """Return a text, with its language where it has one of its own."""
    return text if isinstance(text, str) else {"text": text.text, "lang": text.lang}


def heading(text: str, level: int = 2, *, new_page: bool = False) -> Block:
    """Return a heading."""
    return {"kind": "heading", "text": text, "level": level, "new_page": new_page}


def para(*texts: Text, strong: bool = False, small: bool = False) -> Block:
    """Return a paragraph."""
    return {
        "kind": "para",
        "texts": [said(text) for text in texts if text],
        "strong": strong,
        "small": small,
    }


def bullets(items: Iterable[Text | Sequence[Text]]) -> Block:
    """Return a list; an item may be of several texts."""
    return {"kind": "bullets", "items": [_texts(item) for item in items]}


def steps(items: Iterable[Text | Sequence[Text]]) -> Block:
    """Return a numbered list."""
    return {"kind": "steps", "items": [_texts(item) for item in items]}


def nested(nodes: Iterable[Node]) -> Block:
    """Return lines, each with those below it as a list."""
    return {"kind": "nested", "rows": [_node(node) for node in nodes]}


def _node(node: Node) -> dict[str, Any]:
    return {"text": node.text, "below": [_node(one) for one in node.below]}


def pairs(rows: Iterable[tuple[Text, Sequence[Text]]]) -> Block:
    """Return terms, each with what is said of it."""
    return {"kind": "pairs", "rows": [{"term": said(a), "texts": _texts(b)} for a, b in rows]}


def table(content: Table, foot: str = "", *, first: float = 1.4, room_mm: float = 0.0) -> Block:
    """Return a table.

    Parameters
    ----------
    content
        Its texts.
    foot
        Line below it.
    first
        Width of its first column as a multiple of the others.
    room_mm
        Room above and below each text, to write in the cells.
    """
    return {
        "kind": "table",
        "caption": content.caption,
        "head": list(content.head),
        "rows": [[head, *cells] for head, cells in content.rows],
        "foot": foot,
        "first": first,
        "room": room_mm,
    }


def drawing(svg: str, alternative: str, width_mm: float) -> Block:
    """Return a drawing."""
    return {"kind": "drawing", "svg": svg, "alt": alternative, "width": width_mm}


def city_map(shown: dict[str, Any], legend: Sequence[dict[str, str]], *lines: str) -> Block:
    """Return a map with its legend, and lines below it."""
    return {"kind": "map", "map": shown, "legend": list(legend), "lines": list(lines)}


def boxed(title: str, texts: Iterable[Text], *, room_mm: float = 0.0) -> Block:
    """Return a frame with a title, texts, and room to write in."""
    return {"kind": "boxed", "title": title, "texts": _texts(list(texts)), "room": room_mm}


def _texts(item: Text | Sequence[Text]) -> list[str | dict[str, str]]:
    one = isinstance(item, (str, LangText))
    return [said(item)] if one else [said(text) for text in item]  # type: ignore[arg-type, union-attr]
