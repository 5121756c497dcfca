"""Tables and plots of docs/generated/calibration.md, from the outcomes of `engine`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from numpy.typing import NDArray
from scipy import stats

from benchmarks.calibration import trips
from benchmarks.calibration.invented_truth import VARIANTS
from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.base.terms import TIERS

DOCS = Path(__file__).resolve().parents[2] / "docs" / "generated"
DOCUMENT = DOCS / "calibration.md"
RANKS_PLOT, STREETS_PLOT, OTHERS_PLOT = (
    DOCS / f"calibration-{name}.svg" for name in ("ranks", "streets", "other-truths")
)
RANK_BINS = trips.RANK_BINS
RESAMPLES = 2_000
LEAST_CITIES = 20
"""Bins of street probability with fewer cities are not shown."""
BAND = (0.005, 0.995)
"""Probability that a correct result lies within band or bar."""
_STYLE: Any = {
    "svg.hashsalt": "calibration",
    "svg.fonttype": "none",
    "font.size": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


class Outcome(Protocol):
    """Outcome of one city, see `engine.Outcome`."""

    @property
    def style(self) -> str:
        """Wording of the report."""

    @property
    def bounded(self) -> bool:
        """Whether the report is about just these streets."""

    @property
    def truth(self) -> FloatArray:
        """Realised shares, shape (V, T)."""

    @property
    def rank(self) -> NDArray[np.int64]:
        """Ranks of the truths, shape (V, T)."""

    @property
    def held(self) -> NDArray[np.bool_]:
        """Whether the interval holds the truth, shape (V, T)."""

    @property
    def width(self) -> FloatArray:
        """Width of the interval, shape (T,)."""

    @property
    def draws_held(self) -> FloatArray:
        """Share of the tool's own draws that the interval holds, shape (T,)."""

    @property
    def contrast(self) -> FloatArray:
        """Covariation and variation between streets, shape (V, T, 2)."""

    @property
    def bins(self) -> FloatArray:
        """Length, probable and covered length per bin, shape (V, T, B, 3)."""

    @property
    def trips(self) -> trips.TripOutcome:
        """Figures of trips."""


@dataclass(frozen=True)
class Results:
    """Results that are printed and plotted.

    Attributes
    ----------
    n_cities
        How many.
    held, below, above, by_lot, p_value
        Share of intervals that hold the truth, of truths below and above the interval, of ranks
        between its ends where ties are broken by lot, and the probability of ranks as uneven as
        these if they are uniform; shape (V, T).
    rank_counts
        Cities per bin of rank, shape (V, T, RANK_BINS).
    truth, width, draws_held
        Median realised share, median width of the interval, and the share of the tool's own draws
        that it holds, in the mean, shape (T,).
    prob, share, low, high
        Per bin of street probability: the mean that the tool says, the share covered, and what
        resampling of cities makes of it; shape (T, B), NaN where there are few.
    km
        Street length in each bin, over all cities, shape (T, B).
    cities
        Cities with a street in each bin, shape (T, B).
    slope, slope_se
        By how much the share covered rises with the probability among the streets of one city, and
        its standard error, shape (V, T): 1 is right, 0 means that the differences between streets
        say nothing.
    by_style
        Share held per wording, and by whether the report names its area, for each tier.
    trips
        Results for figures of trips.
    """

    n_cities: int
    held: FloatArray
    below: FloatArray
    above: FloatArray
    by_lot: FloatArray
    p_value: FloatArray
    rank_counts: FloatArray
    truth: FloatArray
    width: FloatArray
    draws_held: FloatArray
    prob: FloatArray
    share: FloatArray
    low: FloatArray
    high: FloatArray
    km: FloatArray
    cities: NDArray[np.int64]
    slope: FloatArray
    slope_se: FloatArray
    by_style: dict[str, tuple[int, FloatArray]]
    trips: trips.TripResults


