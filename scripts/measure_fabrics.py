"""Measure street networks of other cities for the estimate where no streets are installed.

    python scripts/measure_fabrics.py [--neatnet DIR] [--data DIR] [--only ID...]

Writes ``geodata/fabrics.json`` and ``docs/generated/reference-networks.md``. ``--neatnet`` names
the unpacked source distribution of neatnet, which is downloaded otherwise; ``--data`` a folder with
further OpenStreetMap files, see ``fabric_networks.SOURCES``. Networks whose file is not given keep
the figures they have. What is measured, and how: ``docs/method/reference-networks.md``.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from fabric_networks import (
    NEATNET,
    SOURCES,
    Lines,
    Network,
    Source,
    download_neatnet,
    read_source,
)
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from toolkit.assumptions.sets import AssumptionSet, load_assumptions
from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design
from toolkit.engine import footprints, sight
from toolkit.siting import candidates
from toolkit.streets import manifest, reference_networks, street_points

ROOT = Path(__file__).resolve().parent.parent

CELL_M = 1000.0
CELL_SHIFTS = 5
"""The grid is laid at this many positions in each direction: the median depends on it."""
WHOLE_CELL = 0.9
"""Part of a cell that must lie inside the network's hull, so that cut cells do not count."""
LEAST_CELLS = 5
"""A density is stated from this many whole built cells on."""
POINT_SPACING_M = 5.0
MOST_SITES = 1500
"""Sites sampled of each kind."""
SEED = 1
_SIGNIFICANT: Final = 4

REACH_M = reference_networks.VIEW_BIN_M * reference_networks.N_VIEW_BINS

# --- measuring ------------------------------------------------------------------------------


def cell_lengths(
    points: street_points.LinePieces, hull: BaseGeometry, origin_m: tuple[float, float]
) -> tuple[FloatArray, NDArray[np.bool_], NDArray[np.int64]]:
    """Add up street length in 1 km cells.

    Parameters
    ----------
    points
        Street points with the length each stands for.
    hull
        Polygon outside which nothing is known.
    origin_m
        Corner of the grid.

    Returns
    -------
    length_km
        Street length per cell that has any, shape (C,).
    whole
        Whether the cell lies inside the hull, shape (C,).
    cell
        Cell of each point, shape (P,).
    """
    index = np.floor((points.xy - origin_m) / CELL_M).astype(np.int64)
    cells, cell = np.unique(index, axis=0, return_inverse=True)
    low = cells * CELL_M + origin_m
    boxes = shapely.box(low[:, 0], low[:, 1], low[:, 0] + CELL_M, low[:, 1] + CELL_M)
    inside = shapely.area(shapely.intersection(boxes, hull)) >= WHOLE_CELL * CELL_M**2
    cell = cell.ravel()
    return np.bincount(cell, weights=points.length, minlength=len(cells)) / 1000, inside, cell


def density(
    points: street_points.LinePieces, hull: BaseGeometry, least_km_per_km2: float
) -> tuple[int, FloatArray]:
    """Return the mean number of built cells and the median length per km2 at each grid position.

    Positions without any whole built cell are left out of the medians.
    """
    steps = np.arange(CELL_SHIFTS) * CELL_M / CELL_SHIFTS
    counts, medians = [], []
    for x, y in [(x, y) for x in steps for y in steps]:
        length_km, whole, _ = cell_lengths(points, hull, (x, y))
        built = length_km[whole & (length_km >= least_km_per_km2)]
        counts.append(len(built))
        if len(built):
            medians.append(float(np.median(built)))
    return round(float(np.mean(counts))), np.array(medians)


def view_curve(
    site_xy_m: FloatArray,
    weight: FloatArray,
    edge_m: FloatArray,
    points: street_points.LinePieces,
    buildings: Lines,
) -> FloatArray:
    """Return the mean street length in view of a site per distance bin, shape (N_VIEW_BINS,).

    A site counts in the bins that lie inside the network all around it (border method of
    Ripley 1988, Statistical Inference for Spatial Processes, chapter 3), so that streets beyond
    the edge are not taken as missing.

    Parameters
    ----------
    site_xy_m
        Sites, shape (G, 2).
    weight
        Weight of each site in the mean, shape (G,): the street length it stands for, as in the
        siting model.
    edge_m
        Distance of each site from the edge of the network, shape (G,).
    points
        Street points.
    buildings
        Footprints that block views; none for the open case.

    Raises
    ------
    SystemExit
        If no site is far enough from the edge.
    """
    near = cKDTree(site_xy_m).query(points.xy, distance_upper_bound=REACH_M + 1.0)[0]
    used = np.isfinite(near)
    seen = sight.build_sight(site_xy_m, points.xy[used], buildings, reach_m=REACH_M)
    site = np.repeat(np.arange(seen.n_sites), np.diff(seen.start))
    width_cm = reference_networks.VIEW_BIN_M * sight.CM_PER_M
    bins = np.minimum(seen.distance_cm // width_cm, reference_networks.N_VIEW_BINS - 1).astype(
        np.int64
    )
    inside_bins = np.minimum(
        edge_m // reference_networks.VIEW_BIN_M, reference_networks.N_VIEW_BINS
    ).astype(np.int64)
    if inside_bins.max(initial=0) < reference_networks.N_VIEW_BINS:
        msg = f"No site lies {REACH_M:g} m inside the network: it is too small to be measured."
        raise SystemExit(msg)
    counts = bins < inside_bins[site]
    length = points.length[used][seen.point] * weight[site]
    total = np.bincount(bins[counts], length[counts], minlength=reference_networks.N_VIEW_BINS)
    at_least = np.bincount(inside_bins, weight, minlength=reference_networks.N_VIEW_BINS + 1)[
        ::-1
    ].cumsum()
    return np.asarray(total / at_least[::-1][1:])


