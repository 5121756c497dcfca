"""The demonstration with its cameras placed, for tests of threats: few draws, made once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # calls into a module are checked only if it is imported after the hook is set
    from toolkit.assessment.question import Question
    from toolkit.threats.city import PlacedCity

AS_OF = dt.date(2026, 11, 23)
CITY = "helsinki-centre"
START, END = (24.9364, 60.1659), (24.9520, 60.1715)
"""Longitude and latitude of two corners."""
PLACE = (24.9414, 60.1699)
N_DRAWS = 20


def question(**changes: object) -> Question:
    """Return a question about the demonstration."""
    from toolkit.assessment.question import Question

    return Question(CITY, AS_OF, **{"n_draws": N_DRAWS, **changes})  # type: ignore[arg-type]


def city(n_placements: int = 400, **changes: object) -> PlacedCity:
    """Return it with its cameras placed."""
    from toolkit.threats.city import open_city

    return open_city(question(**changes), n_placements=n_placements)
