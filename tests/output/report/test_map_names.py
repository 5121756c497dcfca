"""Names on a printed map."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pytest
import shapely
from invented import SOUTH, WEST, layers_of

from toolkit.assessment.layers import Layers
from toolkit.output.report import map_names
from toolkit.output.report.map_frame import Frame


def named_layers() -> Layers:
    """Return streets of three kinds, and a background with a name of each kind."""
    layers = layers_of(12)
    kinds = ["primary", "residential", "footway"] * 4
    names = [f"Road {k}" for k in range(12)]
    streets = layers.streets.assign(name=names, highway=kinds, name_en=None, name_my="လမ်း")
    at = [shapely.Point(WEST + 0.002 * k, SOUTH + 0.005) for k in range(3)]
    background = gpd.GeoDataFrame(
        {
            "osm_id": ["a", "b", "c"],
            "kind": ["landmark", "quarter", "water"],
            "rank": [0, 0, 0],
            "name": ["Talo", "Osa", "Vesi"],
            "name_en": ["House", None, "Water"],
            "name_my": [None, None, "ရေ"],
        },
        geometry=[*at[:2], at[2].buffer(0.001)],
        crs=4326,
    )
    return replace(layers, streets=streets, background=background)


def test_main_streets_come_first_and_footways_have_no_name() -> None:
    layers = named_layers()
    found = map_names.names(layers, Frame.around(layers))
    kinds = [one.kind for one in found]
    assert kinds[:2] == ["water", "street"]
    assert kinds.index("quarter") < kinds.index("landmark")
    streets = [one.names[0] for one in found if one.kind == "street"]
    assert len(set(streets)) == len(streets)
    assert set(streets[:4]) == {f"Road {k}" for k in (0, 3, 6, 9)}
    assert not {"Road 2", "Road 5"} & set(streets)


def test_a_long_street_comes_before_a_short_one_of_its_kind() -> None:
    layers = named_layers()
    one, other = ("Road 1", "Road 4")
    rows = layers.streets["name"].isin([one, other])
    longer = layers.streets.loc[rows, "name"].mask(lambda names: names == other, one)
    streets = layers.streets.assign(name=layers.streets["name"].where(~rows, longer))
    both = replace(layers, streets=streets)
    found = map_names.names(both, Frame.around(both))
    side = [name.names[0] for name in found if name.kind == "street"][4:]
    assert side[0] == one


def test_a_name_may_lie_at_several_places_along_its_street_and_never_upside_down() -> None:
    layers = named_layers()
    frame = Frame.around(layers)
    for one in map_names.names(layers, frame):
        assert len(one.spots) > 1 or one.kind != "street"
        for spot in one.spots:
            assert frame.holds(spot.x, spot.y)
            assert -90 <= spot.angle_deg <= 90
            assert (spot.room > 0) == (one.kind == "street")
            if one.kind == "street":
                assert abs(spot.angle_deg) < 10


@pytest.mark.parametrize(("lang", "shown"), [("en", "House"), ("my", "Talo")])
def test_a_name_is_in_the_language_or_as_it_is_written_there(lang, shown) -> None:
    layers = named_layers()
    (landmark,) = [
        one for one in map_names.names(layers, Frame.around(layers)) if one.kind == "landmark"
    ]
    assert landmark.in_language(lang) == shown


def test_without_names_or_background_there_is_nothing() -> None:
    layers = layers_of(12)
    bare = replace(layers, streets=layers.streets.assign(name=None))
    assert map_names.names(bare, Frame.around(bare)) == ()
