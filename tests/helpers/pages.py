"""A page taken apart: its elements in order, with their attributes and texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "br", "img", "link", "input", "hr", "base", "embed", "source"}


@dataclass
class Element:
    """One element with the text of everything in it; all its spaces are plain."""

    tag: str
    attributes: dict[str, str | None]
    parents: tuple[str, ...]
    text: str = ""


@dataclass
class _Parser(HTMLParser):
    elements: list[Element] = field(default_factory=list)
    stack: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = Element(tag, dict(attrs), tuple(e.tag for e in self.stack))
        self.elements.append(found)
        if tag not in _VOID:
            self.stack.append(found)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs), tuple(e.tag for e in self.stack)))

    def handle_endtag(self, tag: str) -> None:
        assert self.stack, f"</{tag}> closes nothing"
        assert self.stack.pop().tag == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        for element in self.stack:
            element.text += data.replace("\u00a0", " ")


def elements(html: str) -> list[Element]:
    """Return the elements of a page; fails if one is closed wrongly."""
    parser = _Parser()
    parser.feed(html)
    parser.close()
    assert not parser.stack
    return parser.elements


def shown(html: str) -> str:
    """Return what a reader of the page can see or hear, with single spaces."""
    found = elements(html)
    (body,) = [e for e in found if e.tag == "body"]
    (title,) = [e for e in found if e.tag == "title"]
    labels = [e.attributes["aria-label"] or "" for e in found if "aria-label" in e.attributes]
    return " ".join(" ".join((title.text, body.text, *labels)).split())