def measure(
    source: Source, network: Network, assumptions: AssumptionSet, model: candidates.SitingModel
) -> dict[str, Any]:
    """Measure everything that the file states about one network."""
    points = street_points.cut(network.lines, POINT_SPACING_M)
    hull = shapely.MultiPoint(points.xy).convex_hull
    shapely.prepare(hull)
    least = assumptions.value("city.built_cell_km_per_km2")
    n_cells, medians = density(points, hull, least)
    stated = n_cells >= LEAST_CELLS
    groups = candidates.candidates(
        network.lines,
        candidates.road_classes(network.highway.tolist(), model),
        np.full(len(network.lines), np.nan),
        junction_xy_m=network.junction_xy_m,
        stretch_m=assumptions.value("sites.stretch_m"),
        model=model,
    )
    site_xy = footprints.place_sites(groups.xy_m, groups.centre_xy_m, network.buildings)
    junction = groups.at_junction
    # Built cells without regard to the hull: a whole neighbourhood may lie in a cut cell.
    length_km, _, cell = cell_lengths(points, hull, (0.0, 0.0))
    built = length_km[cell[cKDTree(points.xy).query(groups.centre_xy_m)[1]]] >= least
    edge_m = np.asarray(shapely.distance(shapely.points(groups.centre_xy_m), hull.boundary))
    row: dict[str, Any] = {
        "length_km": round(float(points.length.sum()) / 1000, 1),
        "n_built_cells": n_cells,
        "density_km_per_km2": _short(medians.mean()) if stated else None,
        "density_low_km_per_km2": _short(medians.min()) if stated else None,
        "density_high_km_per_km2": _short(medians.max()) if stated else None,
    }
    for kind, plural, of_kind in (
        ("junction", "junctions", junction), ("stretch", "stretches", ~junction),
    ):  # fmt: skip
        rng = Design(1, SEED).generator(f"{source.id}:{kind}")
        pool = np.flatnonzero(of_kind & built)
        chosen = np.sort(rng.choice(pool, min(len(pool), MOST_SITES), replace=False))
        row |= {
            f"n_{kind}_groups": int(of_kind.sum()),
            f"{kind}_size_m": _short(groups.size_m[of_kind].mean()),
            f"n_sampled_{plural}": len(chosen),
            f"blocked_{kind}_m": None,
        }
        cases = [("open", network.buildings[:0])]
        if len(network.buildings):
            cases.append(("blocked", network.buildings))
        for case, walls in cases:
            curve = view_curve(
                site_xy[chosen], groups.size_m[chosen], edge_m[chosen], points, walls
            )
            row[f"{case}_{kind}_m"] = [_short(v) for v in curve]
    return row


def _short(value: float) -> float:
    return float(f"{value:.{_SIGNIFICANT}g}")


# --- writing --------------------------------------------------------------------------------


def to_json(rows: list[dict[str, Any]]) -> str:
    """Return the text of the file: one line per network, checked against the schema."""
    whole = {
        "schema": reference_networks.SCHEMA,
        "attribution": manifest.OSM_ATTRIBUTION,
        "bin_m": reference_networks.VIEW_BIN_M,
    }
    reference_networks.FabricFile.model_validate({**whole, "fabrics": rows})
    lines = ",\n".join(json.dumps(r, sort_keys=True, ensure_ascii=False) for r in rows)
    head = json.dumps(whole, ensure_ascii=False)[:-1]
    return f'{head}, "fabrics": [\n{lines}\n]}}\n'


