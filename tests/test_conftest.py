"""Types of arguments and results are checked while tests run, as typeguard checks them."""

from __future__ import annotations

import ast
import functools
import itertools
import math
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Literal, NamedTuple, Protocol, TypeVar

import numpy as np
import pytest
import quick_calls
import quick_checks
from numpy.typing import NDArray
from typeguard import TypeCheckError, TypeCheckMemo, _importhook
from typeguard._transformer import TypeguardTransformer

from toolkit.base import quantity


class Pair(NamedTuple):
    one: int
    other: str


class Named(Protocol):
    name: str


class Held:
    def one(self, text: str) -> str:
        return text

    def two(self, text: str, more: str) -> str:
        return text + more

    def __iter__(self) -> Iterator[str]:
        return iter("a")


T = TypeVar("T")
Bound = TypeVar("Bound", bound=Path)
Some = TypeVar("Some", int, str)


@functools.wraps(len)
def _with_name(text: str, name: str) -> str:
    return text + name


VALUES = [
    None, True, 1, 1.5, "a", b"a", [1], ["a"], [], (1, "a"), ("a",), Pair(1, "a"), Pair("a", 1),
    {"a": 1}, {1: "a"}, {}, {1}, {"a"}, set(), frozenset({"a"}), frozenset({1}), (), ("a", "b"),
    [1, "a"], [None], [[1]], np.int64(1), np.zeros(2), np.float64(1.0), Path("a"), int, str.upper,
    1j, Path, bool, Pair, len, math.floor, hasattr, "a".upper, bytearray(b"a"), lambda: 1,
    lambda text: text, lambda text, more=1: (text, more), _with_name, Held().one, Held().two,
    Held.one, Held(), iter("a"), range(2), (one for one in "a"),
    lambda text, *, name: (text, name), lambda *texts: texts, functools.partial(_with_name, "a"),
]  # fmt: skip
HINTS = [
    None, object, Any, bool, int, float, complex, str, bytes, list, tuple, dict, Pair, Named, Path,
    str | None, int | str, float | None, Pair | None, list[int], list[str] | None, tuple[int, str],
    tuple[str, ...], dict[str, int], Mapping[str, int], Sequence[str], set[int], set[str],
    frozenset[str], frozenset[int] | None, set[tuple[int, str]], type, type[int],
    NDArray[np.float64], NDArray[np.float64] | float, Literal["a", "b"], Callable[[str], str],
    Callable[[], int], Callable[..., str], Callable[[str, int], str] | None, type[Path], type[T],
    T, Bound, Some, list[Any], list[list[int]], list[int | None], tuple[int, ...] | list[str],
    tuple[()], tuple[int, str] | None, tuple[Literal["a"], ...], Mapping[str, Any], dict[Any, Any],
    dict[str, int] | None, Iterable[str], Collection[int], Iterator[str], Literal[1, "a"],
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


MODULE = """
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Held:
    number: float

    def added(self, more: int | None, *rest: str, **named: float) -> float:
        '''Return a sum.'''
        total: float = self.number + (more or 0)
        total += sum(map(len, rest))
        for value in named.values():
            total = total + value
        return total

    @classmethod
    def made(cls, text: str) -> Held:
        return cls(text)

    @staticmethod
    def words(text: str) -> list[str]:
        found: list[str] = text.split() if text else [1]
        first, *others = found or [""]
        return [first, *others]


def each(numbers: tuple[int, ...]) -> Iterator[int]:
    for one in numbers:
        yield one


def kept(numbers: dict[str, list[int]]) -> tuple[int, str]:
    if (size := len(numbers)) > 2:
        return size
    return size, "of"


def nothing(value: int) -> None:
    def inner(other: str) -> str:
        return value if other == "outer" else other

    inner("outer" if value == 3 else "x")


def forgets(value: int) -> int:
    value + 1
"""
CALLS = [
    "Held(1.0).added(1)", "Held(1.0).added(None, 'a', b=1.0)", "Held(1.0).added('a')",
    "Held('a').added(1)", "Held(1.0).added(1, 2)", "Held(1.0).added(1, b='c')",
    "Held.made('a').number", "Held.made(1)", "Held.words('a b')", "Held.words('')",
    "Held.words(1)", "list(each((1, 2)))", "list(each(('a',)))", "list(each([1]))",
    "kept({'a': [1]})", "kept({1: [1]})", "kept({'a': [''], 'b': [1]})",
    "kept(dict.fromkeys('abc', [1]))", "nothing(1)", "nothing(3)", "nothing('a')", "forgets(1)",
]  # fmt: skip


def outcomes(module: ModuleType) -> list[str]:
    """Return what each call gives or is refused with, called twice."""
    found = []
    for call in [one for one in CALLS for _ in range(2)]:
        try:
            found.append(repr(eval(call, vars(module))))  # noqa: S307
        except TypeCheckError as error:
            found.append(f"refused: {error}")
        except (TypeError, AttributeError) as error:
            found.append(type(error).__name__)
    return found


def test_calls_are_refused_as_typeguard_refuses_them(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for k, transformer in enumerate((TypeguardTransformer, _importhook.TypeguardTransformer)):
        tree = ast.fix_missing_locations(transformer().visit(ast.parse(MODULE)))
        module = ModuleType(f"written_by_{k}")
        monkeypatch.setitem(sys.modules, module.__name__, module)  # dataclasses look for it
        exec(compile(tree, module.__name__, "exec"), vars(module))  # noqa: S102
        assert (quick_calls.TESTS in vars(module)) == bool(k)
        found.append(outcomes(module))
    assert found[0] == found[1]
    n_refused = sum(one.startswith("refused") for one in found[0])
    assert 16 < n_refused < len(found[0]) - 12
