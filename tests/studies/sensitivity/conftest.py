"""One small analysis for the tests of all parts of it."""

from __future__ import annotations

import datetime as dt

import pytest

AS_OF = dt.date(2026, 11, 23)


@pytest.fixture(scope="session")
def dawei():
    """Return the analysis of a city without streets, on a base sample of 64 rows."""
    from toolkit.assessment.question import Question
    from toolkit.studies.sensitivity.analysis import sensitivity

    return sensitivity(Question("dawei", AS_OF), n_base=64)
