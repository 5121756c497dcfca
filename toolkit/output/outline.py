"""Lines of an answer, indented below one another, as a tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

STEP: Final = "  "
"""Indent of a line below the line before it."""


@dataclass(frozen=True)
class Node:
    """One line and the lines below it."""

    text: str
    below: tuple[Node, ...] = ()


def outline(lines: Sequence[str]) -> tuple[Node, ...]:
    """Return indented lines, as `toolkit.output.threat_words` writes them, as a tree.

    Empty lines are left out. Lines below none are below a node without a text.

    Examples
    --------
    >>> [(node.text, len(node.below)) for node in outline(["Seen:", "  one", "    more", "End"])]
    [('Seen:', 1), ('End', 0)]
    """
    rows = [((len(line) - len(line.lstrip())) // len(STEP), line.strip()) for line in lines if line]
    return _nodes(rows, 0)


def _nodes(rows: Sequence[tuple[int, str]], level: int) -> tuple[Node, ...]:
    found: list[Node] = []
    at = 0
    while at < len(rows):
        depth, text = rows[at]
        own = depth <= level
        end = at + 1
        while end < len(rows) and rows[end][0] > level:
            end += 1
        below = _nodes(rows[at + 1 : end] if own else rows[at:end], level + 1)
        found.append(Node(text if own else "", below))
        at = end
    return tuple(found)
