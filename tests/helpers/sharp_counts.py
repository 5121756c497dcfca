"""Counts in a street of which all else is known."""

from __future__ import annotations

import numpy as np

from toolkit.assumptions.sets import load_assumptions
from toolkit.base.draws import Design
from toolkit.evidence.densities import CityFigures

CENTRAL = load_assumptions()


DESIGN = Design(n_draws=400, seed=0)


STREETS = CityFigures(
    street_km=np.full(DESIGN.n_draws, 100.0),
    junctions=np.full(DESIGN.n_draws, 400.0),
    street_km_per_km2=np.full(DESIGN.n_draws, 9.0),
)


PRIOR = 200.0 * np.exp(np.random.default_rng(3).normal(0.0, 1.0, DESIGN.n_draws))


class Sharp:
    """Assumptions under which a count is nearly Poisson and everything else is known."""

    VALUES = {  # noqa: RUF012
        "observation.recall": 0.5,
        "observation.cluster_size": 1e6,
        "observation.core_radius_km": 2.0,
        "observation.main_street_share": 0.25,
        "observation.junctions_per_km": 4.0,
        "city.township_radius_km": 4.0,
        "city.junction_site_share": 0.5,
        "observation.log_lift_main": np.log(3.0),
        "observation.log_lift_signal": 0.0,
    }

    def value(self, key):
        return self.VALUES[key]

    def source(self, key):
        return f"the source of {key}"

    def draw(self, key, design):
        return np.full(design.n_draws, self.VALUES[key])
