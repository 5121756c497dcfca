"""Estimate where a reported camera system is likely to see, recognise, match or read.

The public functions are the ones named in `__all__`; the README shows them at work. They are
imported when first used, so that the command line answers at once.
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


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the public name stands for
    """Import a public name when it is first used."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(importlib.import_module(_HOMES[name]), name)
