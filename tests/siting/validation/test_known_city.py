"""Files of streets and cameras as people have them."""

from __future__ import annotations

import warnings

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from drawn_city import CRS, camera_frame, grid, main_crossings, street_frame

from toolkit.base.errors import InputDataError
from toolkit.siting import features
from toolkit.siting.validation import known_city
from toolkit.siting.validation.known_city import read_pair
from toolkit.streets.pack import open_pack


def save(frame, path):
    if path.suffix in {".parquet", ".geoparquet"}:
        frame.to_parquet(path)
    elif path.suffix == ".gpkg":
        frame.to_file(path, driver="GPKG")
    else:
        frame.to_crs(4326).to_file(path, driver="GeoJSON")
    return path


@pytest.fixture
def cameras():
    return camera_frame(main_crossings() + 5.0)


def codes(pair):
    """Return street length by class index, in a form that does not depend on the order."""
    by = np.bincount(pair.points.code, weights=pair.points.length_m)
    found = np.flatnonzero(by)
    return dict(zip(found.tolist(), np.round(by[found], 0).tolist(), strict=True))


@pytest.fixture
def expected(tmp_path, cameras):
    return read_pair(
        save(street_frame(), tmp_path / "a.parquet"), save(cameras, tmp_path / "b.parquet")
    )


def test_a_drawn_city_is_read(expected):
    assert expected.points.length_m.sum() == pytest.approx(33_000, rel=2e-3)
    assert len(expected.camera_xy_m) == 9
    assert expected.n_left_out == 0
    # The outermost corner has no street beside it.
    np.testing.assert_allclose(
        np.sort(expected.offset_m), [*[5.0] * 8, np.hypot(5.0, 5.0)], atol=0.05
    )
    near = expected.points.xy_m[expected.nearest] - expected.camera_xy_m
    assert np.hypot(*near.T).max() < 12


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".geoparquet", ".parquet"])
def test_every_format_gives_the_same(tmp_path, cameras, expected, suffix):
    found = read_pair(
        save(street_frame(), tmp_path / f"streets{suffix}"),
        save(cameras, tmp_path / f"cameras{suffix}"),
    )
    assert codes(found) == codes(expected)
    np.testing.assert_allclose(found.offset_m, expected.offset_m, atol=0.05)


@pytest.mark.parametrize("crs", [3857, 4326, 32646])
def test_any_coordinate_system_gives_the_same(tmp_path, cameras, expected, crs):
    found = read_pair(
        save(street_frame().to_crs(crs), tmp_path / "s.gpkg"),
        save(cameras.to_crs(3395), tmp_path / "c.parquet"),
    )
    assert codes(found).keys() == codes(expected).keys()
    np.testing.assert_allclose(found.offset_m, expected.offset_m, atol=0.2)


def test_streets_drawn_once_each_way_and_twice_count_once(tmp_path, cameras, expected):
    one = street_frame()
    back = one.copy()
    back["geometry"] = one.geometry.reverse()
    both = gpd.GeoDataFrame(
        {"highway": [*one["highway"], *back["highway"], *one["highway"]]},
        geometry=[*one.geometry, *back.geometry, *one.geometry],
        crs=CRS,
    )
    found = read_pair(save(both, tmp_path / "s.parquet"), save(cameras, tmp_path / "c.parquet"))
    assert codes(found) == codes(expected)


