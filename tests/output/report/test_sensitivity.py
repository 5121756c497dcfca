"""A report shows no analysis that belongs to another assessment."""

import datetime as dt

import pytest
from invented import assessment_of

from toolkit.assessment.question import Question
from toolkit.base.errors import InputDataError
from toolkit.base.terms import TIERS
from toolkit.output.report.sensitivity import sensitivity_section
from toolkit.studies.sensitivity.analysis import sensitivity


@pytest.fixture(scope="module")
def found():
    return sensitivity(Question("dawei", dt.date(2026, 11, 23)), n_base=8)


def fitting(found, **changes):
    """An invented assessment of the same city, date, status and set."""
    made = assessment_of(None)
    own = {
        "city": made.city.model_copy(update={"id": found.city}),
        "as_of": found.as_of,
        "status": found.status,
        "assumptions": found.assumptions,
    }
    return made.model_copy(update=own | changes)


def test_without_an_analysis_there_is_nothing_to_show(found):
    assert sensitivity_section(fitting(found), None, "en") is None


def test_an_analysis_is_shown_for_every_tier(found):
    shown = sensitivity_section(fitting(found), found, "en")
    assert len(shown.tiers) == len(TIERS)
    assert all(tier.sentence for tier in shown.tiers)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"as_of": dt.date(2020, 1, 1)}, "date"),
        ({"status": "planned"}, "status"),
        ({"city": assessment_of(None).city}, "city"),
    ],
)
def test_an_analysis_of_something_else_is_refused(found, changes, what):
    with pytest.raises(InputDataError, match=f"another {what}"):
        sensitivity_section(fitting(found, **changes), found, "en")
