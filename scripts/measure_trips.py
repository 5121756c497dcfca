"""Measure how often ordinary trips meet a camera on street networks of other cities.

    python scripts/measure_trips.py [--neatnet DIR] [--data DIR] [--only ID...]

Writes ``geodata/reference_trips.json`` and ``docs/generated/reference-trips.md``. The options are
those of ``measure_fabrics.py``; networks whose file is not given keep the figures they have. What
is measured, and how: ``docs/method/reference-networks.md``.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from fabric_networks import NEATNET, SOURCES, Network, download_neatnet, read_source
from scipy import optimize
from trip_kernel import add_chances
from trip_networks import Counted, Placing, Region, count_met, make_region, mixed_size, take_draws

from toolkit.assumptions.sets import AssumptionSet, load_assumptions
from toolkit.base import store
from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.draws import Design
from toolkit.base.terms import TIERS, Mode, Tier
from toolkit.engine.sight import BEARING_STEPS, CM_PER_M
from toolkit.optics.camera_draws import draw_cameras
from toolkit.optics.catalogue import load_catalogue
from toolkit.optics.facing import turn_prob
from toolkit.routes.habits import side_rules
from toolkit.routes.meetings import Facing
from toolkit.siting import candidates
from toolkit.streets import manifest, reference_trips
from toolkit.streets.reference_trips import (
    AXES,
    INNER_SHARE,
    KINDS,
    MEASURED_MODES,
    N_NODES,
    OUTER_M,
    SIDES,
    WIDTH_DEG,
    WITHIN_DEG,
)

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "generated" / "reference-trips.md"

SEED = 1
MOST_SITES = 2500
"""Sites sampled of each kind, at junctions and along streets."""
OPTICS, PLACEMENTS = 30, 20
"""Cities drawn, and placements of the cameras of each."""
SITES_PER_KM = (0.15, 0.5, 1.5)
"""Sites per km of street at which meetings are counted: small systems to large ones."""
CLUSTER_SIZES = (np.inf, 1.0)
"""Shapes of the factors of districts at which meetings are counted: none, and as in most cities."""
LEAST_MEAN, MOST_HIT = 0.02, 0.98
"""Cities in which fewer or more trips meet a site say nothing about the spread between trips."""
_SIGNIFICANT: Final = 3
_TURN_STEPS: Final = 120
_STEP_DEG: Final = 360.0 / BEARING_STEPS

# --- the chance that one camera has a trip in view -------------------------------------------


def axis_weights(assumptions: AssumptionSet) -> FloatArray:
    """Return the probability of each direction of a camera, clockwise from its street.

    Returns
    -------
    weight
        By `AXES` and step of bearing, shape (2, `BEARING_STEPS`), rows sum to one.
    """
    across = assumptions.value("sites.bearing_across")
    spread = np.full(2, assumptions.value("sites.bearing_spread_deg"))
    turn = turn_prob(np.array([1.0, 0.0]), np.array([0.0, across]), spread)
    at = (np.arange(_TURN_STEPS) + 0.5) * 360.0 / _TURN_STEPS
    step = np.arange(BEARING_STEPS) * _STEP_DEG
    weight = np.array([np.interp(step, at, row, period=360.0) for row in turn])
    return np.asarray(weight / weight.sum(axis=1, keepdims=True))


def _trips_by_point(region: Region, mode: Mode) -> tuple[IntArray, IntArray, IntArray]:
    """Return the trips at each point, of those away from home: row starts, trip and direction."""
    routes = region.trips[mode].trips
    away = routes.route % 2 == 0
    point, trip, forward = routes.point[away], routes.route[away], routes.forward[away]
    order = np.argsort(point, kind="stable")
    start = np.searchsorted(point[order], np.arange(len(region.points.length) + 1))
    return start, trip[order], forward[order].astype(np.int64)


def rates(
    region: Region, mode: Mode, assumptions: AssumptionSet, name: str, most: int = MOST_SITES
) -> FloatArray:
    """Measure A, see `toolkit.streets.reference_trips`.

    A site counts in the rings that lie inside the region all around it, and trips on their points
    as far from its edge, so that what lies beyond is not taken as missing.

    Parameters
    ----------
    region, mode
        Where, and by which mode.
    assumptions
        Share of sites at junctions and directions of cameras.
    name
        Seed of the sample of sites.
    most
        Most sites of each kind, at junctions and along streets.

    Returns
    -------
    rate
        Shape (sides, axes, `N_NODES`).
    """
    groups, seen = region.groups, region.sight
    size_m = mixed_size(groups, assumptions.value("city.junction_site_share"))
    start, trip_of, forward_of = _trips_by_point(region, mode)
    heading = np.floor((0.25 - region.points.heading_rad / (2 * np.pi)) * BEARING_STEPS + 0.5)
    heading = heading.astype(np.int64) % BEARING_STEPS
    chance = np.zeros((len(AXES), len(SIDES), len(OUTER_M), len(INNER_SHARE), len(WIDTH_DEG)))
    straight = axis_weights(assumptions)
    half_steps = np.array(WIDTH_DEG) / 2 / _STEP_DEG
    for kind, at in (("junction", groups.at_junction), ("stretch", ~groups.at_junction)):
        rng = Design(1, SEED).generator(f"{name}:{mode}:{kind}")
        pool = np.flatnonzero(at)
        chosen = np.sort(rng.choice(pool, min(len(pool), most), replace=False))
        for site in chosen:
            rows = slice(seen.start[site], seen.start[site + 1])
            # 1. Pairs of point in view and trip through it, by trip.
            point = seen.point[rows].astype(np.int64)
            number = start[point + 1] - start[point]
            pair = np.repeat(np.arange(len(point)), number)
            if not len(pair):
                continue
            begin = np.repeat(start[point] - np.cumsum(number) + number, number)
            index = begin + np.arange(len(pair))
            trip = trip_of[index]
            order = np.argsort(trip, kind="stable")
            pair, index, trip = pair[order], index[order], trip[order]
            # 2. Angle between the direction of travel and the camera.
            bearing = seen.bearing[rows].astype(np.int64)[pair]
            travel = heading[point[pair]] + np.where(forward_of[index] == 1, 0, BEARING_STEPS // 2)
            off = (travel - bearing - BEARING_STEPS // 2) % BEARING_STEPS
            ahead = np.minimum(off, BEARING_STEPS - off)
            # 3. Directions of cameras at this site: its street turns them.
            turn = round(groups.street_deg[site] / _STEP_DEG)
            add_chances(
                trip, seen.distance_cm[rows][pair] / CM_PER_M, bearing, ahead,
                np.roll(straight, turn, axis=1), half_steps, np.array(OUTER_M),
                np.array(INNER_SHARE), WITHIN_DEG / _STEP_DEG, region.site_edge_m[site],
                size_m[site] * len(pool) / len(chosen), chance,
            )  # fmt: skip
    # 4. Length of trips as far from the edge.
    length = np.diff(start) * region.points.length
    travelled = np.array([length[region.point_edge_m >= outer].sum() for outer in OUTER_M])
    # Metres of sites times chance, over metres travelled: per camera per km and km travelled.
    rate = chance / travelled[:, None, None]
    return np.asarray(rate.swapaxes(0, 1).reshape(len(SIDES), len(AXES), N_NODES))


# --- from the mean to the share of trips ------------------------------------------------------


def facing_of(assumptions: AssumptionSet, n_draws: int) -> Facing:
    """Return the side that each tier needs, at the angle measured."""
    return Facing(side_rules(assumptions), np.full(n_draws, WITHIN_DEG))


def uneven(mean: FloatArray, none: FloatArray) -> float:
    """Return 1 / shape of the negative binomial that leaves as many trips without a site.

    Parameters
    ----------
    mean, none
        Mean number of sites met, and share of trips that meet none, by placement.

    Notes
    -----
    (1 + m / k)^-k summed over placements equals the sum of `none`.
    """
    used = (mean > LEAST_MEAN) & (1 - none < MOST_HIT)
    if not used.any():
        return 0.0

    def excess(inverse: float) -> float:
        return float((np.exp(-np.log1p(mean[used] * inverse) / inverse) - none[used]).sum())

    low, high = 1e-3, 50.0
    if excess(low) > 0:
        return 0.0
    return float(optimize.brentq(excess, low, high)) if excess(high) > 0 else high


def spreads(region: Region, mode: Mode, assumptions: AssumptionSet) -> dict[str, Any]:
    """Measure what turns the mean number of sites met into the share of trips that meet any."""
    drawn = Design(OPTICS, SEED)
    cameras = take_draws(
        draw_cameras(load_catalogue(), assumptions, drawn, brand=None),
        np.repeat(np.arange(OPTICS), PLACEMENTS),
    )
    per_site = np.repeat(assumptions.draw("sites.cameras_per_site", drawn), PLACEMENTS)
    n_draws = OPTICS * PLACEMENTS
    found: dict[float, list[Counted]] = {size: [] for size in CLUSTER_SIZES}
    for j, per_km in enumerate(SITES_PER_KM):
        for size in CLUSTER_SIZES:
            found[size].append(
                count_met(
                    region, mode, cameras, facing_of(assumptions, n_draws),
                    Design(n_draws, SEED + 1 + j),
                    Placing(
                        sites_per_km=np.full(n_draws, per_km), per_site=per_site,
                        junction_share=assumptions.value("city.junction_site_share"),
                        cluster_size=np.full(n_draws, size),
                    ),
                )
            )  # fmt: skip
    even, clustered = (found[size] for size in CLUSTER_SIZES)

    def means(counted: Counted, kind: str) -> FloatArray:
        return np.asarray(counted.sites[kind].mean(axis=2))

    def inverse_shapes(counted: list[Counted], kind: str) -> FloatArray:
        mean = np.concatenate([means(c, kind) for c in counted])
        none = np.concatenate([(c.sites[kind] == 0).mean(axis=2) for c in counted])
        return np.array([uneven(mean[:, t], none[:, t]) for t in range(len(TIERS))])

    single = sum(means(c, "trip").sum(axis=0) for c in even)
    kinds = {}
    for kind in KINDS:
        total = sum(means(c, kind).sum(axis=0) for c in even)
        alone, together = inverse_shapes(even, kind), inverse_shapes(clustered, kind)
        kinds[kind] = {
            "ratio": _shorts(np.divide(total, single, out=np.ones_like(single), where=single > 0)),
            "uneven": _shorts(alone),
            "by_district": _shorts(np.maximum(together - alone, 0.0) * CLUSTER_SIZES[1]),
        }
    by_site, whole = _placement_variance(even)
    more = np.maximum(_placement_variance(clustered)[1] - whole, 0.0)
    return {
        "kinds": kinds,
        "placement": _shorts(np.maximum(by_site, 0.0)),
        "placement_by_district": _shorts(more * CLUSTER_SIZES[1] * region.n_districts),
    }


def _placement_variance(counted: list[Counted]) -> tuple[FloatArray, FloatArray]:
    """Return the relative variance of the mean number met between placements, by tier.

    The first is multiplied by the number of able sites. The covariance of two halves of the homes
    stands for the variance, which few trips would raise. Cities count by the square of what is met
    per site.
    """
    by_site, whole, square = (np.zeros(len(TIERS)) for _ in range(3))
    for per_km, one in zip(SITES_PER_KM, counted, strict=True):
        there_and_back = one.sites["trip"].reshape(*one.able_sites.shape, -1, 2).mean(axis=3)
        halves = [
            there_and_back[..., k::2].mean(axis=2).reshape(OPTICS, PLACEMENTS, -1) / per_km
            for k in range(2)
        ]
        middle = [half.mean(axis=1) for half in halves]
        off = [half - mid[:, None] for half, mid in zip(halves, middle, strict=True)]
        shared = (off[0] * off[1]).sum(axis=1) / (PLACEMENTS - 1)
        able = one.able_sites.reshape(OPTICS, PLACEMENTS, -1).mean(axis=1)
        by_site += (shared * able).sum(axis=0)
        whole += shared.sum(axis=0)
        square += (middle[0] * middle[1]).sum(axis=0)
    square = np.maximum(square, np.finfo(float).tiny)
    return by_site / square, whole / square


def _shorts(values: FloatArray) -> list[float]:
    return [_short(v) for v in values]


def _short(value: float) -> float:
    return float(f"{value:.{_SIGNIFICANT}g}")


def measure(
    network: Network, assumptions: AssumptionSet, model: candidates.SitingModel, name: str
) -> dict[str, Any]:
    """Measure everything that the file states about one network."""
    region = make_region(network, assumptions, model, with_buildings=False)
    row: dict[str, Any] = {"street_km": round(region.street_km, 1), "modes": {}}
    for mode in MEASURED_MODES:
        row["modes"][mode] = {
            "rate": _shorts(rates(region, mode, assumptions, name).ravel()),
            **spreads(region, mode, assumptions),
        }
    if len(network.buildings):
        walled = make_region(network, assumptions, model)
        for mode in MEASURED_MODES:
            blocked = rates(walled, mode, assumptions, name).ravel()
            row["modes"][mode]["blocked_rate"] = _shorts(blocked)
    return row


# --- writing ----------------------------------------------------------------------------------


def to_json(rows: list[dict[str, Any]]) -> str:
    """Return the text of the file: one line per network, checked against the schema."""
    whole = {
        "schema": reference_trips.SCHEMA,
        "attribution": manifest.OSM_ATTRIBUTION,
        "outer_m": OUTER_M,
        "inner_share": INNER_SHARE,
        "width_deg": WIDTH_DEG,
        "within_deg": WITHIN_DEG,
    }
    reference_trips.TripFile.model_validate({**whole, "networks": rows})
    lines = ",\n".join(json.dumps(r, sort_keys=True, separators=(",", ":")) for r in rows)
    return f'{json.dumps(whole)[:-1]}, "networks": [\n{lines}\n]}}\n'


class Example(NamedTuple):
    """A measured ring near to those of a tier."""

    tier: Tier
    mode: Mode
    side: str
    outer_m: float
    inner_share: float
    width_deg: float

    def rate(self, row: dict[str, Any]) -> float:
        """Return A of a camera that looks along its street in the central share of cases."""
        shape = (len(SIDES), len(AXES), len(OUTER_M), len(INNER_SHARE), len(WIDTH_DEG))
        looks = np.array(row["modes"][self.mode]["rate"]).reshape(shape)[
            SIDES.index(self.side),
            :,
            OUTER_M.index(self.outer_m),
            INNER_SHARE.index(self.inner_share),
            WIDTH_DEG.index(self.width_deg),
        ]
        along = load_assumptions().value("sites.bearing_along")
        return float(along * looks[0] + (1.0 - along) * looks[1])


EXAMPLES: Final = (
    Example("seen", "motorcycle", "any", 55.0, 0.25, 100.0),
    Example("face", "foot", "one", 12.0, 0.5, 25.0),
    Example("plate", "motorcycle", "either", 26.0, 0.75, 25.0),
)


def table(rows: list[dict[str, Any]]) -> str:
    """Return the table of the document."""
    heads = [
        f"{e.tier}, {e.mode}: {e.inner_share * e.outer_m:g}-{e.outer_m:g} m, {e.width_deg:g}°"
        for e in EXAMPLES
    ]
    heads += [f"1 / k, {e.tier}, {e.mode}" for e in EXAMPLES]
    lines = [
        f"| Network | Streets km | {' | '.join(heads)} |",
        "|---|--:" + "|--:" * len(heads) + "|",
    ]
    names = {s.id: f"{s.name}, {s.country}" for s in SOURCES}
    found = np.array([[e.rate(r) for e in EXAMPLES] for r in rows])
    for r, one in zip(rows, found, strict=True):
        cells = [f"{v:.3g}" for v in one]
        for e in EXAMPLES:
            uneven_of = r["modes"][e.mode]["kinds"]["trip"]["uneven"][TIERS.index(e.tier)]
            large = r["street_km"] >= reference_trips.LEAST_SPREAD_KM
            cells.append(f"{uneven_of:.2f}" if large else "-")
        lines.append(f"| {names[r['id']]} | {r['street_km']:,.0f} | {' | '.join(cells)} |")
    spread = np.log(found).std(axis=0, ddof=1)
    cells = [f"{v:.2f}" for v in spread] + [""] * len(EXAMPLES)
    return (
        "\n".join([*lines, f"| Standard deviation of logarithms | | {' | '.join(cells)} |"]) + "\n"
    )


_DOCUMENT = """# Trips in the reference networks

