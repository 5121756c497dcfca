"""Claims and assumptions of which one thing is changed at a time."""

from __future__ import annotations

import numpy as np

from toolkit.base.draws import Design
from toolkit.evidence.claim import Claim
from toolkit.evidence.load import built_in_claims

COUNTED = ("dawei", "mandalay", "mawlamyine", "naypyidaw", "taunggyi", "yangon")
"""Cities of Myanmar with a number of their own."""


def others(without=None):
    """Return the claims about each of them but one."""
    return tuple(built_in_claims(name) for name in COUNTED if name != without)


PLACE = "count.place_among_cities"


class Fixed:
    """Assumptions with one value each, the place among other cities apart."""

    def __init__(self, **changes: float):
        self.values = {
            "count.least_known": 0.23,
            "count.least_make_share": 0.5,
            "count.least_flow_share": 0.5,
            "count.growth_median": 0.1,
            "count.removed_per_year": 0.0,
            "count.growth_p95": 1.2,
            "count.common_share": 0.0,
            "count.same_time_years": 2.0,
            "count.stale_years": 2.0,
            "installed_prob.talks": 0.15,
            "installed_prob.tender": 0.5,
            "installed_prob.planned": 0.3,
            "installed_prob.years": 2.0,
            "sites.cameras_per_site": 2.0,
            "count.origin_log_sd": 0.0,
        } | {key.replace("__", "."): value for key, value in changes.items()}

    def value(self, key: str) -> float:
        return self.values[key]

    def source(self, key: str) -> str:
        return f"the source of {key}"

    def draw(self, key: str, design: Design):
        if key == PLACE:
            return design.column(key)
        return np.full(design.n_draws, self.values[key])


FIXED = Fixed()


def make(claim_id="a", *, low=None, high=None, wording="exact", kind="stock", **changes) -> Claim:
    said = changes.pop("said", "2022-07-11")
    fields = {
        "id": claim_id,
        "city": "dawei",
        "says": "Something.",
        "topic": "presence",
        "status": "installed",
        "scope": "public",
        "said": said,
        "valid": changes.pop("valid", said),
        "source": {"id": "x", "publisher": "X", "title": "X", "date": said},
        "origins": [claim_id],
        "confidence": {"grade": "C3", "reason": "One outlet."},
    }
    figure = {"wording": wording, "kind": kind, "unit": changes.pop("unit", "cameras")}
    figure |= {"brand": changes["brands"][0]} if "brands" in changes else {}
    if low is not None or high is not None:
        fields["topic"] = "count"
        ends = {"low": low, "high": high}
        fields["quantity"] = figure | {k: v for k, v in ends.items() if v is not None}
    return Claim.model_validate(fields | changes)
