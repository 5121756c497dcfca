"""Take the texts out of a drawing, so that they are set like all others: shaped and copied right.

The part of Typst that draws SVG mixes no fonts within a text, and Burmese texts hold Latin signs.
"""

from __future__ import annotations

from typing import Any, Final
from xml.etree import ElementTree as ET

_SPACE: Final = "http://www.w3.org/2000/svg"
_TEXT: Final = f"{{{_SPACE}}}text"
_INHERITED: Final = {"font-size": "16", "text-anchor": "start", "fill": "#000000"}
"""Attributes that a text takes from what it lies in, with their defaults (SVG 1.1)."""


def taken_out(svg: str) -> dict[str, Any]:
    """Return a drawing without its texts, its extent, and the texts with their places.

    What is hidden from screen readers is left out.

    Parameters
    ----------
    svg
        A drawing of this toolkit: no text of it is turned or moved by a transformation.
    """
    if "<text" not in svg:
        return {"svg": svg, "texts": [], "box": []}
    ET.register_namespace("", _SPACE)
    root = ET.fromstring(svg)  # noqa: S314 - made here, texts escaped
    texts: list[dict[str, Any]] = []
    _walk(root, dict(_INHERITED), texts)
    return {
        "svg": ET.tostring(root, encoding="unicode"),
        "texts": texts,
        "box": [float(part) for part in root.attrib["viewBox"].split()],
    }


def _walk(element: ET.Element, inherited: dict[str, str], texts: list[dict[str, Any]]) -> None:
    """Move the texts below an element into a list, in the order in which they are drawn."""
    here = {key: element.get(key, value) for key, value in inherited.items()}
    for child in list(element):
        if child.tag != _TEXT:
            _walk(child, here, texts)
            continue
        element.remove(child)
        if child.get("aria-hidden") == "true":  # a halo, which repeats the text that follows it
            continue
        own = {key: child.get(key, value) for key, value in here.items()}
        texts.append(
            {
                "text": "".join(child.itertext()),
                "x": float(child.get("x", "0")),
                "y": float(child.get("y", "0")),
                "size": float(own["font-size"].removesuffix("px")),
                "anchor": own["text-anchor"],
                "fill": own["fill"],
            }
        )
