"""Counts made in the street as an assessment shows them, and the value of one more hour."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from toolkit.assessment.model import CountingValue, ObservationPart
from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design
from toolkit.base.quantity import Quantity
from toolkit.evidence.densities import CityFigures
from toolkit.evidence.figure_draws import Assumptions
from toolkit.evidence.observations import (
    JUNCTIONS_COUNTED,
    Observation,
    cluster_size,
    log_prob_of_count,
    mean_likelihood,
    moved_to_posterior,
    quantiles_of,
    share_at_junctions,
)
from toolkit.language import quantities, words
from toolkit.language.translate import tr

_N_GRID = 400
"""Points of the grid on which the posterior is computed."""
_N_OUTCOMES = 25
"""Simulated results that represent all."""
_N_NUISANCE = 200
"""Draws over which a likelihood is averaged."""
LEAST_INVITED: Final = 0.05
"""Least mean narrowing for which counting is suggested: a judgement, the street has risks."""


def observation_part(
    observation: Observation, figures: CityFigures, assumptions: Assumptions, design: Design
) -> ObservationPart:
    """Return an observation as an assessment shows it, with defaults filled in."""
    recall = (
        Quantity.from_draws(assumptions.draw("observation.recall", design), "share")
        if observation.recall is None
        else Quantity.exactly(observation.recall, "share")
    )
    return ObservationPart(
        walked_km=observation.walked_km,
        seen=observation.seen,
        recall=recall,
        where=observation.where or ("core" if figures.street_km is None else "pack"),
        streets=observation.streets,
        date=observation.date,
    )


def value_of_counting(
    count: FloatArray,
    figures: CityFigures,
    assumptions: Assumptions,
    design: Design,
    lang: str = "en",
) -> CountingValue:
    """Return the value of one more hour of counting at the ten main junctions.

    For each draw a result of counting is simulated and the count is updated with it (preposterior
    analysis: Raiffa and Schlaifer, Applied Statistical Decision Theory, 1961).

    Returns
    -------
    value
        Share by which the 90 % interval of the count would become narrower: mean, 5 and 95 %
        points over the simulated results; and one sentence.
    """
    before = _interval_width(count)
    if before <= 0:
        why = tr("The number of cameras is given: counting would not narrow it.", lang)
        return CountingValue(narrowing=Quantity.unknown("share", why), text=why)
    mean = share_at_junctions(figures, assumptions, design)
    mean = mean * assumptions.draw("observation.recall", design)
    # The ten junctions of a city count as independent blocks.
    size = cluster_size(float(JUNCTIONS_COUNTED), assumptions, design)
    expected = np.maximum(count * mean, 1e-9)
    seen = _number_seen(design.column("observation.hour"), size, size / (size + expected))
    results, which = _representatives(seen)
    kept = slice(0, _N_NUISANCE)
    grid = quantiles_of(count, (np.arange(_N_GRID) + 0.5) / _N_GRID)
    after = np.empty(len(results))
    for i, result in enumerate(results):
        weight = mean_likelihood(log_prob_of_count(result, np.outer(grid, mean[kept]), size[kept]))
        after[i] = (
            _interval_width(moved_to_posterior(count, weight)) if weight.sum() > 0 else before
        )
    narrowing = 1.0 - after[which] / before
    low, high = (float(v) for v in np.quantile(narrowing, (0.05, 0.95)))
    expected_share = float(np.clip(narrowing.mean(), low, high))
    if expected_share < LEAST_INVITED:
        text = tr("One more hour of counting would hardly help.", lang)
    else:
        text = tr(
            "One more hour of counting at the ten main junctions would narrow the range of the "
            "count by {share} on average.",
            lang,
        ).format(share=quantities.share(expected_share, lang))
        text = f"{text} {words.counting_caution(lang)}"
    return CountingValue(narrowing=Quantity.of(low, expected_share, high, "share"), text=text)


def _number_seen(prob: FloatArray, size: FloatArray, success: FloatArray) -> FloatArray:
    """Return quantiles of a negative binomial distribution, shape as given."""
    # The continuous inverse may be off by its last bits, so one less is tested.
    from scipy import special

    above = np.maximum(np.ceil(special.nbdtrik(prob, size, success)), 0.0)
    below = np.maximum(above - 1.0, 0.0)
    return np.where(special.betainc(size, below + 1.0, success) >= prob, below, above)


def _interval_width(count: FloatArray) -> float:
    """Return the width of the 90 % interval of draws."""
    low, high = np.quantile(count, (0.05, 0.95))
    return float(high - low)


def _representatives(seen: FloatArray) -> tuple[FloatArray, NDArray[np.intp]]:
    """Return a few results that represent all, and the index of the nearest for each draw."""
    prob = (np.arange(_N_OUTCOMES) + 0.5) / _N_OUTCOMES
    cuts = np.unique(np.quantile(seen, prob, method="nearest"))
    return cuts, np.abs(seen[:, None] - cuts[None, :]).argmin(axis=1)
