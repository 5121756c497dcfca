"""Features of street points against drawings whose answer can be read off."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from drawn_city import CORNER_M, grid, layers, main_crossings
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from toolkit.siting import features
from toolkit.siting.features import FEATURES, StreetLayers
from toolkit.streets import street_points


def lines(*coordinates):
    return np.array([shapely.LineString(xy) for xy in coordinates], dtype=object)


def level(found, name):
    """Return the names of the levels of one feature."""
    return [FEATURES[name][i] for i in features.levels_of(found)[name]]


def at(city, xy, line):
    return features.features_at(city, np.array(xy, dtype=float), np.array(line))


@given(hnp.arrays(np.int64, st.integers(0, 30), elements=st.integers(0, features.N_CODES - 1)))
def test_codes_and_levels_are_inverse(code):
    levels = features.levels_of(code)
    assert all((levels[n] < len(FEATURES[n])).all() for n in FEATURES)
    np.testing.assert_array_equal(features.code_of(levels), code)


def test_there_are_fewer_codes_than_an_index_holds():
    assert np.prod([len(v) for v in FEATURES.values()]) == features.N_CODES
    assert features.N_CODES < 2**31


@pytest.mark.parametrize(
    ("highway", "cls"),
    [
        ("motorway_link", "motorway"),
        ("trunk", "primary"),
        ("secondary_link", "secondary"),
        ("residential", "minor"),
        ("living_street", "minor"),
        ("steps", "foot"),
        ("track", "service"),
        ("", "minor"),
        ("<script>alert(1)</script>", "minor"),
        ("['primary', 'residential']", "minor"),
        ("PRIMARY\x00", "minor"),
    ],
)
def test_classes(highway, cls):
    assert features.CLASSES[features.class_index([highway])[0]] == cls


def test_the_highest_carriageway_within_25_m_counts_but_no_motorway_beside():
    city = StreetLayers(
        lines([(0, 0), (500, 0)], [(0, 20), (500, 20)], [(0, 60), (500, 60)], [(0, 80), (500, 80)]),
        ["secondary", "residential", "motorway", "residential"],
    )
    found = at(city, [(250, 0), (250, 20), (250, 60), (250, 80)], [0, 1, 2, 3])
    assert level(found, "road") == ["secondary", "secondary", "motorway", "minor"]


def test_a_carriageway_with_a_pavement_of_its_own_is_told_apart():
    city = StreetLayers(
        lines([(0, 0), (500, 0)], [(0, 8), (200, 8)], [(0, 300), (500, 300)], [(0, 600), (9, 600)]),
        ["primary", "footway", "service", "residential"],
    )
    found = at(city, [(100, 0), (400, 0), (100, 8), (100, 300)], [0, 0, 1, 2])
    assert level(found, "own") == ["drive_by_foot", "drive", "foot", "service"]


def test_kinds_of_junctions_and_distances():
    city = layers()
    x, y = CORNER_M
    found = at(
        city,
        [(x + 750, y + 5), (x + 750, y + 170), (x + 170, y + 150), (x + 75, y + 150)],
        [0, 0, 0, 0],
    )
    assert level(found, "junction") == ["cross_12", "main_30", "minor_30", "away"]


def test_two_carriageways_of_one_street_are_no_crossing_of_main_streets():
    # A dual carriageway (10 m apart, joined as one junction) meets a side street.
    city = StreetLayers(
        lines(
            [(-200, 0), (0, 0)], [(0, 0), (200, 0)], [(-200, 10), (0, 10)], [(0, 10), (200, 10)],
            [(0, 0), (0, 10)], [(0, 10), (0, 200)],
        ),
        ["primary"] * 4 + ["residential"] * 2,
    )  # fmt: skip
    assert level(at(city, [(0, 5)], [4]), "junction") == ["main_12"]


def test_crossings_count_where_ways_are_not_cut():
    # One way runs through, the other is cut; they share a vertex.
    city = StreetLayers(
        lines([(-100, 0), (0, 0), (100, 0)], [(0, -100), (0, 0)], [(0, 0), (0, 100)]),
        ["primary", "primary", "primary"],
    )
    assert level(at(city, [(3, 0)], [0]), "junction") == ["cross_12"]


def test_lines_that_only_touch_end_to_end_make_no_junction():
    city = StreetLayers(lines([(-100, 0), (0, 0)], [(0, 0), (100, 0)]), ["primary", "primary"])
    assert level(at(city, [(3, 0)], [1]), "junction") == ["away"]


def test_ways_for_people_on_foot_make_no_junction():
    city = StreetLayers(
        lines([(-100, 0), (0, 0)], [(0, 0), (100, 0)], [(0, 0), (0, 100)]),
        ["primary", "primary", "footway"],
    )
    assert level(at(city, [(3, 0)], [1]), "junction") == ["away"]


def test_what_a_file_does_not_have_is_not_known_and_weighs_nothing():
    from toolkit.siting import design_matrix

    code = features.describe_points(layers(), 20.0).code
    for name in ("signals", "place", "bridge"):
        assert set(level(code, name)) == {"not_known"}
        columns = [i for i, c in enumerate(design_matrix.COLUMNS) if c.split(".")[0] == name]
        assert (design_matrix.design(code)[:, columns] == 0).all()


def test_a_layer_that_is_there_and_empty_says_none():
    none = np.empty((0, 2))
    code = features.describe_points(
        layers(signal_xy_m=none, place_xy_m=none, bridge=np.zeros(len(grid()[0]), dtype=bool)), 20.0
    ).code
    assert set(level(code, "signals")) == {"none"}
    assert set(level(code, "place")) == {"none"}
    assert set(level(code, "bridge")) == {"no"}


def test_lights_places_and_bridges():
    x, y = CORNER_M
    bridge = np.zeros(len(grid()[0]), dtype=bool)
    bridge[1] = True
    city = layers(
        signal_xy_m=np.array([CORNER_M]),
        place_xy_m=np.array([(x, y), (x + 5, y), (x, y + 300), (x, y + 300), (x, y + 600)]),
        place_kind=["market", "police", "gate", "no such kind", "no such kind"],
        bridge=bridge,
    )
    found = at(city, [(x, y + 10), (x, y + 290), (x, y + 590)], [1, 0, 0])
    assert level(found, "signals") == ["near", "none", "none"]
    assert level(found, "place") == ["official", "gate", "none"]
    assert level(found, "bridge") == ["yes", "no", "no"]


def test_quarters_of_density_and_shares_of_the_centre_are_of_street_length():
    points = features.describe_points(layers(), 10.0)
    middle = np.array(CORNER_M) + 750
    near = np.hypot(*(points.xy_m - middle).T).argsort()
    share = np.cumsum(points.length_m[near]) / points.length_m.sum()
    centre = np.array(level(points.code, "centre"))
    for name, low, high in (("core", 0, 0.1), ("outer", 0.6, 1)):
        length = points.length_m[centre == name].sum() / points.length_m.sum()
        assert length == pytest.approx(high - low, abs=0.06), name
    # The drawn city's centre is its middle, up to a cell of 250 m.
    core = points.xy_m[centre == "core"].mean(axis=0)
    assert np.hypot(*(core - middle)) < 250
    assert (centre[near[share > 0.95]] == "outer").all()


def test_turning_and_moving_the_map_changes_nothing_that_it_should_not():
    city = layers()
    turned = StreetLayers(
        shapely.transform(city.lines, lambda xy: np.column_stack([-xy[:, 1], xy[:, 0]]) + 7.0),
        city.highway,
    )
    here, there = (features.describe_points(one, 20.0).code for one in (city, turned))
    for name in ("road", "own", "junction", "signals", "place", "bridge"):
        assert level(here, name) == level(there, name), name


def test_a_street_drawn_once_each_way_counts_once():
    drawn, _ = grid(3)
    both = np.concatenate([drawn, shapely.reverse(drawn[:4]), drawn[2:3]])
    keep = features.without_duplicates(both)
    assert keep[: len(drawn)].all()
    assert not keep[len(drawn) :].any()


def test_points_add_up_to_the_streets():
    points = features.describe_points(layers(), 20.0)
    assert points.length_m.sum() == pytest.approx(shapely.length(grid()[0]).sum())
    assert (points.code >= 0).all()
    assert (points.code < features.N_CODES).all()


@pytest.mark.parametrize("highway", ["motorway", "footway", "service", "construction"])
def test_a_city_of_one_line_is_described(highway):
    found = features.describe_points(StreetLayers(lines([(0, 0), (55, 0)]), [highway]), 20.0)
    assert len(found.code) == 3
    assert set(level(found.code, "junction")) == {"away"}


def test_crossings_of_main_streets_are_where_they_were_drawn():
    points = features.describe_points(layers(), 10.0)
    crossing = points.xy_m[np.char.startswith(level(points.code, "junction"), "cross_12")]
    far = np.hypot(*(crossing[:, None] - main_crossings()[None]).T)
    assert far.min(axis=0).max() <= 12.1
    # At the four corners of the drawing two ends meet, which is no junction.
    assert len(np.unique(far.argmin(axis=0))) == 9 - 4


def test_density_is_counted_by_cells_as_one_by_one(monkeypatch):
    rng = np.random.default_rng(8)
    at, counted = rng.uniform(-900, 900, (800, 2)), rng.uniform(-700, 1100, (500, 2))
    pieces = street_points.LinePieces(
        at, np.zeros(800), rng.uniform(5, 15, 800), np.arange(800), np.zeros(800, dtype=np.int64)
    )
    cell_m, within_m = features._CELL_M, 250.0

    def near(points):
        middle, of = (np.round(xy / cell_m) * cell_m for xy in (points, counted))
        return (np.hypot(*(middle[:, None] - of).T) <= within_m).sum(axis=0).astype(float)

    cuts = features._weighted_quantiles(near(at), pieces.length, features._DENSITY_SHARES)
    expected = np.searchsorted(cuts, near(at[:300]), side="left")
    assert len(np.unique(expected)) > 2
    for at_once in (1 << 14, 7):
        monkeypatch.setattr(features, "_PLACES_AT_ONCE", at_once)
        found = features._density_level(at[:300], pieces, counted, within_m)
        np.testing.assert_array_equal(found, expected)
    assert not features._density_level(at, pieces, counted[:0], within_m).any()
