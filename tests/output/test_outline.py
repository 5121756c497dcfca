"""Indented lines as a tree."""

from __future__ import annotations

from toolkit.output.outline import Node, outline


def test_lines_lie_below_the_one_before() -> None:
    found = outline(["a:", "  b", "    c", "", "  d", "e"])
    assert found == (Node("a:", (Node("b", (Node("c"),)), Node("d"))), Node("e"))


def test_no_line_is_lost_where_one_above_is_missing() -> None:
    assert outline(["    c", "a"]) == (Node("", (Node("", (Node("c"),)),)), Node("a"))
    assert outline([]) == ()