@pytest.mark.parametrize(
    ("value", "cls"),
    [
        ("['residential', 'primary']", "primary"),
        ("primary;residential", "primary"),
        ("PRIMARY", "primary"),
        (" primary_link ", "primary"),
        ("road", "minor"),
        ("unclassified", "minor"),
        ("no such class", "minor"),
        ("<img src=x onerror=alert(1)>", "minor"),
        ("=cmd|' /C calc'!A0", "minor"),
        ("\x1b[31mresidential", "minor"),
        ("က" * 5000, "minor"),
    ],
)
def test_odd_values_of_highway_do_not_stop_it(tmp_path, cameras, value, cls):
    frame = street_frame()
    frame["highway"] = ["residential", value] * (len(frame) // 2)
    found = read_pair(save(frame, tmp_path / "s.parquet"), save(cameras, tmp_path / "c.parquet"))
    level = features.levels_of(found.points.code)["road"]
    seen = {features.CLASSES[i] for i in np.unique(level)}
    assert cls in seen
    assert seen <= {cls, "minor"}


def test_lists_of_classes_and_of_lines_are_read(tmp_path, cameras, expected):
    frame = street_frame()
    frame["highway"] = [[h, "service"] for h in frame["highway"]]
    frame["geometry"] = [shapely.MultiLineString([g]) for g in frame.geometry]
    found = read_pair(save(frame, tmp_path / "s.parquet"), save(cameras, tmp_path / "c.parquet"))
    assert codes(found) == codes(expected)


def test_empty_and_broken_shapes_are_left_out(tmp_path, cameras, expected):
    frame = street_frame()
    more = gpd.GeoDataFrame(
        {"highway": ["primary"] * 3},
        geometry=[None, shapely.LineString(), shapely.LineString([(2e5, 1.86e6)] * 2)],
        crs=CRS,
    )
    shapes = [*frame.geometry, *more.geometry]
    both = gpd.GeoDataFrame(
        {"highway": [*frame["highway"], *more["highway"]]}, geometry=shapes, crs=CRS
    )
    nowhere = [None, shapely.Point(), shapely.Point(np.nan, 1.0), shapely.Point(np.inf, 1.0)]
    points = gpd.GeoDataFrame(geometry=[*nowhere, *cameras.geometry], crs=CRS)
    found = read_pair(save(both, tmp_path / "s.parquet"), save(points, tmp_path / "c.parquet"))
    assert codes(found) == codes(expected)
    np.testing.assert_array_equal(found.camera_xy_m, expected.camera_xy_m)
    assert (found.n_left_out, found.n_without_place) == (0, 4)


def test_cameras_far_from_every_street_are_left_out(tmp_path, cameras, expected):
    far = camera_frame(np.vstack([main_crossings() + 5.0, main_crossings()[:2] - 90]))
    found = read_pair(save(street_frame(), tmp_path / "s.parquet"), save(far, tmp_path / "c.gpkg"))
    assert found.n_left_out in {1, 2}
    assert len(found.camera_xy_m) + found.n_left_out == 11
    assert found.n_without_place == 0
    assert found.offset_m.max() <= known_city.MAX_OFFSET_M
    del cameras, expected


def test_cameras_of_another_city_are_refused_with_advice(tmp_path):
    with pytest.raises(InputDataError, match="same city"):
        read_pair(
            save(street_frame(), tmp_path / "s.parquet"),
            save(camera_frame(main_crossings() + 50_000.0), tmp_path / "c.parquet"),
        )


@pytest.mark.parametrize("which", ["streets", "cameras"])
def test_an_empty_file_is_refused(tmp_path, cameras, which):
    streets = street_frame()
    if which == "streets":
        streets = streets.iloc[:0]
    else:
        cameras = cameras.iloc[:0]
    with pytest.raises(InputDataError):
        read_pair(save(streets, tmp_path / "s.parquet"), save(cameras, tmp_path / "c.parquet"))


def test_streets_without_a_class_are_refused(tmp_path, cameras):
    plain = street_frame().drop(columns="highway")
    plain["waterway"] = "river"
    with pytest.raises(InputDataError):
        read_pair(save(plain, tmp_path / "s.parquet"), save(cameras, tmp_path / "c.parquet"))


def test_streets_without_a_column_of_classes_are_refused(tmp_path, cameras):
    plain = street_frame().drop(columns="highway")
    with pytest.raises(InputDataError, match="highway"):
        read_pair(save(plain, tmp_path / "s.parquet"), save(cameras, tmp_path / "c.parquet"))


@pytest.mark.parametrize("which", ["s", "c"])
def test_metres_in_a_geojson_are_told_to_be_no_places(tmp_path, cameras, which):
    # The format has no coordinate system but longitude and latitude.
    paths = {"s": tmp_path / "s.geojson", "c": tmp_path / "c.geojson"}
    for name, frame in (("s", street_frame()), ("c", cameras)):
        if name == which:
            paths[name].write_text(frame.set_crs(None, allow_override=True).to_json())
        else:
            save(frame, paths[name])
    with pytest.raises(InputDataError, match=r"on earth.*longitude and latitude"):
        read_pair(paths["s"], paths["c"])


def test_of_several_layers_of_points_that_of_the_cameras_is_taken(tmp_path, cameras):
    streets, points = save(street_frame(), tmp_path / "s.parquet"), tmp_path / "c.gpkg"
    cameras.iloc[:2].to_file(points, layer="a", driver="GPKG")
    cameras.iloc[:3].to_file(points, layer="b", driver="GPKG")
    with pytest.raises(InputDataError, match="several layers of points: 'a', 'b'"):
        read_pair(streets, points)
    cameras.to_file(points, layer="Cameras", driver="GPKG")
    assert len(read_pair(streets, points).camera_xy_m) == len(cameras)


def test_a_file_that_is_none_is_refused(tmp_path, cameras):
    bad = tmp_path / "s.parquet"
    bad.write_bytes(b"PAR1 not really")
    with pytest.raises(InputDataError):
        read_pair(bad, save(cameras, tmp_path / "c.parquet"))
    with pytest.raises(InputDataError):
        read_pair(tmp_path / "none.gpkg", save(cameras, tmp_path / "c.parquet"))


def test_lines_among_the_cameras_are_no_cameras(tmp_path, expected):
    mixed = gpd.GeoDataFrame(
        geometry=[*shapely.points(main_crossings() + 5.0), grid()[0][0]], crs=CRS
    )
    found = read_pair(
        save(street_frame(), tmp_path / "s.parquet"), save(mixed, tmp_path / "c.geojson")
    )
    assert len(found.camera_xy_m) == len(expected.camera_xy_m)


def test_the_demonstration_has_lights_places_and_bridges():
    pair = known_city.pack_pair(open_pack("helsinki-centre"))
    levels = features.levels_of(pair.points.code)
    for name in ("signals", "place", "bridge"):
        assert (levels[name] > 0).all(), name
    assert len(pair.camera_xy_m) > 150


def test_links_and_motorways_of_real_files_are_read(test_data_dir):
    folder = test_data_dir / "siting"
    pair = read_pair(
        folder / "bengaluru_central_streets.parquet", folder / "bengaluru_central_cameras.parquet"
    )
    assert pair.points.length_m.sum() / 1e3 == pytest.approx(238, abs=2)
    assert len(pair.camera_xy_m) + pair.n_left_out == 371


# --- lights, places and bridges -------------------------------------------------------------


def tagged(xy_m, **tags):
    return gpd.GeoDataFrame(tags, geometry=list(shapely.points(xy_m)), crs=CRS)


def known_points():
    """Return a light, a police post, a bank and two gates, of which one is on no street."""
    middle = main_crossings()[4]
    shift = np.array([[6.0, 6.0], [10.0, 0.0], [0.0, 12.0], [75.0, 0.0], [75.0, 60.0]])
    return tagged(
        middle + shift,
        highway=["traffic_signals", *[None] * 4],
        amenity=[None, "police", "bank", None, None],
        barrier=[*[None] * 3, "gate", "gate"],
    )


def levels(pair, name):
    found = np.unique(features.levels_of(pair.points.code)[name])
    return {features.FEATURES[name][i] for i in found}


def test_what_a_file_does_not_have_is_not_known(expected):
    for name in ("signals", "place", "bridge"):
        assert levels(expected, name) == {"not_known"}
    assert not any(one["known"] for one in expected.layers.values())
    assert all(one["count"] is None for one in expected.layers.values())
    assert expected.streets_left_out == {}


@pytest.mark.parametrize("how", ["layers", "mixed.geojson", "mixed.parquet", "own file"])
def test_lights_places_and_gates_are_read_where_they_are(tmp_path, cameras, expected, how):
    cameras = save(cameras, tmp_path / "c.parquet")
    places = None
    if how == "layers":
        streets = tmp_path / "s.gpkg"
        street_frame().to_file(streets, layer="streets", driver="GPKG")
        known_points().to_file(streets, layer="points", driver="GPKG")
    elif how == "own file":
        streets = save(street_frame(), tmp_path / "s.parquet")
        places = save(known_points(), tmp_path / "p.geojson")
    else:
        streets = save(pd.concat([street_frame(), known_points()]), tmp_path / how)
    found = read_pair(streets, cameras, places=places)
    assert levels(found, "signals") == {"none", "near"}
    assert levels(found, "place") == {"none", "official", "gate", "other"}
    assert levels(found, "bridge") == {"not_known"}
    assert found.layers["traffic_lights"] == {"known": True, "count": 1}
    kinds = {"bank": 1, "gate": 1, "police": 1}
    assert found.layers["places"] == {"known": True, "count": 3, "kinds": kinds}
    assert found.layers["bridges"] == {"known": False, "count": None}
    # Nothing else moves.
    for name in set(features.NAMES) - {"signals", "place"}:
        assert levels(found, name) == levels(expected, name)
    assert found.streets_left_out == {}


def test_bridges_are_known_where_a_line_says_so(tmp_path, cameras):
    cameras = save(cameras, tmp_path / "c.parquet")
    for values, seen in (
        (["yes", None], {"no", "yes"}),
        ([True, False], {"no", "yes"}),
        (["no", None], {"no"}),
        ([None, None], {"not_known"}),
    ):
        frame = street_frame(bridge=values * 110)
        found = read_pair(save(frame, tmp_path / "s.parquet"), cameras)
        assert levels(found, "bridge") == seen, values
    assert found.layers["bridges"] == {"known": False, "count": None}


def test_lights_and_places_far_from_the_streets_are_not_of_them(tmp_path, cameras, expected):
    found = read_pair(
        save(street_frame(), tmp_path / "s.parquet"),
        save(cameras, tmp_path / "c.parquet"),
        places=save(tagged([[2e5 + 9e4, 1.86e6]] * 2, highway=["traffic_signals", None],
                           amenity=[None, "bank"]), tmp_path / "p.parquet"),
    )  # fmt: skip
    assert codes(found) == codes(expected)
    assert not any(one["known"] for one in found.layers.values())


def test_a_file_says_of_lights_and_places_what_its_pack_says(tmp_path, cameras):
    from toolkit.streets.readers.tables.read import read_tables

    streets = save(pd.concat([street_frame(), known_points()]), tmp_path / "s.geojson")
    found = read_pair(streets, save(cameras, tmp_path / "c.parquet"))
    pack = read_tables(streets).layers
    assert pack.junctions["signals"].sum() == found.layers["traffic_lights"]["count"]
    assert pack.places["kind"].value_counts().to_dict() == found.layers["places"]["kinds"]


def test_rows_of_streets_that_cannot_be_used_are_counted(tmp_path, cameras, expected):
    lost = [None, shapely.LineString(), shapely.LineString([(2e5, 1.86e6)] * 2), None]
    more = gpd.GeoDataFrame({"highway": ["primary"] * 4}, geometry=lost, crs=CRS)
    planned = street_frame().iloc[:2].assign(highway="proposed")
    both = pd.concat([street_frame(), more, planned])
    found = read_pair(save(both, tmp_path / "s.parquet"), save(cameras, tmp_path / "c.parquet"))
    why = {"without_geometry": 3, "without_length": 1, "class_of_no_street": 2}
    assert found.streets_left_out == why
    assert codes(found) == codes(expected)


# --- files with nothing asked of them -------------------------------------------------------


def at(*lon_lat):
    return [shapely.LineString([(x, y), (x + 0.01, y)]) for x, y in lon_lat]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (at((96, 16), (0, 0)), "96.0 degrees of longitude"),
        (at((179.9, -17), (-179.9, -17)), "both sides of 180 degrees"),
        ([shapely.LineString([(179.99, -17), (-179.99, -17)])], "across 180 degrees 1"),
        ([shapely.LineString([(96, 16)] * 2)] * 3, "without length 3"),
        (at((16, 96)), "outside world 1"),
        (at((96, 86)), "longitude and latitude are swapped"),
    ],
)
def test_streets_that_are_of_no_place_are_told(tmp_path, cameras, lines, said):
    frame = gpd.GeoDataFrame({"highway": ["primary"] * len(lines)}, geometry=lines, crs=4326)
    with pytest.raises(InputDataError, match=said):
        read_pair(save(frame, tmp_path / "s.gpkg"), save(cameras, tmp_path / "c.gpkg"))


