"""Other streets of a city go with the same data."""

from __future__ import annotations

import datetime as dt

import pytest
from own_evidence import CLAIM, write_evidence
from small_city import install

from toolkit.assessment.question import Question
from toolkit.base.errors import InputDataError
from toolkit.studies.sensitivity.other_streets import with_streets


def test_other_streets_with_other_data_are_refused(home):
    for name in ("small", "small-too"):
        install(home, name, city="dawei")
    loaded = Question("dawei", dt.date(2026, 11, 23)).load()
    other = next(m.id for m in loaded.boundaries if m.id != loaded.manifest.id)
    found = with_streets(loaded, other)
    assert (found.manifest.id, found.claims) == (other, loaded.claims)
    assert with_streets(loaded, loaded.manifest.id) is loaded
    write_evidence(home / "evidence", "dawei", CLAIM)
    with pytest.raises(InputDataError, match="The data about Dawei changed meanwhile"):
        with_streets(loaded, other)
