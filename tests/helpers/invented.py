"""Invented layers and assessments for tests of what renders them."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import shapely

from toolkit.assessment.layers import Layers
from toolkit.assessment.model import (
    Assessment,
    AssumptionsPart,
    CameraCount,
    CamerasPart,
    CityPart,
    DrawsPart,
    InputsPart,
    Ring,
    Shares,
    TierPart,
    Total,
    Trip,
)
from toolkit.base.quantity import Quantity
from toolkit.base.terms import TIERS, Boundary, Names, exposure_class

BUILT_IN_CITIES = ("auckland_road", "baltimore_east", "bengaluru_central", "helsinki_centre")

HOSTILE = "<img src=x onerror=alert(1)>`${alert(2)}`{{this.x}}</script>\u202e\"'"
WEST, SOUTH = 24.94, 60.16
STEP_DEG = 0.001


def layers_of(rows: int = 12, *, text: str = "© OpenStreetMap contributors") -> Layers:
    """Return invented layers: parallel streets, one for each probability and some unknown."""
    high = np.linspace(0.0, 1.0, rows)
    high[-1] = np.nan
    low = high * 0.6
    lines = [
        shapely.LineString(
            [(WEST, SOUTH + i * STEP_DEG), (WEST + 0.01, SOUTH + i * STEP_DEG + 0.0004)]
        )
        for i in range(rows)
    ]
    columns: dict[str, object] = {
        "street_id": [f"s{i}" for i in range(rows)],
        "name": [text] * rows,
        "highway": ["residential"] * rows,
        "length_m": np.full(rows, 550.0),
    }
    for tier in TIERS:
        columns |= {
            f"{tier}_low": low,
            f"{tier}_mid": high * 0.8,
            f"{tier}_high": high,
            f"{tier}_class": [exposure_class(a, b) for a, b in zip(low, high, strict=True)],
        }
    area = shapely.box(WEST - 0.002, SOUTH - 0.002, WEST + 0.012, SOUTH + rows * STEP_DEG)
    blocks = [
        shapely.box(WEST + 0.002, y, WEST + 0.004, y + 0.0004)
        for y in SOUTH + 0.0004 + STEP_DEG * np.arange(rows)
    ]
    return Layers(
        streets=gpd.GeoDataFrame(columns, geometry=lines, crs=4326),
        zones={},
        cameras=gpd.GeoDataFrame(
            {"source_id": [text, text], "kind": [text, "fixed"]},
            geometry=[shapely.Point(WEST + 0.005, SOUTH + 0.003), shapely.Point()],
            crs=4326,
        ),
        boundary=gpd.GeoDataFrame(geometry=[area], crs=4326),
        buildings=gpd.GeoDataFrame(geometry=[shapely.MultiPolygon(blocks)], crs=4326),
        attribution=text,
    )


def assessment_of(
    layers: Layers | None, *, demonstration: bool = True, name: str = "Testville"
) -> Assessment:
    """Return an invented assessment without tiers: maps read the layers only."""
    count = CameraCount(
        count=Quantity.of(10, 20, 40, "cameras"),
        mapped=2,
        completeness=Quantity.unknown("share", "nothing is known"),
        per_km=Quantity.of(10, 20, 40, "cameras/km"),
        claims=(),
        contradictions=(),
        stale=False,
        rule="invented",
    )
    return Assessment(
        schema="camera-exposure.assessment/3",
        tool="0",
        as_of=dt.date(2024, 3, 9),
        seed=0,
        status="installed",
        city=CityPart(
            id="testville",
            name=Names(en=name, my=name if name != "Testville" else "စမ်းသပ်မြို့"),
            boundary=Boundary(kind="core", length_km=1.0, area_km2=1.0, note=""),
        ),
        basis="streets",
        demonstration=demonstration,
        assumptions=AssumptionsPart(name="n", sha256="0", changed={}),
        inputs=InputsPart(
            evidence_sha256="0", pack_sha256=None, siting_sha256="0", siting_cities=BUILT_IN_CITIES
        ),
        cameras=CamerasPart(installed=count, planned=count),
        tiers={},
        draws=DrawsPart(n_draws=2, cameras=(10.0, 40.0), length_km={}, counted_km=1.0),
        missing=(),
        warnings=(),
        limits=(),
        sources=(),
    ).with_layers(layers)


def with_tier(length: Quantity, share: Quantity | None) -> Assessment:
    """Return an invented assessment on streets with the same figures for every tier."""
    unknown = Quantity.unknown("share", "invented")
    shown = share or unknown
    part = TierPart(
        threshold_px_m=25,
        ring_m=Ring(
            inner=Quantity.exactly(1, "m"), outer=Quantity.exactly(9, "m"), empty_share=unknown
        ),
        trip=Trip.unknown("foot", "invented"),
        capture_points=Quantity.unknown("sites", "invented"),
        cameras_able=Quantity.exactly(5, "cameras"),
        length_km=length,
        share_of_length=Shares(expected=shown, realised=shown, everything_on=shown),
        area_km2=Total(expected=shown, realised=shown),
        effective_cameras=Total(expected=shown, realised=shown),
        unknown_share=None,
    )
    tiers = dict.fromkeys(TIERS, part)
    return assessment_of(layers_of()).model_copy(update={"tiers": tiers})
