"""Candidates of a crossing of four arms of 100 m."""

from __future__ import annotations

import numpy as np
import shapely

from toolkit.siting import candidates
from toolkit.siting.surroundings import StreetLayers


def crossing(turn_deg=0.0, shift=(0.0, 0.0), junctions=True):
    """Return candidates of four 100 m arms that meet at a signalised junction."""
    model = candidates.load_siting()
    angle = np.deg2rad(turn_deg + np.array([0, 90, 180, 270]))
    ends = 100 * np.column_stack([np.cos(angle), np.sin(angle)]) + shift
    lines = np.array([shapely.LineString([shift, end]) for end in ends], dtype=object)
    return candidates.candidates(
        lines,
        np.array([2, 2, 2, 0]),
        np.full(4, np.nan),
        junction_xy_m=np.array([shift], dtype=float) if junctions else np.empty((0, 2)),
        stretch_m=20.0,
        model=model,
    )


def lit_crossing():
    """Return the groups of a crossing with lights on a main street, and its layers."""
    model = candidates.load_siting()
    ends = 100 * np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
    lines = np.array([shapely.LineString([(0, 0), end]) for end in ends], dtype=object)
    found = candidates.candidates(
        lines,
        np.array([0, 2, 0, 2]),
        np.full(4, np.nan),
        junction_xy_m=np.zeros((1, 2)),
        stretch_m=20.0,
        model=model,
    )
    layers = StreetLayers(
        lines,
        ["primary", "residential", "primary", "residential"],
        signal_xy_m=np.zeros((1, 2)),
    )
    return candidates.with_features(found, layers)