def summarise(found: Sequence[Outcome], n_draws: int) -> Results:
    """Return the results of all cities; the 5 and 95 % points are edges of bins of rank."""
    held = np.array([o.held for o in found])
    rank = np.array([o.rank for o in found])
    which = rank * RANK_BINS // (n_draws + 1)
    counts = np.stack([(which == b).sum(axis=0) for b in range(RANK_BINS)], axis=-1)
    low_side = rank < (n_draws + 1) / 2
    groups = {
        style: [o.style == style for o in found] for style in sorted({o.style for o in found})
    }
    groups["about just these streets"] = [o.bounded for o in found]
    groups["area not stated"] = [not o.bounded for o in found]
    together, spread = np.moveaxis(np.array([o.contrast for o in found]), -1, 0)
    slope = together.sum(axis=0) / spread.sum(axis=0)
    # Cities are independent of one another, the streets of one are not.
    error = np.sqrt(((together - slope * spread) ** 2).sum(axis=0)) / spread.sum(axis=0)
    prob, share, low, high, km = _reliability(np.array([o.bins[0] for o in found]))
    return Results(
        n_cities=len(found),
        held=held.mean(axis=0),
        below=(~held & low_side).mean(axis=0),
        above=(~held & ~low_side).mean(axis=0),
        by_lot=((which > 0) & (which < RANK_BINS - 1)).mean(axis=0),
        p_value=np.asarray(stats.chisquare(counts, axis=-1).pvalue),
        rank_counts=counts.astype(float),
        truth=np.median([o.truth[0] for o in found], axis=0),
        width=np.median([o.width for o in found], axis=0),
        draws_held=np.mean([o.draws_held for o in found], axis=0),
        prob=prob,
        share=share,
        low=low,
        high=high,
        km=km,
        cities=(np.array([o.bins[0, ..., 0] for o in found]) > 0).sum(axis=0),
        slope=slope,
        slope_se=error,
        by_style={
            name: (int(np.sum(rows)), held[np.array(rows), 0].mean(axis=0))
            for name, rows in groups.items()
            if any(rows)
        },
        trips=trips.summarise([o.trips for o in found], n_draws),
    )