Written by `scripts/measure_trips.py`; do not edit. What is measured, and what it is for:
[method](../method/reference-networks.md#trips-without-streets); sources and licence:
[reference networks](reference-networks.md#sources-and-licence).

Cameras met per trip, over cameras per km of street and km of the trip, without buildings: A at
measured rings near to those of three tiers (faces from in front, plates from both ends). And 1 / k,
how unevenly trips meet sites, without districts. Networks of less than {least:g} km: too small for
that.

{table}
"""


def document(rows: list[dict[str, Any]]) -> str:
    """Return the text of docs/generated/reference-trips.md."""
    return _DOCUMENT.format(least=reference_trips.LEAST_SPREAD_KM, table=table(rows).rstrip())


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
        network, digest, _ = read_source(source, folder)
        found = measure(network, assumptions, model, source.id)
        known[source.id] = {"id": source.id, "sha256": digest, **found}
    return [known[s.id] for s in sorted(SOURCES, key=lambda s: s.id) if s.id in known]


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description="Measure trips in the reference networks.")
    parser.add_argument("--neatnet", type=Path, help=f"unpacked source of {NEATNET}")
    parser.add_argument("--data", type=Path, help="folder with the further files")
    parser.add_argument("--only", nargs="+", default=[], choices=[s.id for s in SOURCES])
    given = parser.parse_args()
    out = store.builtin_dir() / reference_trips.FILE
    kept = json.loads(out.read_bytes())["networks"] if out.exists() else []
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
    store.write_text(DOCUMENT, document(rows))
    print(f"{reference_trips.FILE} holds {len(rows)} networks")


if __name__ == "__main__":
    main()
