"""Invented reference networks of straight streets."""

from __future__ import annotations

import numpy as np

from toolkit.assumptions.sets import AssumptionSet, load_assumptions
from toolkit.streets import reference_networks

BIN_M = reference_networks.VIEW_BIN_M


BINS = reference_networks.N_VIEW_BINS


STRAIGHT = np.full(BINS, 2 * BIN_M)
"""A single straight street: within distance d a site on it sees 2 d."""


def fixed(**values: float) -> AssumptionSet:
    """The central set with values fixed, also outside their ranges, and without paths on foot."""
    central = load_assumptions()
    keys = {f"city.{k}": v for k, v in {"path_ratio": 1.0, **values}.items()}
    items = tuple(
        i.model_copy(
            update={"value": keys[i.key], "low": keys[i.key], "high": keys[i.key],
                    "distribution": "fixed"}
        )
        if i.key in keys
        else i
        for i in central.items
    )  # fmt: skip
    return AssumptionSet("test", "", items)


EXACT = fixed(foreign_fabric_log_sd=0.0, junction_site_share=0.25)


def fabric(name: str, factor: float = 1.0, *, left: float | None = None, density=None):
    blocked = None if left is None else STRAIGHT * factor * left
    return reference_networks.ReferenceNetwork(
        id=name, name=name, country="", source="", licence="", length_km=1.0, n_built_cells=9,
        density_km_per_km2=density, junction_share_of_groups=0.1,
        open_junction_m=2 * STRAIGHT * factor, open_stretch_m=STRAIGHT * factor,
        blocked_junction_m=None if blocked is None else 2 * blocked, blocked_stretch_m=blocked,
    )  # fmt: skip
