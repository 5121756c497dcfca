"""Figures of trips in invented cities: answers against truths, and their table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from benchmarks.calibration.invented_trips import FIGURES, PROBABILITIES
from toolkit.base.arrays import BoolArray, FloatArray
from toolkit.base.quantity import INTERVAL, lower_prob, upper_prob
from toolkit.base.terms import TIERS, USUAL_MODE

N_HOMES: Final = 30
"""Homes of a sample: 60 trips and 30 weeks; truth and answer are about the same ones."""
RANK_BINS: Final = 20
_EXACT: Final = 9
"""Digits that are compared, so that the same cameras in another order tie."""
_WORDS: Final = {
    "cameras": "cameras on a trip",
    "at_least_one": "at least one",
    "at_least_two_sites": "at least two sites",
    "week_five_destinations": "week, five destinations",
    "week_commuter": "week, commuter",
}


@dataclass(frozen=True)
class TripOutcome:
    """True figures of trips in one city against the answer; T runs over `TIERS`, F over `FIGURES`.

    Attributes
    ----------
    truth
        True figures, shape (T, F).
    rank
        How many draws lie below the truth, ties broken by lot, shape (T, F).
    below, held
        Whether the truth lies below the 90 % interval, and inside, shape (T, F).
    width, draws_held
        Width of that interval, and the share of the tool's own draws that it holds, shape (T, F).
    """

    truth: FloatArray
    rank: NDArray[np.int64]
    below: BoolArray
    held: BoolArray
    width: FloatArray
    draws_held: FloatArray


def compare(drawn: FloatArray, truth: FloatArray, rng: np.random.Generator) -> TripOutcome:
    """Compare the answer of the tool with the truth.

    Parameters
    ----------
    drawn
        Answer per draw, shape (D, T, F).
    truth
        True figures, shape (T, F).
    rng
        Breaks ties.
    """
    drawn, truth = np.round(drawn, _EXACT), np.round(truth, _EXACT)
    ends = np.empty((2, *truth.shape))
    for t, f in np.ndindex(*truth.shape):
        values = drawn[:, t, f]
        if FIGURES[f] in PROBABILITIES:
            low, high = np.quantile(values, (lower_prob(values), upper_prob(values)))
            # The middle of a probability is its mean, and the interval reaches to it.
            ends[:, t, f] = min(low, values.mean()), max(high, values.mean())
        else:
            ends[:, t, f] = np.quantile(values, (INTERVAL[0], upper_prob(values)))
    ties = (drawn == truth).sum(axis=0)
    return TripOutcome(
        truth=truth,
        rank=(drawn < truth).sum(axis=0) + rng.integers(0, ties + 1),
        below=truth < ends[0],
        held=(ends[0] <= truth) & (truth <= ends[1]),
        width=ends[1] - ends[0],
        draws_held=((ends[0] <= drawn) & (drawn <= ends[1])).mean(axis=0),
    )


@dataclass(frozen=True)
class TripResults:
    """Results over all cities, each of shape (T, F).

    Attributes
    ----------
    held, below, above, by_lot, p_value
        Share of intervals that hold the truth, of truths below and above the interval, of ranks
        between its ends where ties are broken by lot, and the probability of ranks as uneven as
        these if they are uniform.
    draws_held
        Share of the tool's own draws that the interval holds, in the mean.
    none
        Share of truths that are zero.
    truth, width
        Median truth, and median width of the interval.
    """

    held: FloatArray
    below: FloatArray
    above: FloatArray
    by_lot: FloatArray
    p_value: FloatArray
    draws_held: FloatArray
    none: FloatArray
    truth: FloatArray
    width: FloatArray


def summarise(found: Sequence[TripOutcome], n_draws: int) -> TripResults:
    """Return the results of all cities; the 5 and 95 % points are edges of bins of rank."""
    held, below = np.array([o.held for o in found]), np.array([o.below for o in found])
    truth = np.array([o.truth for o in found])
    which = np.array([o.rank for o in found]) * RANK_BINS // (n_draws + 1)
    counts = np.stack([(which == b).sum(axis=0) for b in range(RANK_BINS)], axis=-1)
    return TripResults(
        held=held.mean(axis=0),
        below=below.mean(axis=0),
        above=(~held & ~below).mean(axis=0),
        by_lot=((which > 0) & (which < RANK_BINS - 1)).mean(axis=0),
        p_value=np.asarray(stats.chisquare(counts, axis=-1).pvalue),
        draws_held=np.mean([o.draws_held for o in found], axis=0),
        none=(truth == 0).mean(axis=0),
        truth=np.median(truth, axis=0),
        width=np.median([o.width for o in found], axis=0),
    )


def table(results: TripResults) -> list[str]:
    """Return coverage and ranks of each tier and figure."""
    lines = [
        (
            "| tier, mode | figure | held | of its own draws | truth below | above "
            "| ties by lot | ranks, p | truth zero | truth, median | width, median |"
        ),
        "| --- | --- |" + " --- |" * 9,
    ]
    return lines + [
        f"| {tier}, {USUAL_MODE[tier]} | {_WORDS[figure]} | {results.held[t, f]:.1%} "
        f"| {results.draws_held[t, f]:.1%} | {results.below[t, f]:.1%} "
        f"| {results.above[t, f]:.1%} | {results.by_lot[t, f]:.1%} | {results.p_value[t, f]:.2f} "
        f"| {results.none[t, f]:.0%} | {results.truth[t, f]:.3f} | {results.width[t, f]:.3f} |"
        for t, tier in enumerate(TIERS)
        for f, figure in enumerate(FIGURES)
    ]