def table(rows: list[dict[str, Any]]) -> str:
    """Return the table of the document."""
    head = (
        "Network", "Streets km", "Built cells", "km per km2 (grid moved)",
        "Junctions / stretches", "Junction site sees to 50 / 250 m",
        "Stretch site sees to 50 / 250 m", "Left by buildings to 50 / 250 m",
    )  # fmt: skip
    lines = [f"| {' | '.join(head)} |", "|---" + "|--:" * (len(head) - 1) + "|"]
    for r in rows:
        density_text = "too few cells"
        if r["density_km_per_km2"] is not None:
            low, high = r["density_low_km_per_km2"], r["density_high_km_per_km2"]
            density_text = f"{r['density_km_per_km2']:.1f} ({low:.1f}-{high:.1f})"
        lines.append(
            f"| {r['name']}, {r['country']} | {r['length_km']:,.0f} | {r['n_built_cells']}"
            f" | {density_text} | {r['n_junction_groups']:,} / {r['n_stretch_groups']:,}"
            f" | {_to(r['open_junction_m'])} | {_to(r['open_stretch_m'])} | {_left(r)} |"
        )
    return "\n".join(lines) + "\n"


_NEAR_BINS = round(50 / reference_networks.VIEW_BIN_M)


def _to(curve: list[float]) -> str:
    return f"{sum(curve[:_NEAR_BINS]):.0f} / {sum(curve):.0f} m"


def _left(row: dict[str, Any]) -> str:
    if row["blocked_junction_m"] is None:
        return "-"
    both = {
        case: np.add(row[f"{case}_junction_m"], row[f"{case}_stretch_m"])
        for case in ("open", "blocked")
    }
    shares = [
        both["blocked"][:n].sum() / both["open"][:n].sum()
        for n in (_NEAR_BINS, reference_networks.N_VIEW_BINS)
    ]
    return " / ".join(f"{100 * s:.0f} %" for s in shares)


def sources_list(rows: list[dict[str, Any]]) -> str:
    """Return the list of sources of the document."""
    return "".join(f"- {r['name']}: {r['source']}. {r['licence']}.\n" for r in rows)


def put_between(text: str, mark: str, content: str) -> str:
    """Return a document with what stands between two marks replaced."""
    begin, end = f"<!-- {mark}: written by scripts/measure_fabrics.py -->\n", f"<!-- /{mark} -->"
    head, rest = text.split(begin)
    return head + begin + content + end + rest.split(end, 1)[1]


def update_document(text: str, rows: list[dict[str, Any]]) -> str:
    """Return the document with the table and the sources of these rows."""
    return put_between(put_between(text, "table", table(rows)), "sources", sources_list(rows))


# --- the whole ------------------------------------------------------------------------------


def measure_all(
    folders: Mapping[str, Path], kept: list[dict[str, Any]], only: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Measure every source whose folder is given; take the others from `kept`.

    Parameters
    ----------
    folders
        Folder per kind of source.
    kept
        Rows of an earlier run.
    only
        Ids to which measuring is limited; all if empty.
    """
    assumptions, model = load_assumptions(), candidates.load_siting()
    known = {row["id"]: row for row in kept}
    for source in SOURCES:
        folder = folders.get(source.kind)
        if folder is None or (only and source.id not in only):
            state = "kept as it is" if source.id in known else "left out"
            print(f"{source.name}: {state}", file=sys.stderr)
            continue
        print(f"{source.name} ...", file=sys.stderr)
        network, digest, cited = read_source(source, folder)
        known[source.id] = {
            "id": source.id,
            "name": source.name,
            "country": source.country,
            "source": cited,
            "licence": f"{manifest.OSM_ATTRIBUTION} 1.0",
            "sha256": digest,
            **measure(source, network, assumptions, model),
        }
    return [known[s.id] for s in sorted(SOURCES, key=lambda s: s.id) if s.id in known]


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description="Measure the reference street networks.")
    parser.add_argument("--neatnet", type=Path, help=f"unpacked source of {NEATNET}")
    parser.add_argument("--data", type=Path, help="folder with the further files")
    parser.add_argument("--only", nargs="+", default=[], choices=[s.id for s in SOURCES])
    given = parser.parse_args()
    out = store.builtin_dir() / reference_networks.FILE
    document = ROOT / "docs" / "generated" / "reference-networks.md"
    kept = json.loads(out.read_bytes())["fabrics"] if out.exists() else []
    folders = {"pack": store.builtin_dir()}
    if given.data:
        folders |= {"osm": given.data, "graphml": given.data}
    with tempfile.TemporaryDirectory() as name:
        if given.neatnet:
            folders["neatnet"] = given.neatnet
        elif not given.only or any(s.kind == "neatnet" for s in SOURCES if s.id in given.only):
            download_neatnet(Path(name))
            folders["neatnet"] = Path(name)
        rows = measure_all(folders, kept, given.only)
    store.write_text(out, to_json(rows))
    if document.exists():
        store.write_text(document, update_document(document.read_text(encoding="utf-8"), rows))
    print(f"{reference_networks.FILE} holds {len(rows)} networks")


if __name__ == "__main__":
    main()
