"""Outcomes of questions, made once for all tests of a process that are about what is shown.

Tests of the estimate itself, in other folders than `SHARED`, make each anew. The key is the
fingerprint of the question; that nothing else can change an outcome is tested in
`tests/assessment/test_question.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # calls into a module are checked only if it is imported after the hook is set
    from toolkit.assessment.inputs import Inputs
    from toolkit.assessment.outcome import Outcome
    from toolkit.base.lru_cache import LruCache

TESTS = Path(__file__).resolve().parents[1]
SHARED = ("app", "cli", "docs", "output")
"""Folders of tests that show outcomes."""
MOST_KEPT = {"on_streets": 16, "on_city_level": 128}
"""Outcomes that are kept: those on streets hold much memory, the others hardly any."""


@cache
def kept(name: str) -> LruCache[Outcome]:
    """Return the outcomes of a kind made before in this process."""
    from toolkit.base.lru_cache import LruCache

    return LruCache(MOST_KEPT[name])


def shares(path: Path) -> bool:
    """Return whether the tests of a file may be given the outcome of another test."""
    return path.is_relative_to(TESTS) and path.relative_to(TESTS).parts[0] in SHARED


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let both kinds of estimate look first among what was made before."""
    from toolkit.assessment import on_city_level, on_streets

    for module, name in ((on_streets, "on_streets"), (on_city_level, "on_city_level")):
        monkeypatch.setattr(module, name, _looking_first(getattr(module, name), name))


def _looking_first(make: Callable[..., Outcome], name: str) -> Callable[..., Outcome]:
    def look_first(inputs: Inputs, *progress: Callable[[float], object]) -> Outcome:
        return kept(name).get(inputs.question.fingerprint(), lambda: make(inputs, *progress))

    return look_first
