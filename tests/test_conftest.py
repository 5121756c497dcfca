"""Types of arguments and results are checked while tests run, as typeguard checks them."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, Protocol, TypeVar

import numpy as np
import pytest
import quick_checks
from numpy.typing import NDArray
from typeguard import TypeCheckError, TypeCheckMemo

from toolkit.base import quantity


class Pair(NamedTuple):
    one: int
    other: str


class Named(Protocol):
    name: str


T = TypeVar("T")
Bound = TypeVar("Bound", bound=Path)
Some = TypeVar("Some", int, str)


@functools.wraps(len)
def _with_name(text: str, name: str) -> str:
    return text + name


VALUES = [
    None, True, 1, 1.5, "a", b"a", [1], ["a"], [], (1, "a"), ("a",), Pair(1, "a"), Pair("a", 1),
    {"a": 1}, {1: "a"}, {}, {1}, (), ("a", "b"), [1, "a"], [None], [[1]], np.int64(1), np.zeros(2),
    np.float64(1.0), Path("a"), int, str.upper, 1j, Path, bool, Pair, len, lambda: 1,
    lambda text: text, lambda text, more=1: (text, more), _with_name,
    lambda text, *, name: (text, name), lambda *texts: texts, functools.partial(_with_name, "a"),
]  # fmt: skip
HINTS = [
    None, object, Any, bool, int, float, complex, str, bytes, list, tuple, dict, Pair, Named, Path,
    str | None, int | str, float | None, Pair | None, list[int], list[str] | None, tuple[int, str],
    tuple[str, ...], dict[str, int], Mapping[str, int], Sequence[str], set[int], type, type[int],
    NDArray[np.float64], NDArray[np.float64] | float, Literal["a", "b"], Callable[[str], str],
    Callable[[], int], Callable[..., str], Callable[[str, int], str] | None, type[Path], type[T],
    T, Bound, Some, list[Any], list[list[int]], list[int | None], tuple[int, ...] | list[str],
    tuple[()], tuple[int, str] | None, tuple[Literal["a"], ...], Mapping[str, Any], dict[Any, Any],
    dict[str, int] | None, Iterable[str], Collection[int], Literal[1, "a"],
    Annotated[int, []], Annotated[str | None, "x"],
]  # fmt: skip


def refused(check: Callable[..., None], value: object, hint: Any) -> bool:
    try:
        check(value, hint, TypeCheckMemo(globals(), {}))
    except TypeCheckError:
        return True
    return False


@pytest.mark.parametrize("hint", HINTS, ids=str)
def test_the_quick_check_refuses_what_typeguard_refuses(hint: Any) -> None:
    full = [refused(quick_checks._check_fully, value, hint) for value in VALUES]
    for _ in range(2):  # the second time by what was kept
        assert [refused(quick_checks.check, value, hint) for value in VALUES] == full
    assert not all(full)
    assert any(full) or hint in (object, Any, T)


def test_arguments_within_the_toolkit_are_checked() -> None:
    wrong = itertools.product((quantity.rounded_draws, quantity.upper_prob), (None, [1.0], "a"))
    for function, value in wrong:
        with pytest.raises(TypeCheckError, match="argument"):
            function(value)
