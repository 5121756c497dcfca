"""One small analysis for the tests of all parts of it."""

from __future__ import annotations

import datetime as dt

import pytest

AS_OF = dt.date(2026, 11, 23)


@pytest.fixture(scope="session")
def dawei():
    """Return the analysis of a city without streets, on a base sample of 64 rows."""
    from toolkit.assumptions.sets import load_assumptions
    from toolkit.studies.sensitivity.analysis import sensitivity
    from toolkit.studies.sensitivity.model import Question

    return sensitivity(Question("dawei", AS_OF, load_assumptions()), n_base=64)
