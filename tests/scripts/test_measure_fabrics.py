"""Measuring networks: against streets drawn by hand, and published medians of real cities."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from pathlib import Path

import fabric_networks
import geopandas as gpd
import measure_fabrics
import numpy as np
import pytest
import shapely
from drawn_streets import CORNER, frame, grid
from proportional import proportional_prob

from toolkit.assessment import reference_cover
from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.engine import sight
from toolkit.siting import candidates
from toolkit.streets import reference_networks, street_points

ROOT = Path(__file__).resolve().parents[2]
BIN_M = reference_networks.VIEW_BIN_M
NOTHING = np.empty(0, dtype=object)


def points_of(network: fabric_networks.Network) -> street_points.LinePieces:
    return street_points.cut(network.lines, measure_fabrics.POINT_SPACING_M)


def hull_of(points: street_points.LinePieces):
    return shapely.MultiPoint(points.xy).convex_hull


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("residential", "residential"),
        ("['living_street', 'residential']", "living_street"),
        (["primary_link", "primary"], "primary_link"),
        ("unclassified;tertiary", "unclassified"),
        ("", ""),
    ],
)
def test_first_value(value, expected):
    assert fabric_networks.first_value(value) == expected


def test_a_network_counts_each_street_once_and_only_drive_classes():
    there, back = [(0, 0), (400, 0)], [(400, 0), (0, 0)]
    footway, service = [(0, 0), (0, 300)], [(0, 0), (0, -300)]
    made = fabric_networks.make_network(
        frame([there, back, footway, service], ["primary", "primary", "footway", "service"])
    )
    assert shapely.length(made.lines) == pytest.approx([400], rel=1e-6)
    assert made.highway.tolist() == ["primary"]
    assert len(made.junction_xy_m) == 0


def test_pieces_are_joined_between_junctions_and_never_across_classes():
    lines = [
        [(0, 0), (100, 0)],  # joined with the next
        [(200, 0), (100, 0)],
        [(200, 0), (300, 0)],  # behind a junction
        [(200, 0), (200, 90)],
        [(300, 0), (400, 0)],  # of another class
    ]
    classes = ["residential", "residential", "residential", "residential", "primary"]
    made = fabric_networks.make_network(frame(lines, classes))
    found = sorted(zip(made.highway.tolist(), np.round(shapely.length(made.lines)), strict=True))
    assert found == [
        ("primary", 100),
        ("residential", 90),
        ("residential", 100),
        ("residential", 200),
    ]
    assert made.junction_xy_m - CORNER == pytest.approx(np.array([[200, 0]]), abs=0.02)


def test_a_ring_road_without_junctions_stays_whole():
    square = [(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)]
    halves = [square[:3], square[2:]]
    made = fabric_networks.make_network(frame(halves, "residential"))
    assert shapely.length(made.lines) == pytest.approx([400], rel=1e-6)


def test_density_of_a_grid_is_two_streets_per_step():
    # Streets 100 m apart both ways: 20 km in each whole km2, wherever the cells lie; cells that
    # count may lack a twentieth at the edge.
    points = points_of(fabric_networks.make_network(grid(4000, 100)))
    cells, medians = measure_fabrics.density(points, hull_of(points), 4.0)
    assert medians == pytest.approx(np.full(25, 20.0), rel=0.03)
    assert np.median(medians) == pytest.approx(20.0)
    assert 9 <= cells <= 16


def test_cells_with_little_street_or_cut_by_the_edge_do_not_count():
    points = points_of(fabric_networks.make_network(grid(3000, 500)))
    assert measure_fabrics.density(points, hull_of(points), 4.1)[0] == 0
    length_km, whole, cell = measure_fabrics.cell_lengths(points, hull_of(points), (0.0, 0.0))
    assert length_km.sum() == pytest.approx(points.length.sum() / 1000)
    assert length_km[whole] == pytest.approx(np.full(whole.sum(), 4.0), rel=0.02)
    assert length_km[~whole].max() < 4.0
    assert len(cell) == len(points.xy)


def one_street(sites_x, buildings=NOTHING, edge_m=1000.0):
    points = street_points.cut(np.array([shapely.LineString([(-1000, 0), (1000, 0)])]), 5.0)
    sites = np.column_stack([sites_x, np.zeros(len(sites_x))])
    edge = np.full(len(sites), edge_m)
    return measure_fabrics.view_curve(sites, np.ones(len(sites)), edge, points, buildings)


def test_a_straight_street_shows_its_length_on_both_sides():
    assert one_street([0.0]) == pytest.approx(np.full(reference_networks.N_VIEW_BINS, 2 * BIN_M))


def test_a_wall_hides_what_lies_behind():
    wall = np.array([shapely.box(60.5, -20, 62.0, 20)])
    curve = one_street([0.0], wall)
    assert curve[:12] == pytest.approx(np.full(12, 2 * BIN_M))
    assert curve[13:] == pytest.approx(np.full(reference_networks.N_VIEW_BINS - 13, BIN_M))


def test_sites_near_the_edge_count_only_as_far_as_the_edge():
    points = street_points.cut(np.array([shapely.LineString([(-1000, 0), (1000, 0)])]), 5.0)
    curve = measure_fabrics.view_curve(
        np.array([[0.0, 0.0], [900.0, 0.0]]),
        np.ones(2),
        np.array([1000.0, 100.0]),
        points,
        NOTHING,
    )
    assert curve == pytest.approx(np.full(reference_networks.N_VIEW_BINS, 2 * BIN_M))
    with pytest.raises(SystemExit, match="too small"):
        one_street([950.0], edge_m=50.0)


def test_sites_weigh_by_the_street_they_stand_for():
    lone = shapely.LineString([(-1000, 0), (1000, 0)])
    twin = [shapely.LineString([(-1000, 5000), (1000, 5000)])] * 2
    curve = measure_fabrics.view_curve(
        np.array([[0.0, 0.0], [0.0, 5000.0]]),
        np.array([3.0, 1.0]),
        np.full(2, 1000.0),
        street_points.cut(np.array([lone, *twin]), 5.0),
        NOTHING,
    )
    assert curve == pytest.approx(np.full(reference_networks.N_VIEW_BINS, (3 * 10 + 1 * 20) / 4))


@pytest.fixture(scope="module")
def measured():
    source = fabric_networks.Source("grid", "Grid", "Nowhere", "osm", "grid.osm")
    network = fabric_networks.make_network(grid(2000, 100))
    return network, measure_fabrics.measure(
        source, network, load_assumptions(), candidates.load_siting()
    )


def test_a_measured_grid(measured):
    network, row = measured
    assert row["length_km"] == pytest.approx(2 * 20 * 1.9)
    # 20 by 20 crossings, of which the four corners have only two arms.
    assert row["n_junction_groups"] == 400 - 4
    assert row["density_km_per_km2"] is None  # too few whole cells
    assert row["blocked_stretch_m"] is None
    # In all, a disc of 250 m holds 20 m of street per 1,000 m2; beyond the first block the mean
    # over sites follows that.
    far = np.array(row["open_stretch_m"][20:]).sum()
    area = np.pi * (250**2 - 100**2)
    assert far == pytest.approx(area * 0.02, rel=0.05)
    again = measure_fabrics.measure(
        fabric_networks.Source("grid", "Grid", "Nowhere", "osm", "grid.osm"),
        network,
        load_assumptions(),
        candidates.load_siting(),
    )
    assert again == row


def test_the_closed_form_agrees_with_placing_sites_on_a_grid(measured):
    """`covered_share` against the exact chance over real groups, in the middle of the grid."""
    network, row = measured
    points = points_of(network)
    groups = candidates.candidates(
        network.lines,
        candidates.road_classes(network.highway.tolist(), candidates.load_siting()),
        np.full(len(network.lines), np.nan),
        junction_xy_m=network.junction_xy_m,
        stretch_m=20.0,
        model=candidates.load_siting(),
    )
    middle = CORNER + 1000
    near = np.abs(points.xy - middle).max(axis=1) < 500
    views = np.zeros((100, 1, 1))
    views[:40] = 0.6
    views[40:100] = 0.2
    seen = sight.build_sight(groups.xy_m, points.xy[near], NOTHING, reach_m=100.0)
    site = np.repeat(np.arange(seen.n_sites), np.diff(seen.start))
    view = views[np.minimum(seen.distance_cm // 100, 99), 0, 0]
    stretch = ~groups.at_junction
    junction_share = groups.size_m[~stretch].sum() / groups.size_m.sum()
    curve = np.array(row["open_junction_m"]) * junction_share
    curve += np.array(row["open_stretch_m"]) * (1 - junction_share)
    for n_sites in (40, 400):
        prob = proportional_prob(groups.size_m, n_sites)
        log_miss = np.bincount(seen.point, np.log1p(-prob[site] * view), minlength=near.sum())
        exact = np.average(1 - np.exp(log_miss), weights=points.length[near])
        closed = reference_cover.covered_share(
            curve[None],
            views,
            sites_per_m=np.array([n_sites / groups.size_m.sum()]),
            stretch_m=20.0,
        )
        assert closed[0, 0] == pytest.approx(exact, rel=0.05)
        assert closed[0, 0] >= exact * 0.98


def rows() -> list:
    return json.loads((store.builtin_dir() / reference_networks.FILE).read_bytes())["fabrics"]


def test_the_committed_file_and_document_are_what_the_script_writes():
    text = (store.builtin_dir() / reference_networks.FILE).read_text(encoding="utf-8")
    assert measure_fabrics.to_json(rows()) == text
    document = (ROOT / "docs" / "generated" / "reference-networks.md").read_text(encoding="utf-8")
    assert measure_fabrics.update_document(document, rows()) == document
    for row in rows():
        assert row["source"] in document


def test_networks_whose_file_is_not_given_are_kept(monkeypatch, tmp_path):
    source = fabric_networks.Source("grid", "Grid", "Nowhere", "osm", "grid.osm")
    other = fabric_networks.Source("other", "Other", "Nowhere", "osm", "other.osm")
    monkeypatch.setattr(measure_fabrics, "SOURCES", (source, other))
    kept = [{"id": "grid", "length_km": 1.0}, {"id": "gone", "length_km": 2.0}]
    assert measure_fabrics.measure_all({"neatnet": tmp_path}, kept) == kept[:1]
    assert measure_fabrics.measure_all({"osm": tmp_path}, kept, only=["none"]) == kept[:1]


def test_only_the_networks_are_unpacked(monkeypatch, tmp_path):
    wanted = next(s.path for s in fabric_networks.SOURCES if s.kind == "neatnet")
    archive = tmp_path / "made.tar.gz"
    with tarfile.open(archive, "w:gz") as made:
        for name in (f"neatnet-0.1.6/{wanted}", "neatnet-0.1.6/setup.py", "../outside"):
            member = tarfile.TarInfo(name)
            member.size = 4
            made.addfile(member, io.BytesIO(b"data"))
    folder = tmp_path / "out"
    folder.mkdir()
    calls = []

    def run(command, **_):
        calls.append(command)
        shutil.copy(archive, folder / "neatnet-0.1.6.tar.gz")

    monkeypatch.setattr(fabric_networks.subprocess, "run", run)
    fabric_networks.download_neatnet(folder)
    assert (folder / wanted).read_bytes() == b"data"
    left = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert left == {wanted, "neatnet-0.1.6.tar.gz", "requirements.txt"}
    assert not (tmp_path / "outside").exists()
    assert "--require-hashes" in calls[0]
    assert "--no-binary=:all:" in calls[0]


PUBLISHED = {"auckland_road": 8.5, "baltimore_east": 9.4, "bengaluru_central": 12.9}
"""Medians over all cells of at least 4 km, the grid on whole kilometres of the UTM zone."""


@pytest.mark.parametrize(
    ("name", "median"),
    [
        pytest.param(*one, marks=() if one[0] == "auckland_road" else pytest.mark.slow)
        for one in PUBLISHED.items()
    ],
)
def test_densities_against_published_medians(test_data_dir, name, median):
    streets = gpd.read_parquet(test_data_dir / "siting" / f"{name}_streets.parquet")
    points = points_of(fabric_networks.make_network(streets))
    length_km, _, _ = measure_fabrics.cell_lengths(points, hull_of(points), (0.0, 0.0))
    assert np.median(length_km[length_km >= 4.0]) == pytest.approx(median, rel=0.03)


def test_density_of_a_network_written_by_osmnx(test_data_dir):
    source = next(s for s in fabric_networks.SOURCES if s.id == "balikpapan")
    network, digest, cited = fabric_networks.read_source(source, test_data_dir)
    points = points_of(network)
    length_km, _, _ = measure_fabrics.cell_lengths(points, hull_of(points), (0.0, 0.0))
    assert np.median(length_km[length_km >= 4.0]) == pytest.approx(8.9, rel=0.03)
    committed = next(r for r in rows() if r["id"] == "balikpapan")
    assert (digest, cited) == (committed["sha256"], committed["source"])
