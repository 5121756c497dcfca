"""Values kept by key: the last ones in use."""

from __future__ import annotations

from toolkit.base.kept import Kept


def test_a_value_is_made_once_and_the_one_not_used_longest_goes():
    made = []
    kept = Kept[str](2)

    def get(key: str) -> str:
        return kept.get(key, lambda: made.append(key) or key.upper())

    assert [get("a"), get("b"), get("a")] == ["A", "B", "A"]
    get("c")
    assert made == ["a", "b", "c"]
    get("a")
    get("b")
    assert made == ["a", "b", "c", "b"]


def test_none_is_a_value_and_nothing_is_left_after_clearing():
    made = []
    kept = Kept[None](1)
    for _ in range(2):
        assert kept.get("a", lambda: made.append(1)) is None
    assert len(made) == 1
    kept.clear()
    kept.get("a", lambda: made.append(1))
    assert len(made) == 2
