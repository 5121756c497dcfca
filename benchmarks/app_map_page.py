"""The page that `benchmarks.app_map` opens: Helsinki's streets, tiled to a number, and two answers.

Streamlit runs it; the figures of the tiles are invented.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st
from shapely import affinity

from toolkit.app import kept_answers
from toolkit.app.map import component
from toolkit.assessment.assess import assess
from toolkit.assessment.layers import Layers
from toolkit.assessment.model import Assessment
from toolkit.assessment.street_captures import StreetCaptures
from toolkit.base import egress
from toolkit.base.terms import TIERS

AS_OF = dt.date(2026, 11, 1)


@st.cache_resource(show_spinner=False)
def helsinki() -> Assessment:
    """Return the real assessment of the built-in streets."""
    return assess("helsinki-centre", as_of=AS_OF)


@st.cache_resource(show_spinner=False)
def tiled(n_streets: int, answer: int) -> Assessment:
    """Return an assessment with so many streets: copies next to each other, chances at random."""
    made = helsinki()
    layers = made.layers
    if layers is None or n_streets <= len(layers.streets):
        return made
    west, south, east, north = layers.streets.total_bounds
    copies = -(-n_streets // len(layers.streets))
    side = int(np.ceil(np.sqrt(copies)))
    parts = []
    for k in range(copies):
        step = (k % side * (east - west), k // side * (north - south))
        moved = [affinity.translate(line, *step) for line in layers.streets.geometry]
        parts.append(layers.streets.assign(geometry=moved))
    streets = pd.concat(parts, ignore_index=True).iloc[:n_streets]
    rng = np.random.default_rng(answer)
    for tier in TIERS:
        chance = np.sort(rng.random((n_streets, 3)), axis=1)
        for end, values in zip(("low", "mid", "high"), chance.T, strict=True):
            streets[f"{tier}_{end}"] = values
    captures = StreetCaptures(np.arange(n_streets), {"face": chance, "plate": chance})
    other = replace(
        layers,
        streets=streets,
        boundary=layers.boundary.iloc[:0],
        captures=lambda: captures,
        whole=None,
    )
    part = made.inputs.model_copy(update={"pack_sha256": f"tiled {n_streets}"})
    kept_answers.leave_out_of_searches()
    return made.model_copy(update={"inputs": part}).with_layers(other)


def main() -> None:
    """Show the map, and a switch between two answers."""
    egress.require_guard()
    st.set_page_config(layout="wide")
    n_streets = int(st.query_params.get("streets", "0"))
    answer = st.radio("Answer", [1, 2], horizontal=True)
    made = tiled(n_streets, answer)
    if not isinstance(made.layers, Layers):
        st.stop()
    component.show(made, "seen", "en", answer=f"{n_streets} {answer}")


main()
