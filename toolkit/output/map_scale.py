"""Colour steps of the maps: exposure classes, the widest of them divided by its middle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
from branca.colormap import linear

from toolkit.assessment.layers import total_length_m
from toolkit.base.terms import LIKELY_LOW, POSSIBLE_HIGH, ExposureClass, Tier
from toolkit.language import quantities, words
from toolkit.language.translate import tr

_UNKNOWN: Final = "#7a7a7a"
_ALL: Final = 1.01
"""Above every probability: the bound of a step without an upper one."""


@dataclass(frozen=True)
class Step:
    """One step of the scale.

    Attributes
    ----------
    cls
        Class of the streets, which follows the low and the high end of their probability, see
        `terms.exposure_class`.
    at_least, below
        Bounds of the middle, ``at_least <= mid < below``. They divide the class "possible"
        only, which holds nearly all real streets.
    color
        Colour of the line.
    width_px
        Width of the line, so that steps also differ without colour.
    dash
        Dash pattern of the line, or None.
    """

    cls: ExposureClass
    at_least: float
    below: float
    color: str
    width_px: float
    dash: str | None = None


def _inferno(position: float) -> str:
    """Return a colour of the map "inferno" (van der Walt and Smith 2015), position 0 to 1.

    It is perceptually uniform, also for colour-blind readers. Positions above 0.8 are too light
    for a white background.
    """
    return str(vars(linear)["inferno"].rgb_hex_str(position))


STEPS: Final[tuple[Step, ...]] = (
    Step("likely", 0.0, _ALL, _inferno(0.10), 4.5),
    Step("possible", 0.5, _ALL, _inferno(0.34), 3.7),
    Step("possible", 0.25, 0.5, _inferno(0.50), 3.0),
    Step("possible", 0.0, 0.25, _inferno(0.63), 2.3),
    Step("not_excluded", 0.0, _ALL, _inferno(0.76), 1.7),
    Step("unknown", np.nan, np.nan, _UNKNOWN, 1.7, "5 4"),
)
"""From the most to the least likely; "unknown" is drawn differently, not lighter."""


def step_name(step: Step, lang: str) -> str:
    """Return the name of a step in a legend; `words.class_meaning` explains its class.

    Examples
    --------
    >>> step_name(STEPS[0], "en"), step_name(STEPS[2], "en")
    ('Likely, low end 50 % or more', 'Possible, middle 25 % to 50 %')
    """
    name = words.class_name(step.cls, lang)
    if step.cls == "unknown":
        return name
    if step.cls == "likely":
        low = quantities.share(LIKELY_LOW, lang)
        return tr("{name}, low end {low} or more", lang).format(name=name, low=low)
    if step.cls == "not_excluded":
        high = quantities.share(POSSIBLE_HIGH, lang)
        return tr("{name}, high end under {high}", lang).format(name=name, high=high)
    high = quantities.share(step.below, lang)
    if step.at_least == 0:
        return tr("{name}, middle under {high}", lang).format(name=name, high=high)
    low = quantities.share(step.at_least, lang)
    if step.below == _ALL:
        return tr("{name}, middle {low} or more", lang).format(name=name, low=low)
    return tr("{name}, middle {low} to {high}", lang).format(name=name, low=low, high=high)


def streets_of(step: Step, streets: gpd.GeoDataFrame, tier: Tier) -> gpd.GeoDataFrame:
    """Return the streets of a step.

    Parameters
    ----------
    step
        One of `STEPS`.
    streets
        As in `layers.Layers`.
    tier
        Tier whose columns are read.

    Returns
    -------
    geopandas.GeoDataFrame
        Some rows of `streets`. Each street belongs to exactly one step.
    """
    chosen = streets[f"{tier}_class"].to_numpy() == step.cls
    if step.cls == "possible":
        mid = streets[f"{tier}_mid"].to_numpy(float)
        chosen &= (mid >= step.at_least) & (mid < step.below)
    return streets[chosen]


def lengths_m(streets: gpd.GeoDataFrame, tier: Tier) -> dict[Step, float]:
    """Return the street length of each of `STEPS` in one tier, in metres."""
    return {step: total_length_m(streets_of(step, streets, tier)) for step in STEPS}
