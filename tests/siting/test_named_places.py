"""Places that reports name for cameras: which points lie in them, and what is in the file."""

from __future__ import annotations

import json

import numpy as np
import pyproj
import pytest
import shapely

from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.evidence.load import built_in_claims
from toolkit.siting.named_places import FILE, NamedPlace, in_places, load_places
from toolkit.streets.cities import load_cities

CRS = "EPSG:32647"
ROW = {
    "city": "yangon",
    "name": "Insein",
    "lat": 16.9,
    "lon": 96.1,
    "radius_m": 3000.0,
    "claim": "some-claim",
    "source": "a list",
    "licence": "CC0",
}


def written(home, rows, head='format = "camera-exposure.named-places/1"'):
    """Write the user's own file, which replaces the built-in one."""
    lines = [head]
    for row in rows:
        lines += ["[[place]]", *(f"{key} = {json.dumps(value)}" for key, value in row.items())]
    (home / FILE).parent.mkdir(exist_ok=True)
    (home / FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def around(place, n, reach):
    """Return random points in the square around a place, in degrees, shape (n, 2)."""
    rng = np.random.default_rng(0)
    half = reach * place.radius_m / 110_000.0
    return rng.uniform(-half, half, (n, 2)) + np.array([place.lon, place.lat])


def metric(lon_lat, crs=CRS):
    project = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    return np.column_stack(project.transform(*lon_lat.T))


@pytest.mark.parametrize("place", load_places("yangon"), ids=lambda place: place.name)
def test_a_point_is_inside_where_the_geodesic_to_the_middle_is_shorter_than_the_radius(place):
    points = around(place, 2000, 1.3)
    geodesic = pyproj.Geod(ellps="WGS84")
    n = len(points)
    far = geodesic.inv(*points.T, np.full(n, place.lon), np.full(n, place.lat))[2]
    # The scale of a UTM zone lies within 0.1 % of one.
    sure = np.abs(far / place.radius_m - 1) > 0.0015
    found = in_places([place], metric(points), CRS)
    np.testing.assert_array_equal(found[sure], far[sure] <= place.radius_m)
    assert 0.3 < found.mean() < 0.7


def test_each_point_is_judged_by_itself():
    places = load_places("yangon")
    xy = np.vstack([metric(around(place, 60, 2.0)) for place in places])
    whole = in_places(places, xy, CRS)
    order = np.random.default_rng(1).permutation(len(xy))
    np.testing.assert_array_equal(in_places(places[::-1], xy[order], CRS), whole[order])
    parts = [in_places(places, part, CRS) for part in np.array_split(xy, 7)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    either = np.any([in_places([place], xy, CRS) for place in places], axis=0)
    np.testing.assert_array_equal(whole, either)


def test_without_places_or_points_nothing_is_inside():
    assert not in_places((), np.zeros((3, 2)), CRS).any()
    assert in_places(load_places("yangon"), np.zeros((0, 2)), CRS).tolist() == []


def test_every_built_in_place_is_named_by_a_claim_on_siting_of_its_city():
    cities = {city.id for city in load_cities()}
    places = [place for city in sorted(cities) for place in load_places(city)]
    assert len(places) == store.find(FILE).read_text(encoding="utf-8").count("[[place]]")
    for place in places:
        claims = {claim.id: claim for claim in built_in_claims(place.city)}
        assert claims[place.claim].topic == "siting"
        assert place.source
        assert place.licence


def test_the_six_townships_named_in_yangon_are_there():
    names = [place.name for place in load_places("yangon")]
    sides = ("North", "South", "East", "Seikkan")
    assert names == [*(f"Dagon Myothit ({side})" for side in sides), "Insein", "Shwepyithar"]


def test_no_circle_goes_more_than_half_the_way_to_a_township_that_is_not_named():
    # North and South Okkalapa, Thingangyun, Hlaingtharya and Mingaladon in the same list.
    lat = np.array([16.91878, 16.84625, 16.83101, 16.85402, 16.94914])
    lon = np.array([96.16303, 96.17986, 96.19323, 96.06893, 96.12795])
    geodesic = pyproj.Geod(ellps="WGS84")
    for place in load_places("yangon"):
        far = geodesic.inv(lon, lat, np.full(5, place.lon), np.full(5, place.lat))[2]
        assert 0 <= far.min() / 2 - place.radius_m < 10, place.name


@pytest.mark.parametrize("city", ["mandalay", "helsinki-centre", "Yangon", "", None])
def test_another_city_has_none(city):
    assert load_places(city) == ()


def test_a_file_of_the_user_replaces_the_built_in_one(home):
    written(home, [ROW, ROW | {"city": "bagan", "name": "Nyaung-U"}])
    assert load_places("yangon") == (NamedPlace(**ROW),)
    assert [place.name for place in load_places("bagan")] == ["Nyaung-U"]
    written(home, [])
    assert load_places("yangon") == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"radius_m": None}, "radius_m: it is missing. Add it."),
        ({"radius_m": 0.0}, "radius_m: Input should be greater than 0"),
        ({"radius_m": 1e9}, "radius_m: Input should be less than or equal to 50000"),
        ({"lat": 96.1, "lon": 16.9}, "lat: Input should be less than or equal to 84"),
        ({"lat": "16.9"}, "lat: Input should be a valid number"),
        ({"city": "../../etc"}, "city: String should match pattern"),
        ({"name": "x" * 500}, "name: String should have at most 200 characters"),
        ({"claim": ""}, "claim: String should match pattern"),
        ({"radius_km": 3.0}, "radius_km: there is no such field. Did you mean radius_m"),
    ],
)
def test_a_bad_row_is_said_with_its_place_and_what_to_do(home, changes, said):
    row = {key: value for key, value in (ROW | changes).items() if value is not None}
    written(home, [ROW, row])
    with pytest.raises(InputDataError) as error:
        load_places(None)
    text = str(error.value)
    assert f"{FILE}, line 11, place 2, {said}" in text
    assert len(text) < 400


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("", "format: it is missing. Add it."),
        ('format = "camera-exposure.named-places/9"', "format: Input should be"),
        ('format = "camera-exposure.named-places/1"\nplaces = 1', "'places' is not known here"),
        ('format = "camera-exposure.named-places/1"\nplace = 3', "write each place as a table"),
        ("format = ", "is not TOML"),
    ],
)
def test_a_bad_file_is_refused(home, head, said):
    written(home, [], head)
    with pytest.raises(InputDataError, match=FILE) as error:
        load_places("yangon")
    assert said in str(error.value)


def test_a_missing_file_is_said(monkeypatch):
    monkeypatch.setattr(store, "find", lambda _: None)
    with pytest.raises(InputDataError, match=r"named_places\.toml. Copy the toolkit's data"):
        load_places("yangon")


def test_most_of_the_circles_have_bus_roads_and_most_bus_roads_lie_elsewhere(test_data_dir):
    file = test_data_dir / "streets" / "yangon-bus-roads.gpkg"
    if not file.is_file():
        pytest.skip("there are no roads of Yangon")
    import pyogrio

    lines = pyogrio.read_dataframe(file).geometry.array
    # Not every road that crosses a circle is inside: its middle counts.
    xy = metric(
        shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True))
    )
    places = load_places("yangon")
    for place in places:
        assert in_places([place], xy, CRS).sum() >= 10, place.name
    assert 0.05 < in_places(places, xy, CRS).mean() < 0.5
