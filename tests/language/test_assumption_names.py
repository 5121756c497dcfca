"""Every assumption has a name."""

from __future__ import annotations

import pytest

from toolkit.assumptions.sets import load_assumptions
from toolkit.base.terms import LANGUAGES
from toolkit.language import assumption_names


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_assumption_has_a_name_of_its_own(lang: str) -> None:
    keys = [item.key for item in load_assumptions().items]
    names = [assumption_names.name(key, lang) for key in keys]
    assert None not in names
    assert len(set(names)) == len(keys)


def test_another_key_has_none() -> None:
    assert assumption_names.name("optics.nothing", "en") is None
