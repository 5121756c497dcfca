"""A page with the map of an invented city, whose answers, language and city can be changed."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
import streamlit as st
from hostile_texts import AT, TEXTS
from invented import SOUTH, STEP_DEG, WEST, layers_of
from made import report_on
from made_trips import trip_of, with_trips

from toolkit.app.map import component, drawing, guesses
from toolkit.assessment.layers import Layers
from toolkit.assessment.street_captures import StreetCaptures
from toolkit.base import egress
from toolkit.base.quantity import Quantity
from toolkit.language.translate import use_numerals

NAMES = ["Kauppatori", "Strand Road", "ဗိုလ်ချုပ်လမ်း", AT.join(TEXTS)]
NAMES += [f"Street {k}" for k in range(4, 12)]
LONG = (4, 8, 11)  # one street; the second piece is translated, nothing is known of the last
for piece in LONG:
    NAMES[piece] = "Long Street"


def background() -> gpd.GeoDataFrame:
    """Return a lake, a park, a railway, a landmark and quarters, one with a hostile name."""
    east, top = WEST + 0.01, SOUTH + 0.012
    rows = [
        ("water", "Lake", None, shapely.box(WEST - 0.001, SOUTH - 0.001, WEST, top)),
        ("park", "Esplanadi", None, shapely.box(east, SOUTH, east + 0.001, top)),
        ("railway", None, None, shapely.LineString([(WEST, SOUTH - 0.001), (east, SOUTH - 0.001)])),
        ("landmark", "Sörnäs Pagoda", "စေတီ", shapely.Point(WEST + 0.007, SOUTH + 0.0025)),
        ("quarter", "Ahlone", "အလုံ", shapely.Point(WEST + 0.004, SOUTH + 0.0055)),
        ("quarter", AT.join(TEXTS), None, shapely.Point(WEST + 0.002, SOUTH + 0.0085)),
    ]
    kinds, names, burmese, shapes = zip(*rows, strict=True)
    return gpd.GeoDataFrame(
        {
            "osm_id": [f"way/{k}" for k in range(len(rows))], "kind": kinds, "rank": 1,
            "name": names, "name_en": None, "name_my": burmese,
        },
        geometry=list(shapes), crs=4326,
    )  # fmt: skip


def layers(shift: float) -> Layers:
    """Return invented layers, with chances moved by a share."""
    made = layers_of(12)
    streets = made.streets.assign(
        name=NAMES,
        name_en=[None, None, "Bogyoke Road", *[None] * 9],
        name_my=[None, "ကမ်းနားလမ်း", *[None] * 6, "လမ်းရှည်", *[None] * 3],
    )
    for end in ("low", "mid", "high"):
        streets[f"seen_{end}"] = np.clip(streets[f"seen_{end}"] + shift, 0, 1)
    streets.loc[:3, ["seen_low", "seen_mid", "seen_high"]] = [
        [0.5, 0.8 - 2.5 * shift, 0.9], [0.0, 0.04, 0.1], [0.1, 0.2, 0.3], [0.3, 0.4, 0.5],
    ]  # fmt: skip
    chance = np.tile([0.01, 0.02, 0.05], (12, 1))
    chance[LONG[1]] = 0.2, 0.3, 0.4
    chance[LONG[2]] = np.nan
    captures = StreetCaptures(np.arange(12), {"face": chance, "plate": chance / 2})
    spots = [shapely.Point(WEST + 0.005, SOUTH + k * STEP_DEG) for k in (3, 6)]
    cameras = gpd.GeoDataFrame(
        {"source_id": ["node/1", "node/2"], "kind": ["dome", "fixed"]}, geometry=spots, crs=4326
    )
    return Layers(**{
        **vars(made), "streets": streets, "captures": lambda: captures, "cameras": cameras,
        "zones": lambda _tier: gpd.GeoDataFrame(
            {"exposure_class": ["likely"]}, geometry=[spots[0].buffer(0.001)], crs=4326
        ),
        "places": gpd.GeoDataFrame(
            {"kind": ["market"], "name": ["ဈေးကြီး"]}, geometry=[spots[0]], crs=4326
        ),
        "background": background(),
    })  # fmt: skip


class Guesses:
    """Ten placements of one camera each, to the east of one another."""

    shown = range(10)

    def lon_lat(self) -> list[np.ndarray]:
        """Return longitude and latitude of each placement."""
        return [np.array([[WEST + 0.001 * k, SOUTH + 0.001]]) for k in self.shown]


def extras_of(what: str) -> component.Extras | None:
    """Return what the map shows or takes besides."""
    if what == "nothing":
        return None
    if what == "guesses":
        given = guesses.data_of(Guesses(), lang, answer="test", lines=["A line."] * 10)  # type: ignore[arg-type]
        return component.Extras(component.KEY, guesses=given, pins=[(WEST, SOUTH, "A")], focus=True)
    draw = drawing.Draw("point" if what == "points" else "line", f"test {what}", most=3)
    return component.Extras(component.KEY, draw=draw, hidden=what == "points")


egress.require_guard()
st.set_page_config(layout="wide")
lang = st.radio("Language", ["en", "my"], key="lang", horizontal=True)
digits = st.radio("Digits", ["western", "burmese"], key="digits", horizontal=True)
use_numerals(digits)  # type: ignore[arg-type]
answer = st.radio("Answer", ["first", "second"], key="answer", horizontal=True)
city = st.radio("City", ["one", "other", "none"], key="city", horizontal=True)
extra = st.radio("Extras", ["nothing", "points", "lines", "guesses"], key="extra", horizontal=True)
st.session_state.setdefault("tier", "seen")
component.announce(city)
runs = st.session_state["runs"] = st.session_state.get("runs", 0) + 1
if city != "none":
    share = Quantity.of(0.1, 0.42 if answer == "first" else 0.55, 0.9, "probability")
    trip = trip_of().model_copy(update={"at_least_one": share})
    found = with_trips(report_on(layers(0.0 if answer == "first" else 0.1)), trip)
    part = found.inputs.model_copy(update={"pack_sha256": None})
    named = found.city.model_copy(update={"id": city})
    shapes = component.show(
        found.model_copy(update={"inputs": part, "city": named}),
        st.session_state["tier"],
        lang,
        answer=f"test {answer} {city}",
        on_tier=lambda tier: st.session_state.update(tier=tier),
        extras=extras_of(extra),
    )
    st.text(f"drawn {shapes}")
st.text(f"run {runs}, tier {st.session_state['tier']}")
