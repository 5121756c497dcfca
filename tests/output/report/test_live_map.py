"""A map to be moved and asked, in one file."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import numpy as np
import pytest
from hostile_texts import TEXTS
from invented import HOSTILE, layers_of

from toolkit.base.terms import TIERS
from toolkit.output.report.live_map import live_map


def data_of(text: str) -> dict[str, object]:
    loaded: dict[str, object] = json.loads(text)
    return loaded


def test_only_its_own_scripts_may_run() -> None:
    made = live_map(layers_of(), "seen", "en")
    for script in made.scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in made.policy
    scripts = re.search(r"script-src ([^;]*);", made.policy)
    assert scripts is not None
    assert "unsafe" not in scripts[1]
    assert made.policy.startswith("default-src 'none'")


@pytest.mark.parametrize("text", [HOSTILE, *TEXTS])
def test_a_hostile_text_cannot_leave_the_data(text: str) -> None:
    made = live_map(layers_of(text=text), "seen", "en")
    assert not set("<>&") & set(made.data)
    data_of(made.data)


def test_figures_are_those_of_the_layers() -> None:
    layers = layers_of(12)
    data = data_of(live_map(layers, "seen", "en").data)
    for tier in TIERS:
        ends = base64.b64decode(data["ranges"][tier])  # type: ignore[index]
        highs = [None if h == 255 else h for h in ends[1::2]]
        assert highs == [
            None if np.isnan(high) else round(high * 100) for high in layers.streets[f"{tier}_high"]
        ]
        assert len(data["step_of"][tier]) == 12  # type: ignore[index]
    line = data["lines"][3]  # type: ignore[index]
    start = layers.streets.geometry.iloc[3].coords[0]
    assert [line[1] / 1e5, line[0] / 1e5] == pytest.approx(start, abs=1e-5)
