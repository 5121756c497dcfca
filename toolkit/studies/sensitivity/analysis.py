"""Global sensitivity of the covered share of street length to every uncertain assumption.

Sobol indices (first order and total, with confidence) or Morris screening, over all that
is uncertain about one city. They are of the log odds of the share: the variance of the share itself
is that of its few highest draws. The result is a `Sensitivity`; `docs/method/sensitivity.md` says
how to read it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Final, Literal

import numpy as np
from numpy.polynomial import legendre
from pydantic import Field

from toolkit.assessment.assess import source_refs
from toolkit.assessment.counting import value_of_counting
from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.model import AssumptionsPart
from toolkit.assessment.question import Loaded, Question
from toolkit.assumptions.sets import AssumptionSet
from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design
from toolkit.base.quantity import INTERVAL, Quantity
from toolkit.base.record import Record
from toolkit.base.terms import TIERS, Basis, Names, Progress, SourceRef, Status, Tier
from toolkit.base.version import __version__
from toolkit.evidence.load import private_cameras_ordered
from toolkit.language import words
from toolkit.studies.sensitivity.design import (
    BOUNDARY_COLUMN,
    CONFIDENCE,
    Factor,
    Indices,
    Layout,
    Method,
    RecordingDesign,
    directions,
    factors_of,
    indices,
    lay_out,
)
from toolkit.studies.sensitivity.field_work import FieldWork, load_field_work
from toolkit.studies.sensitivity.model import (
    SAMPLE_POINTS,
    BoundaryPart,
    boundary_options,
    expected_shares,
)

SCHEMA: Final = "camera-exposure.sensitivity/3"
BASE_ROWS: Final[dict[Method, int]] = {"sobol": 1024, "morris": 64}
"""Base sample of Sobol (a power of two), trajectories of Morris. With 1,024 the largest index of
the demonstration is known to about 0.05."""
_RECORDED: Final = 4
"""Rows of the run that records which columns the model uses."""
_COUNTING_DRAWS: Final = 200
"""Draws behind the value of counting, as in an assessment."""
_DEGREE: Final = 4
"""Degree of the polynomial fitted to the effect of a factor by itself."""
_Z95: Final = 1.6449
"""95 % point of the standard normal distribution."""
_MOST_NAMED: Final = 3
"""Most factors named in "depends mostly on"."""
_NAMED_SHARE: Final = 0.5
"""Least total effect of a named factor, as a share of the largest."""
LEAST_SHARE: Final = 1e-6
"""Share below which differences do not count: one metre in 1,000 km of street."""
LEAST_NARROWING: Final = 0.01
"""Least narrowing for which an hour of work is recommended."""

Why = Literal["fixed", "set", "definition", "encounter", "unused", "one_boundary"]


class FactorPart(Record):
    """One factor and one tier.

    Attributes
    ----------
    first, total
        Sobol indices, shares of the variance of the log odds. With Morris `first` is None and
        `total` is the mean size of an elementary effect, in log odds.
    distinguishable
        Whether the interval of `total` lies above zero.
    figure
        The figure with this factor at the one end of its range, at all of it, and at the other
        end; means of log odds, as shares.
    rises
        Whether the figure rises with the factor; None for a factor of several parts, and with
        Morris for one without a direction.
    """

    key: str
    first: Quantity | None
    total: Quantity
    distinguishable: bool
    figure: Quantity
    rises: bool | None


class WorkPart(Record):
    """What one hour of some work would narrow.

    Attributes
    ----------
    variance
        Part of the variance that it would remove: learned share by index of first order, summed.
    narrowing
        Part by which the interval would become narrower, if its width goes with the standard
        deviation.
    factors
        What it teaches, by what it gains.
    """

    id: str
    where: Literal["street", "desk"]
    variance: float
    narrowing: float
    factors: tuple[str, ...]


class TierSensitivity(Record):
    """Everything about the share of street length of one tier.

    Attributes
    ----------
    factors
        By total effect, largest first; empty where the figure is the same in every draw.
    mostly
        Factors on which the figure mostly depends.
    work
        What an hour would narrow, most first; empty for Morris.
    """

    share: Quantity
    variance: float
    factors: tuple[FactorPart, ...]
    mostly: tuple[str, ...]
    work: tuple[WorkPart, ...]


class NotVaried(Record):
    """An assumption that is no factor here, and why."""

    key: str
    why: Why


class SampleSize(Record):
    """How large the analysis was."""

    base: int
    rows: int
    points: int | None
    """Street points of the stratified sample; None where no streets are installed."""


class Sensitivity(Record):
    """Which assumption matters for one city; see the module docstring."""

    schema_: Literal["camera-exposure.sensitivity/3"] = Field(default=SCHEMA, alias="schema")
    tool: str
    as_of: dt.date
    seed: int
    status: Status
    city: str
    name: Names
    basis: Basis
    demonstration: bool
    assumptions: AssumptionsPart
    method: Method
    confidence: float
    sample: SampleSize
    boundaries: tuple[BoundaryPart, ...]
    tiers: dict[Tier, TierSensitivity]
    not_varied: tuple[NotVaried, ...]
    limits: tuple[str, ...]
    sources: tuple[SourceRef, ...]

    def to_json(self) -> str:
        """Return the JSON text: the same bytes for the same inputs, ending in a line feed."""
        data = self.model_dump(mode="json", by_alias=True)
        return store.canonical_json(data).decode() + "\n"


def sensitivity(
    question: Question | Loaded,
    *,
    method: Method = "sobol",
    n_base: int | None = None,
    n_points: int = SAMPLE_POINTS,
    progress: Progress | None = None,
) -> Sensitivity:
    """Analyse the sensitivity of one city's answer to each assumption.

    Parameters
    ----------
    question
        As for an assessment, or what was loaded for one; its seed is that of the design, its number
        of draws is ignored.
    method
        ``sobol``, or ``morris`` for a quick screening.
    n_base
        Base sample or trajectories; by default `BASE_ROWS`.
    n_points
        Street points of the sample.
    progress
        Called with the completed share of the work.

    Raises
    ------
    NotFoundError
        If the city is not known.
    InputDataError, PackError
        If evidence, assumptions or streets cannot be used.
    """
    n_base = n_base or BASE_ROWS[method]
    loaded = question.load() if isinstance(question, Question) else question
    question = loaded.question
    seed, values = question.seed, question.assumptions
    city, options = loaded.city, boundary_options(loaded)
    factors = find_factors(loaded, options)
    layout = lay_out(factors, method, n_base=n_base, seed=seed)
    output = expected_shares(loaded, layout.design, options, n_points=n_points, progress=progress)
    work = load_field_work()
    counting = 0.0 if method == "morris" else _learned_by_counting(loaded)
    return Sensitivity(
        schema=SCHEMA,
        tool=__version__,
        as_of=question.as_of,
        seed=seed,
        status=question.status,
        city=city.id,
        name=city.name,
        basis="streets" if loaded.pack else "city_level",
        demonstration=city.demonstration,
        assumptions=AssumptionsPart.of(values),
        method=method,
        confidence=CONFIDENCE,
        sample=SampleSize(
            base=n_base, rows=len(layout.matrix), points=n_points if loaded.pack else None
        ),
        boundaries=options,
        tiers={
            tier: tier_part(layout, output[:, t], work, counting=counting)
            for t, tier in enumerate(TIERS)
        },
        not_varied=_not_varied(values, factors, len(options)),
        limits=words.limits(
            "en",
            loaded.operators.profiles.cities,
            private_many=private_cameras_ordered(loaded.claims, question.as_of),
        ),
        sources=source_refs(make_inputs(loaded, Design(1, seed))),
    )


def find_factors(loaded: Loaded, options: Sequence[BoundaryPart]) -> tuple[Factor, ...]:
    """Return the uncertain factors of a city: run the model once and record what it uses."""
    asked: set[str] = set()
    # Each boundary separately: a few random rows might leave one out.
    for option in options:
        design = RecordingDesign(_RECORDED, 0)
        expected_shares(loaded, design, (option,), n_points=_RECORDED)
        asked |= design.asked
    if len(options) > 1:
        asked.add(BOUNDARY_COLUMN)
    fixed = {a.key for a in loaded.question.assumptions.items if a.distribution == "fixed"}
    return factors_of(asked, fixed)


def tier_part(
    layout: Layout, output: FloatArray, work: FieldWork, *, counting: float
) -> TierSensitivity:
    """Return the analysis of one figure.

    Parameters
    ----------
    output
        The figure at each row of the layout, a share, shape (rows,).
    work
        What an hour of work teaches.
    counting
        Share of the variance of the count that an hour of counting removes.
    """
    share = Quantity.from_amounts(output[layout.independent], "share")
    odds = log_odds(output)
    found = indices(layout, odds)
    if found is None:
        return TierSensitivity(share=share, variance=0.0, factors=(), mostly=(), work=())
    parts = [_factor_part(layout, odds, found, k) for k in range(len(layout.factors))]
    parts.sort(key=lambda p: (-(p.total.mid or 0.0), p.key))
    moving = [p for p in parts if p.distinguishable]
    most = max((p.total.mid or 0.0 for p in moving), default=0.0)
    mostly = [p.key for p in moving if (p.total.mid or 0.0) >= _NAMED_SHARE * most]
    return TierSensitivity(
        share=share,
        variance=float(f"{np.var(odds[layout.independent]):.6g}"),
        factors=tuple(parts),
        mostly=tuple(mostly[:_MOST_NAMED]),
        work=() if layout.method == "morris" else _work(parts, work, counting),
    )


def log_odds(share: FloatArray) -> FloatArray:
    """Return the log odds of shares, held at those of `LEAST_SHARE` and of the rest of it.

    Examples
    --------
    >>> log_odds(np.array([0.0, 0.5])).round(1).tolist()
    [-13.8, 0.0]
    """
    inside = np.clip(share, LEAST_SHARE, 1.0 - LEAST_SHARE)
    return np.asarray(np.log(inside / (1.0 - inside)))


def _share_quantity(low: float, mid: float, high: float) -> Quantity:
    """Return three log odds as shares."""
    low, mid, high = (1.0 / (1.0 + math.exp(-odds)) for odds in (low, mid, high))
    return Quantity.of(low, mid, high, "share")


def _factor_part(layout: Layout, odds: FloatArray, found: Indices, k: int) -> FactorPart:
    factor = layout.factors[k]
    unit = "log odds" if layout.method == "morris" else "share"
    total, conf = float(found.total[k]), float(found.total_conf[k])
    first = None
    if found.first is not None and found.first_conf is not None:
        mid, half = float(found.first[k]), float(found.first_conf[k])
        first = Quantity.of(mid - half, mid, mid + half, unit)
    figure, rises = _figure(layout, odds, factor, found, k)
    return FactorPart(
        key=factor.key,
        first=first,
        # Neither an index of total effect nor the size of an effect can lie below zero.
        total=Quantity.of(max(total - conf, 0.0), total, total + conf, unit),
        distinguishable=total - conf > 0,
        figure=figure,
        rises=rises,
    )


def _figure(
    layout: Layout, odds: FloatArray, factor: Factor, found: Indices, k: int
) -> tuple[Quantity, bool | None]:
    """Return the figure with a factor at either end, and whether it rises with the factor.

    For a factor of one column, the mean at its 5 and 95 % points. A factor of several columns has
    no low and high end: the mean, minus and plus half the 90 % range of its own effect. For Morris,
    half an elementary effect to both sides, and its direction. All of log odds.
    """
    mean = float(odds[layout.independent].mean())
    if found.first is None or found.first_conf is None:
        half = float(found.total[k]) / 2
        return _share_quantity(mean - half, mean, mean + half), directions(layout, odds)[k]
    if len(factor.columns) == 1:
        low, high = (float(end) for end in mean + _own_effect(layout, odds, factor, k))
        return _share_quantity(min(low, high, mean), mean, max(low, high, mean)), high > low
    sure = found.first[k] > found.first_conf[k]
    variance = float(odds[layout.independent].var())
    half = _Z95 * float(np.sqrt(found.first[k] * variance)) if sure else 0.0
    return _share_quantity(mean - half, mean, mean + half), None


def _own_effect(layout: Layout, output: FloatArray, factor: Factor, k: int) -> FloatArray:
    """Return the change of the mean of an output at both ends of a factor, shape (2,).

    In each block one row differs from the first only in this factor. The difference is fitted by a
    polynomial of the factor's probability, so that only interactions are noise.
    """
    block = len(layout.factors) + 2
    at = layout.matrix[:, layout.names.index(factor.columns[0])]

    def basis(probability: FloatArray) -> FloatArray:
        # Without the constant term; the others have a mean of zero.
        return np.asarray(legendre.legvander(2.0 * probability - 1.0, _DEGREE)[:, 1:])

    moved = basis(at[1 + k :: block]) - basis(at[::block])
    change = output[1 + k :: block] - output[::block]
    weights = np.linalg.lstsq(moved, change, rcond=None)[0]
    return np.asarray(basis(np.array([INTERVAL[0], INTERVAL[2]])) @ weights, dtype=float)


def _work(parts: Sequence[FactorPart], known: FieldWork, counting: float) -> tuple[WorkPart, ...]:
    """Return the narrowing by an hour of each kind of work, largest first.

    Fixing a factor reduces the variance by its first-order index on average (Saltelli et al.,
    Global Sensitivity Analysis, 2008, section 1.2.15: factor prioritisation); an hour fixes it in
    part. An index whose interval reaches zero counts as zero.
    """
    first = {
        p.key: p.first.mid
        for p in parts
        if p.distinguishable and p.first and p.first.mid and p.first.low and p.first.low > 0
    }
    found = []
    for work in known.work:
        learned = known.learned(work, counting=counting)
        gain = {key: learned[key] * value for key, value in first.items() if key in learned}
        variance = min(sum(gain.values()), 1.0)
        narrowing = 1.0 - float(np.sqrt(1.0 - variance))
        if narrowing >= LEAST_NARROWING:
            found.append(
                WorkPart(
                    id=work.id,
                    where=work.where,
                    variance=float(f"{variance:.4g}"),
                    narrowing=float(f"{narrowing:.4g}"),
                    factors=tuple(sorted(gain, key=lambda key: (-gain[key], key))),
                )
            )
    return tuple(sorted(found, key=lambda w: (-w.variance, w.id)))


def _learned_by_counting(loaded: Loaded) -> float:
    """Return the share of the count's variance that an hour at the main junctions removes."""
    inputs = make_inputs(loaded, Design(_COUNTING_DRAWS, loaded.question.seed))
    value = value_of_counting(inputs.n_cameras, inputs.figures, inputs.assumptions, inputs.design)
    narrower = value.narrowing.mid or 0.0
    return float(1.0 - (1.0 - np.clip(narrower, 0.0, 1.0)) ** 2)


def _not_varied(
    values: AssumptionSet, factors: Sequence[Factor], n_boundaries: int
) -> tuple[NotVaried, ...]:
    """Return each assumption that is not a factor, and why."""
    varied = {factor.key for factor in factors}
    changed = {key for key, _ in values.changed}
    found = []
    for item in values.items:
        if item.key in varied:
            continue
        why: Why = "unused"
        if item.key in changed:
            why = "set"
        elif item.layer == "definition":
            why = "definition"
        elif item.layer == "encounter":
            why = "encounter"
        elif item.distribution == "fixed":
            why = "fixed"
        found.append(NotVaried(key=item.key, why=why))
    if n_boundaries == 1:
        found.append(NotVaried(key="city.boundary", why="one_boundary"))
    return tuple(sorted(found, key=lambda n: n.key))
