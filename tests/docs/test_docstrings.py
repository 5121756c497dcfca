"""Examples in docstrings are run, in an empty home and without any network."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

import toolkit

PACKAGE = Path(toolkit.__file__).parent
MODULES = [
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    for path in sorted(PACKAGE.rglob("*.py"))
    if "\n    >>> " in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", [n.removesuffix(".__init__") for n in MODULES])
def test_examples_give_what_they_show(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert found.attempted
    assert not found.failed


def test_the_public_face_has_examples() -> None:
    assert {"toolkit.assessment.assess", "toolkit.assessment.question"} <= set(MODULES)