def _reliability(
    bins: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return mean probability, share covered and its interval per bin, from (C, T, B, 3).

    Streets of one city share its ignorance, so cities are resampled, not streets. What is
    resampled is the difference between covered and probable length.
    """
    rng = np.random.default_rng(5)
    length, probable, covered = (bins[..., k].sum(axis=0) for k in range(3))
    enough = (bins[..., 0] > 0).sum(axis=0) >= LEAST_CITIES
    with np.errstate(invalid="ignore", divide="ignore"):
        prob = np.where(enough, probable / length, np.nan)
        share = np.where(enough, covered / length, np.nan)
        again = np.empty((RESAMPLES, *length.shape))
        for k in range(RESAMPLES):
            lot = rng.multinomial(len(bins), np.full(len(bins), 1 / len(bins)))
            some = np.tensordot(lot, bins, axes=1)
            again[k] = (some[..., 2] - some[..., 1]) / some[..., 0]
    edge = np.quantile(np.nan_to_num(again), BAND, axis=0)
    middle = np.nan_to_num(again).mean(axis=0)
    low, high = (np.clip(share - middle + e, 0.0, 1.0) for e in edge)
    return prob, share, low, high, length / 1e3


def agreeing(results: Results) -> tuple[int, int]:
    """Return the number of bins whose interval holds the probability, and of all bins."""
    shown = ~np.isnan(results.prob)
    inside = (results.low <= results.prob) & (results.prob <= results.high)
    return int((inside & shown).sum()), int(shown.sum())


# --- tables ---------------------------------------------------------------------------------


def tables(results: Results) -> list[str]:
    """Return the lines of all tables."""
    return [
        *main_table(results), "", *style_table(results), "", *streets_table(results), "",
        *others_table(results), "", *slope_table(results), "", *trips.table(results.trips),
    ]  # fmt: skip


def main_table(results: Results) -> list[str]:
    """Return coverage and ranks of each tier."""
    lines = [
        (
            "| tier | held | of its own draws | truth below | above | ties by lot | ranks, p "
            "| true share, median | width, median |"
        ),
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    return lines + [
        f"| {tier} | {results.held[0, t]:.1%} | {results.draws_held[t]:.1%} "
        f"| {results.below[0, t]:.1%} "
        f"| {results.above[0, t]:.1%} | {results.by_lot[0, t]:.1%} | {results.p_value[0, t]:.2f} "
        f"| {results.truth[t]:.3f} | {results.width[t]:.3f} |"
        for t, tier in enumerate(TIERS)
    ]


def style_table(results: Results) -> list[str]:
    """Return coverage by kind of report."""
    lines = [
        f"| report | cities | {' | '.join(TIERS)} |",
        "| --- | --- |" + " --- |" * len(TIERS),
    ]
    return lines + [
        f"| {name} | {n} | {' | '.join(f'{value:.0%}' for value in held)} |"
        for name, (n, held) in results.by_style.items()
    ]


def streets_table(results: Results) -> list[str]:
    """Return probability and share of each bin."""
    lines = [
        "| tier | cities | streets, km | probability | share covered | 99 % interval |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return lines + [
        f"| {tier} | {results.cities[t, b]} | {results.km[t, b]:,.0f} | {results.prob[t, b]:.3f} "
        f"| {results.share[t, b]:.3f} | {results.low[t, b]:.3f} to {results.high[t, b]:.3f} |"
        for t, tier in enumerate(TIERS)
        for b in np.flatnonzero(~np.isnan(results.prob[t]))
    ]


def others_table(results: Results) -> list[str]:
    """Return coverage under other truths."""
    lines = [
        "| truth | " + " | ".join(f"{tier}: held (below, above)" for tier in TIERS) + " |",
        "| --- |" + " --- |" * len(TIERS),
    ]
    for v, variant in enumerate(VARIANTS):
        cells = [
            f"{results.held[v, t]:.0%} ({results.below[v, t]:.0%}, {results.above[v, t]:.0%})"
            for t in range(len(TIERS))
        ]
        lines.append(f"| {variant} | {' | '.join(cells)} |")
    return lines


def slope_table(results: Results) -> list[str]:
    """Return the skill for differences between streets of one city under each truth."""
    lines = [
        "| truth | " + " | ".join(TIERS) + " |",
        "| --- |" + " --- |" * len(TIERS),
    ]
    for v, variant in enumerate(VARIANTS):
        cells = [
            f"{results.slope[v, t]:.2f} ± {results.slope_se[v, t]:.2f}" for t in range(len(TIERS))
        ]
        lines.append(f"| {variant} | {' | '.join(cells)} |")
    return lines


# --- plots ----------------------------------------------------------------------------------


def _save(figure: Any, path: Path) -> None:  # noqa: ANN401 - a figure of matplotlib
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    plt.close(figure)


def _histogram(axes: Any, counts: FloatArray, title: str) -> None:  # noqa: ANN401
    n = counts.sum()
    low, high = (float(stats.binom.ppf(p, n, 1 / RANK_BINS)) for p in BAND)
    axes.axhspan(low, high, color="0.88")
    axes.bar(np.arange(RANK_BINS) + 0.5, counts, width=0.9, color="#33658a")
    axes.set(title=title, xlim=(0, RANK_BINS), xticks=[0, RANK_BINS], xticklabels=["low", "high"])


def plot_ranks(results: Results, path: Path) -> None:
    """Draw where truths rank among the draws, with the band of uniform ranks."""
    figure, axes = plt.subplots(1, len(TIERS), figsize=(9, 2.2), sharey=True, layout="constrained")
    for t, tier in enumerate(TIERS):
        _histogram(axes[t], results.rank_counts[0, t], tier)
    axes[0].set_ylabel("cities")
    figure.supxlabel("rank of the truth among the draws")
    _save(figure, path)


def plot_streets(results: Results, path: Path) -> None:
    """Draw the share covered over the probability of a street."""
    figure, axes = plt.subplots(1, len(TIERS), figsize=(9, 2.6), layout="constrained")
    for t, tier in enumerate(TIERS):
        shown = ~np.isnan(results.prob[t])
        p, share = results.prob[t, shown], results.share[t, shown]
        bars = np.abs(np.stack([results.low[t, shown], results.high[t, shown]]) - share)
        top = 1.05 * max([*results.prob[t, shown], *results.high[t, shown], 0.01])
        axes[t].plot([0, top], [0, top], color="0.7", linewidth=1)
        axes[t].errorbar(p, share, bars, fmt="o", markersize=3, color="#33658a", linewidth=1)
        axes[t].set(title=tier, xlim=(0, top), ylim=(0, top), aspect="equal")
    axes[0].set_ylabel("share of length covered")
    figure.supxlabel("probability that the tool gives the street")
    _save(figure, path)


def plot_others(results: Results, path: Path) -> None:
    """Draw ranks under each truth, for the first tier."""
    figure, axes = plt.subplots(
        1, len(VARIANTS), figsize=(10, 2.2), sharey=True, layout="constrained"
    )
    for v, variant in enumerate(VARIANTS):
        title = f"{variant}\nheld {results.held[v, 0]:.0%}"
        _histogram(axes[v], results.rank_counts[v, 0], title)
    axes[0].set_ylabel("cities")
    figure.supxlabel(f"rank of the truth among the draws, {TIERS[0]}")
    _save(figure, path)


# --- the document ---------------------------------------------------------------------------

_DOCUMENT = """# Calibration of the whole path

Written by `python -m benchmarks.calibration.engine`; do not edit. Counts alone:
[calibration of counts](calibration-counts.md).

{n:,} invented cities on {networks} street networks. In each, everything that is not known (number
of cameras, where operators put them, cameras per site, types, heights, the share working) is
drawn once from the assumptions, cameras are placed once, and a report is written. The tool gets
the report and the streets, with {draws} draws and a seed of its own. The truth is placed by code
that shares nothing with the engine but the lines of sight
(`benchmarks/calibration/invented_truth.py`).

## The 90 % interval and the ranks

Held: the interval of the realised share holds the truth; it should in 85 to 95 of 100 cities.
Ranks: of the truth among the draws; p is the probability of ranks as uneven as these if
they are uniform (chi-square, {bins} bins). Width: of the interval, in the middle city.

In many of these towns no face or plate can be read anywhere: more than 5 of 100 draws are zero, and
the interval begins at zero ([method](../method/method.md#1-the-path)). "Of its own draws" is the
share of the tool's own draws that the interval holds.

{main}

![Ranks of the truth]({ranks_plot})

Grey: what 99 of 100 bins of uniform ranks lie in.

Share held by what the report is like:

{style}

## Trips

The same cities and cameras, met on {n_trips} trips (there and back) and in {n_homes} weeks, drawn
once for each network. The interval of each figure should hold the truth in 85 to 95 of 100 cities.
Shares of trips come in steps, and are often none or all: where more than 10 of 100 draws are none
and more than 10 are all, the interval excludes nothing. Ranks, with ties by lot, tell such cases
from an error.

{trips}

## Streets

Streets in bins of their probability, and the share of their length that was covered. The intervals
come from resampling cities, and are too narrow where few cities have such streets. In {inside} of
{shown} bins the interval holds the probability.

![Share covered over probability]({streets_plot})

{streets}

## Other truths

What to expect where the assumptions are wrong: the same reports and answers, and other truths.

{others}

![Ranks under other truths]({others_plot})

- **Other operator**: all log lifts have the opposite sign.
- **Clustered twice as much**: the shape of the factor that districts of 1 km share is half of what
  the tool draws; the number of sites stays what it is.
- **Upper end halved, doubled**: the 95 % point of the true number over the reported one is half
  or twice as large.

Within a city, how much more of a street is covered where its probability is higher. 1 is right; 0
means that differences between streets say nothing (± one standard error).

{slope}

## How the reports are made

- The reported number is drawn first and the true one from it, by the law that the tool assumes
  ([counts](../method/counts.md#the-rule), rules 4 to 6), so that the truth given the report is
  what the tool should believe. Uniform ranks show that everything after the report
  follows from the assumptions without error, not that sources write so: see
  [calibration of counts](calibration-counts.md).
- "Over", "at least", "about", exact and "hundreds", up to 4 years old; one report a city. Half of
  the reports are about just these streets, the others name no area.
- A third of the networks has mapped cameras, of which an unknown share belongs to the system.
- Ties, such as shares of none, are broken by lot.
"""


def document(results: Results, *, networks: int, draws: int) -> str:
    """Return the text of docs/generated/calibration.md."""
    inside, shown = agreeing(results)
    return _DOCUMENT.format(
        n=results.n_cities,
        networks=networks,
        draws=draws,
        bins=RANK_BINS,
        main="\n".join(main_table(results)),
        style="\n".join(style_table(results)),
        streets="\n".join(streets_table(results)),
        others="\n".join(others_table(results)),
        slope="\n".join(slope_table(results)),
        trips="\n".join(trips.table(results.trips)),
        n_trips=2 * trips.N_HOMES,
        n_homes=trips.N_HOMES,
        inside=inside,
        shown=shown,
        ranks_plot=RANKS_PLOT.name,
        streets_plot=STREETS_PLOT.name,
        others_plot=OTHERS_PLOT.name,
    )


def write(results: Results, *, networks: int, draws: int) -> None:
    """Write the document and its plots."""
    with mpl.rc_context(_STYLE):
        plot_ranks(results, RANKS_PLOT)
        plot_streets(results, STREETS_PLOT)
        plot_others(results, OTHERS_PLOT)
    store.write_text(DOCUMENT, document(results, networks=networks, draws=draws))
