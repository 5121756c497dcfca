"""Fewer draws behind an answer, where tests are about what is shown of it.

A test that asks for a number of draws gets it. The servers that `running` starts have the same few;
those of `app_journey` have the defaults of users.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import shared_answers

FOLDERS = ("app", "cli", "output")
"""Folders of tests that show answers; what the documentation prints has the default."""
N_DRAWS, N_DRAWS_CITY_LEVEL = 40, 200
N_PLACEMENTS = 400


def shows(path: Path) -> bool:
    """Return whether the tests of a file are about what is shown."""
    tests = shared_answers.TESTS
    return path.is_relative_to(tests) and path.relative_to(tests).parts[0] in FOLDERS


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let answers have few draws, and routes and places few placements, by default."""
    from toolkit.assessment import question
    from toolkit.threats import city

    monkeypatch.setattr(question, "N_DRAWS", N_DRAWS)
    monkeypatch.setattr(question, "N_DRAWS_CITY_LEVEL", N_DRAWS_CITY_LEVEL)
    defaults = {**city.open_city.__kwdefaults__, "n_placements": N_PLACEMENTS}
    monkeypatch.setattr(city.open_city, "__kwdefaults__", defaults)
