"""Cache of assessments: each made once for all sessions, in memory only."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final, Protocol

from streamlit import runtime

from toolkit.app.bar import Choice
from toolkit.assessment.assess import assess
from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.model import Assessment, IfWhere
from toolkit.assessment.on_city_level import if_within
from toolkit.assessment.question import Loaded, Question, kept_or_made
from toolkit.assessment.ten_placements import Placements, place_cameras
from toolkit.assumptions.sets import AssumptionSet
from toolkit.base.lru_cache import LruCache
from toolkit.base.terms import Allocation, Progress
from toolkit.evidence.claim import Claim

SAMPLE_POINTS: Final = 20_000
"""Most street points that figures wait for: 100 km of street at a spacing of 5 m. In a larger
city a sample is taken, and a share is off by less than 1 % of the street length, see
`sample.error_share`."""


class Bar(Protocol):
    """A progress bar of Streamlit."""

    def progress(self, value: float, /) -> object:
        """Show another share."""

    def empty(self) -> object:
        """Show nothing."""


class Place(Protocol):
    """A container of a page of Streamlit."""

    def progress(self, value: float, /) -> Bar:
        """Show a bar in it."""


@dataclass(frozen=True)
class Estimate:
    """Assessment and its inputs.

    Attributes
    ----------
    loaded
        Question that it answers, with its data: what else a page shows is made of the same.
    key
        Fingerprint of the question and these data: the key of caches.
    assessment
        The assessment.
    """

    loaded: Loaded
    key: str
    assessment: Assessment

    @property
    def question(self) -> Question:
        """Question that it answers."""
        return self.loaded.question

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All claims about the city."""
        return self.loaded.claims


@dataclass(frozen=True)
class Case:
    """What is taken as known of a city with streets; at least one of both.

    Attributes
    ----------
    where
        Where all cameras are; None for nobody knows.
    count
        Number of cameras of the whole city; None for that of the choice. A given number is not
        narrowed by what was seen.
    """

    where: Allocation | None
    count: int | None


def question_of(
    choice: Choice, assumptions: AssumptionSet, *, case: Case | None = None
) -> Question:
    """Return the question of a choice; tier and language make no difference.

    Parameters
    ----------
    choice
        The choice.
    assumptions
        The assumption set.
    case
        What is taken as known besides.
    """
    question = Question(
        choice.city.id,
        choice.as_of,
        assumptions,
        status=choice.status,
        count=choice.count,
        profile=choice.profile,
        sample_points=SAMPLE_POINTS,
        observations=choice.observations,
    )
    if case is not None:
        question = replace(question, where=case.where or "open")
        if case.count is not None:
            count = (float(case.count), float(case.count))
            question = replace(question, count=count, observations=())
    return question


def estimate(
    choice: Choice,
    assumptions: AssumptionSet,
    *,
    case: Case | None = None,
    bar_at: Place | None = None,
) -> Estimate:
    """Return the assessment of a choice.

    Parameters
    ----------
    choice, assumptions, case
        See `question_of`.
    bar_at
        Container of the page for a bar that shows how much is done, where it takes long; what
        follows in the same container moves.

    Raises
    ------
    ToolkitError
        As `assessment.assess`.
    """
    question = question_of(choice, assumptions, case=case)
    return kept_or_made(_made, question, lambda loaded: _estimate(loaded, bar_at))


def is_kept(question: Question) -> bool:
    """Return whether the assessment of a question has been made before and is kept."""
    return question.fingerprint() in _made


_N_KEPT: Final = 6
_made: Final[LruCache[Estimate]] = LruCache(_N_KEPT, wait=True)
_SOON_S: Final = 1.0
"""Seconds after which the share that is done is shown."""


def _estimate(loaded: Loaded, bar_at: Place | None) -> Estimate:
    with _shown(bar_at) as progress:
        made = Estimate(loaded, loaded.fingerprint(), assess(loaded, progress=progress))
    leave_out_of_searches()
    return made


@contextmanager
def _shown(bar_at: Place | None) -> Iterator[Progress]:
    """Show the share that is done in a container, once the page has waited for a while.

    A page that asks for something else in the meantime ends the work.
    """
    start, bars = time.monotonic(), list[Bar]()

    def show(done: float) -> None:
        if bars:
            bars[0].progress(min(done, 1.0))
        elif bar_at is not None and time.monotonic() - start > _SOON_S:
            bars.append(bar_at.progress(min(done, 1.0)))

    yield show
    for bar in bars:
        bar.empty()


def leave_out_of_searches() -> None:
    """Let the first answer of a server, and all that was imported for it, be searched no more.

    After each run of a page Streamlit searches all objects for garbage, for an eighth of a second
    in which nothing else is answered. What has been loaded by now stays anyway.
    """
    if runtime.exists() and not gc.get_freeze_count():
        gc.collect()
        gc.freeze()


def cases(made: Estimate, count: int | None) -> tuple[IfWhere, ...]:
    """Return what follows in each case of where the cameras are, for a city without streets.

    Parameters
    ----------
    made
        The assessment.
    count
        Number of cameras; None for that of the assessment. A given number is not narrowed by what
        was seen.

    Returns
    -------
    cases
        See `on_city_level.if_within`.
    """
    loaded = made.loaded
    if count is not None:
        loaded = loaded.ask(count=(float(count), float(count)), observations=())
    return kept_or_made(_cases, loaded, lambda loaded: if_within(make_inputs(loaded)))


_cases: Final[LruCache[tuple[IfWhere, ...]]] = LruCache(24, wait=True)


def placements(made: Estimate) -> Placements:
    """Return the cameras of an answer, placed once per draw; the last ones are kept.

    Raises
    ------
    NotFoundError
        If no streets are installed for the city.
    """
    return _placements.get(made.key, lambda: place_cameras(make_inputs(made.loaded)))


_placements: Final[LruCache[Placements]] = LruCache(2, wait=True)