@pytest.mark.parametrize(
    ("classes", "said"),
    [
        (None, "column highway"),
        ("construction", "'construction'"),
        (3, "'3'"),
        ("\x1b[31m\u202eo", r"'\[31mo'"),
    ],
)
def test_streets_of_no_known_class_are_told(tmp_path, cameras, classes, said):
    streets = save(street_frame().assign(highway=classes), tmp_path / "s.parquet")
    with pytest.raises(InputDataError, match=said) as caught:
        read_pair(streets, save(cameras, tmp_path / "c.parquet"))
    assert "s.parquet" in str(caught.value)
    assert str(caught.value).isprintable()


def test_lines_without_a_known_class_are_counted(tmp_path, cameras, expected):
    frame = street_frame()
    frame["highway"] = ["Main Road", None, "road", *frame["highway"][3:]]
    found = read_pair(save(frame, tmp_path / "s.parquet"), save(cameras, tmp_path / "c.parquet"))
    assert (found.n_without_class, expected.n_without_class) == (2, 0)
    assert found.points.length_m.sum() == pytest.approx(expected.points.length_m.sum())


def test_points_in_the_place_of_streets_are_told(tmp_path, cameras):
    path = save(cameras, tmp_path / "c.gpkg")
    with pytest.raises(InputDataError, match="no layer of lines"):
        read_pair(path, path)


