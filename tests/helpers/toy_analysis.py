"""An additive city whose answer is known, and a whole analysis with an invented tier."""

from __future__ import annotations

import datetime as dt

from scipy import special

from toolkit.base.terms import TIERS
from toolkit.studies.sensitivity import analysis as module
from toolkit.studies.sensitivity import field_work
from toolkit.studies.sensitivity.analysis import Sensitivity, tier_part
from toolkit.studies.sensitivity.design import Factor, lay_out

AS_OF = dt.date(2026, 11, 23)


LOG_ODDS = -3.0
"""Of the share with every column at zero."""

KEYS = ("count.upper_end", "optics.height_m", "optics.lens", "optics.mix")


TOY = tuple(
    Factor(key, ("mix:a", "mix:b") if key == "optics.mix" else (f"column:{key}",)) for key in KEYS
)


def toy(weights, *, n_base=1024, method="sobol", counting=0.5):
    """An additive city: log odds of a share that are a weighted sum of the factors' columns."""
    layout = lay_out(TOY, method, n_base=n_base, seed=1)
    share = special.expit(LOG_ODDS + layout.matrix @ weights)
    return tier_part(layout, share, field_work.load_field_work(), counting=counting)


def analysis_of(*, seen):
    """A whole analysis with an invented tier."""
    return Sensitivity.model_validate(
        {
            "schema": module.SCHEMA,
            "tool": "0",
            "as_of": AS_OF,
            "seed": 0,
            "status": "installed",
            "city": "toy",
            "name": {"en": "Toy", "my": "Toy"},
            "basis": "city_level",
            "demonstration": False,
            "assumptions": {"name": "central", "sha256": "0", "changed": {}},
            "method": "sobol",
            "confidence": 0.9,
            "sample": {"base": 1, "rows": 6, "points": None},
            "boundaries": (),
            "tiers": dict.fromkeys(TIERS, seen),
            "not_varied": (),
            "limits": ("A sentence.",),
            "sources": (),
        }
    )
