"""What the groups have marked and said in a round; kept in the session alone, and gone with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import streamlit as st

from toolkit.app.map.drawing import Shape
from toolkit.base.arrays import FloatArray
from toolkit.base.terms import Tier
from toolkit.studies.exercise import NEAR

Kind = Literal["marks", "address"]
"""Marks where cameras are expected, or chances at an invented address."""

GROUPS: Final = (1, 2, 3, 4)
"""Groups that take turns at one screen."""
ADDRESSES: Final = "ABC"
"""Letters of the invented addresses of a round."""
_KEY: Final = "exercise"


@dataclass
class Round:
    """One round of the exercise, about one city.

    Attributes
    ----------
    city
        Id of the city.
    number
        Number of the round: another one has other addresses.
    marks
        Marks of each group: one place each.
    near
        Part of the cameras that each group says stands near its marks.
    said
        Chance that each group states, by group, letter of the address and question.
    revealed
        Which parts are revealed.
    """

    city: str
    number: int = 1
    marks: dict[int, tuple[Shape, ...]] = field(default_factory=dict)
    near: dict[int, float] = field(default_factory=dict)
    said: dict[tuple[int, str, Tier], float] = field(default_factory=dict)
    revealed: set[Kind] = field(default_factory=set)

    def lon_lat(self, group: int) -> FloatArray:
        """Return longitude and latitude of the marks of a group, shape (M, 2)."""
        places = [shape[0] for shape in self.marks.get(group, ())]
        return np.array(places, dtype=float).reshape(-1, 2)

    def near_share(self, group: int) -> float:
        """Return the part of the cameras that a group says stands near its marks."""
        return self.near.get(group, NEAR[1])

    def has(self, kind: Kind) -> bool:
        """Return whether any group has marked, or said, something."""
        return any(self.marks.values()) if kind == "marks" else bool(self.said)


def current(city: str) -> Round:
    """Return the round that is being played; another city begins another one."""
    found = st.session_state.get(_KEY)
    if not isinstance(found, Round) or found.city != city:
        found = Round(city, found.number + 1 if isinstance(found, Round) else 1)
        st.session_state[_KEY] = found
    return found


def start_again() -> None:
    """Forget all marks and answers, and begin the next round."""
    found = st.session_state.get(_KEY)
    if isinstance(found, Round):
        st.session_state[_KEY] = Round(found.city, found.number + 1)
