"""Claims and assumptions of which one thing is changed at a time."""

from __future__ import annotations

import numpy as np

from toolkit.base.draws import Design
from toolkit.evidence.claim import Claim


class Fixed:
    """Assumptions with one value each: the central ones, or as given."""

    def __init__(self, **changes: float):
        self.values = {
            "count.aged_upper_ratio_p95": 7.0,
            "count.recall_ratio_p95": 4.3,
            "count.interval_growth_ratio_p95": 3.3,
            "count.ageing_years": 2.0,
            "count.stale_years": 2.0,
            "count.prior_median": 200.0,
            "count.prior_ratio_p95": 7.5,
            "installed_prob.talks": 0.15,
            "installed_prob.tender": 0.5,
            "installed_prob.planned": 0.3,
            "sites.cameras_per_site": 2.0,
            "count.origin_log_sd": 0.0,
        } | {key.replace("__", "."): value for key, value in changes.items()}

    def value(self, key: str) -> float:
        return self.values[key]

    def draw(self, key: str, design: Design):
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
