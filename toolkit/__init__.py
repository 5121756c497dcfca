"""Estimate where a reported camera system is likely to see, recognise, match or read.

From reports on a city and its streets to the share of street length that the cameras cover, with
an interval for all that is uncertain. Never identifies anybody, and never connects to another
machine except to import streets or to use a cluster, when asked to.

load_cities        the cities that are known
load_claims        what is reported on a city, with sources
load_assumptions   an assumption set: every number of the model, with its range and source
open_pack          the installed streets of a city
Question           a city, a date and all settings
assess             the answer to a question
Assessment         that answer: counts, lengths and shares by tier, with its JSON form
write_report       the answer as an HTML report

Names are imported at first use, so that the command line answers at once.

Examples
--------
>>> import datetime as dt
>>> import toolkit
>>> answer = toolkit.assess("Mawlamyine", as_of=dt.date(2026, 11, 23), n_draws=50)
>>> count = answer.cameras.installed.count
>>> count.low <= count.mid <= count.high
True
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from toolkit.base.version import __version__ as __version__

if TYPE_CHECKING:
    from toolkit.assessment.assess import assess
    from toolkit.assessment.model import Assessment
    from toolkit.assessment.question import Question
    from toolkit.assumptions.sets import load_assumptions
    from toolkit.evidence.load import load_claims
    from toolkit.output.report import write_report
    from toolkit.streets.cities import load_cities
    from toolkit.streets.pack import open_pack

__all__ = [
    "Assessment",
    "Question",
    "assess",
    "load_assumptions",
    "load_cities",
    "load_claims",
    "open_pack",
    "write_report",
]

_HOMES = {
    "Assessment": "toolkit.assessment.model",
    "Question": "toolkit.assessment.question",
    "assess": "toolkit.assessment.assess",
    "load_assumptions": "toolkit.assumptions.sets",
    "load_cities": "toolkit.streets.cities",
    "load_claims": "toolkit.evidence.load",
    "open_pack": "toolkit.streets.pack",
    "write_report": "toolkit.output.report",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - functions and types alike
    """Import a public name when it is first used."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(_HOMES[name]), name)