def test_both_files_are_named_where_they_do_not_fit(tmp_path):
    far = camera_frame(main_crossings() + 50_000.0)
    with pytest.raises(InputDataError, match=r"s\.parquet and c\.gpkg: No camera"):
        read_pair(save(street_frame(), tmp_path / "s.parquet"), save(far, tmp_path / "c.gpkg"))


@pytest.mark.parametrize("suffix", [".gpkg", ".parquet"])
def test_cameras_without_a_coordinate_system_are_refused(tmp_path, cameras, suffix):
    path = tmp_path / f"c{suffix}"
    bare = gpd.GeoDataFrame(geometry=list(cameras.geometry))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that there is no coordinate system
        save(bare, path)
    with pytest.raises(InputDataError, match="does not say in which coordinate system"):
        read_pair(save(street_frame(), tmp_path / "s.parquet"), path)


@pytest.mark.parametrize("suffix", [".gpkg", ".parquet", ".geojson"])
def test_heights_and_cameras_of_several_points_are_read_alike(tmp_path, cameras, expected, suffix):
    streets = street_frame()
    streets["geometry"] = shapely.force_3d(streets.geometry.array, 7.0)
    shapes = [shapely.force_3d(g, 5.0) for g in cameras.geometry]
    shapes[0] = shapely.MultiPoint([shapes[0], shapes[0]])
    mixed = gpd.GeoDataFrame(geometry=shapes, crs=CRS)
    found = read_pair(save(streets, tmp_path / f"s{suffix}"), save(mixed, tmp_path / f"c{suffix}"))
    assert codes(found) == codes(expected)
    assert (len(found.camera_xy_m), found.n_without_place) == (9, 0)
