"""Compare the import of ten cities from a country-size file with osmium-tool and OSMnx.

Makes a file of at least 20 million nodes by laying a real extract out in tiles, then measures wall
time and peak memory of (a) `toolkit.streets.install.import_file` for ten cities at the middles of
tiles, and (b) ``osmium extract`` of the same ten boxes followed by OSMnx reading and simplifying
each, one process per city. The import also takes buildings, places, signals and cameras, and writes
verified packs; the other side only has street graphs in memory at the end.

    python benchmarks/import_country.py --extract porto.osm.pbf [--boundary core]

``osmium`` must be installed (Debian and Ubuntu: osmium-tool). Linux and macOS only.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import osmium
from osmium.osm import mutable

from toolkit.streets.readers.extract import disc

LEAST_NODES: Final = 20_000_000
N_CITIES: Final = 10
COLUMNS: Final = 10
GAP_DEG: Final = 0.8
"""Empty space between tiles, so that the box of a city holds one tile only."""
_BYTES_PER_KIB: Final = 1024 if platform.system() != "Darwin" else 1

OSMNX: Final = """
import sys, osmnx as ox
graph = ox.graph_from_xml(sys.argv[1], simplify=False, retain_all=True)
kept = ["highway", "oneway", "bridge", "tunnel"]
graph = ox.simplify_graph(graph, edge_attrs_differ=kept)
print(len(graph), graph.number_of_edges())
"""


@dataclass(frozen=True)
class Tiling:
    """How an extract is laid out in tiles."""

    west: float
    south: float
    width_deg: float
    height_deg: float
    n: int

    def shift(self, tile: int) -> tuple[float, float]:
        """Return by how many degrees a tile is moved east and south."""
        row, column = divmod(tile, COLUMNS)
        return column * (self.width_deg + GAP_DEG), -row * (self.height_deg + GAP_DEG)

    def middle(self, tile: int) -> tuple[float, float]:
        """Return longitude and latitude of the middle of a tile."""
        east, north = self.shift(tile)
        return self.west + self.width_deg / 2 + east, self.south + self.height_deg / 2 + north


@dataclass(frozen=True)
class Run:
    """What one process took."""

    wall_s: float
    cpu_s: float
    peak_bytes: int


def measured(command: Sequence[str]) -> Run:
    """Run a command to its end and return its time and its peak memory."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        msg = f"{command[0]} ended with {process.returncode}"
        raise SystemExit(msg)
    cpu_s = usage.ru_utime + usage.ru_stime
    return Run(time.monotonic() - start, cpu_s, usage.ru_maxrss * _BYTES_PER_KIB)


def _objects(extract: Path, kind: Any) -> Iterator[Any]:  # noqa: ANN401
    return iter(osmium.FileProcessor(str(extract), kind))


def tile(extract: Path, country: Path, least_nodes: int) -> Tiling:
    """Write a file of copies of an extract, side by side, with ids of their own.

    Ids are numbered without gaps, which is kind to both sides: real ones are spread over ten
    thousand million, and sets of them take more memory.
    """
    nodes = [
        (o.id, o.location.lon, o.location.lat, dict(o.tags) or None)
        for o in _objects(extract, osmium.osm.NODE)
    ]
    ways = [
        (o.id, [n.ref for n in o.nodes], dict(o.tags)) for o in _objects(extract, osmium.osm.WAY)
    ]
    relations = [
        ([(m.type, m.ref, m.role) for m in o.members], dict(o.tags))
        for o in _objects(extract, osmium.osm.RELATION)
    ]
    node_rank = {row[0]: k + 1 for k, row in enumerate(nodes)}
    way_rank = {row[0]: k + 1 for k, row in enumerate(ways)}
    lon, lat = [row[1] for row in nodes], [row[2] for row in nodes]
    tiling = Tiling(
        min(lon), min(lat), max(lon) - min(lon), max(lat) - min(lat),
        math.ceil(least_nodes / len(nodes)),
    )  # fmt: skip
    with osmium.SimpleWriter(str(country), overwrite=True) as writer:
        for t in range(tiling.n):
            east, north = tiling.shift(t)
            base = t * len(nodes)
            for number, x, y, tags in nodes:
                at = (x + east, y + north)
                writer.add_node(mutable.Node(id=base + node_rank[number], location=at, tags=tags))
        for t in range(tiling.n):
            base = t * len(nodes)
            for number, refs, tags in ways:
                kept = [base + node_rank[ref] for ref in refs if ref in node_rank]
                identity = t * len(ways) + way_rank[number]
                writer.add_way(mutable.Way(id=identity, nodes=kept, tags=tags))
        for t in range(tiling.n):
            for k, (members, tags) in enumerate(relations):
                here = [
                    (kind, t * len(ranks) + ranks[ref], role)
                    for kind, ref, role in members
                    for ranks in [{"n": node_rank, "w": way_rank}.get(kind, {})]
                    if ref in ranks
                ]
                number = t * len(relations) + k + 1
                writer.add_relation(mutable.Relation(id=number, members=here, tags=tags))
    return tiling


def city_tiles(tiling: Tiling) -> list[int]:
    """Return the tiles whose middles are cities, spread over the file."""
    return [k * tiling.n // N_CITIES for k in range(N_CITIES)]


def run_import(country: Path, middles: list[tuple[float, float]], boundary: str) -> None:
    """Import the cities; this is the process that is measured."""
    from toolkit.base.terms import Names
    from toolkit.streets import install
    from toolkit.streets.boundary import parse_boundary
    from toolkit.streets.cities import City

    cities = [
        City(id=f"city-{k}", name=Names(en=f"City {k}", my=f"City {k}"), lat=lat, lon=lon,
             admin="invented")
        for k, (lon, lat) in enumerate(middles)
    ]  # fmt: skip
    report = install.import_file(country, cities=cities, boundary=parse_boundary(boundary))
    for made in report.installed:
        print(made.pack, made.manifest.boundary.length_km)


def run_other(country: Path, boxes: list[list[float]], folder: Path) -> tuple[Run, list[Run]]:
    """Cut the boxes out with osmium-tool and read each with OSMnx."""
    config = folder / "extracts.json"
    names = [f"city-{k}.osm" for k in range(len(boxes))]
    content = {
        "directory": str(folder),
        "extracts": [{"output": name, "bbox": box} for name, box in zip(names, boxes, strict=True)],
    }
    config.write_text(json.dumps(content), encoding="utf-8")
    cut = measured(["osmium", "extract", "--overwrite", "--config", str(config), str(country)])
    script = folder / "read.py"
    script.write_text(OSMNX, encoding="utf-8")
    read = []
    for name in names:
        read.append(measured([sys.executable, str(script), str(folder / name)]))
        print(f"  OSMnx {name}: {read[-1].wall_s:.0f} s, {read[-1].peak_bytes / 1e6:.0f} MB")
    return cut, read


def main() -> int:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--extract", type=Path, help="real extract of which tiles are made")
    parser.add_argument("--nodes", type=int, default=LEAST_NODES)
    parser.add_argument("--boundary", default="core", help="core or radius:METRES")
    parser.add_argument("--country", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--middles", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.middles:
        run_import(options.country, json.loads(options.middles), options.boundary)
        return 0
    if options.extract is None or shutil.which("osmium") is None:
        parser.error("give --extract, and install osmium (Debian package osmium-tool)")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        compare(options, folder)
    return 0


def compare(options: argparse.Namespace, folder: Path) -> None:
    """Measure both sides and print what they took."""
    from toolkit.streets.boundary import REACH_M, parse_boundary

    country = folder / "country.osm.pbf"
    start = time.monotonic()
    tiling = tile(options.extract, country, options.nodes)
    size_mb = country.stat().st_size / 1e6
    print(f"{tiling.n} tiles, {size_mb:.0f} MB, made in {time.monotonic() - start:.0f} s")
    middles = [tiling.middle(t) for t in city_tiles(tiling)]
    os.environ["CAMERA_TOOLKIT_HOME"] = str(folder / "home")
    ours = measured([
        sys.executable, __file__, "--country", str(country), "--middles", json.dumps(middles),
        "--boundary", options.boundary,
    ])  # fmt: skip
    print(f"import: {ours.wall_s:.0f} s, {ours.peak_bytes / 1e6:.0f} MB", flush=True)
    choice = parse_boundary(options.boundary)
    reach_m = choice.radius_m or REACH_M
    boxes = [list(disc(lon, lat, reach_m).bounds) for lon, lat in middles]
    cut, read = run_other(country, boxes, folder)
    osmnx = Run(
        sum(run.wall_s for run in read), sum(run.cpu_s for run in read),
        max(run.peak_bytes for run in read),
    )  # fmt: skip
    both = Run(
        cut.wall_s + osmnx.wall_s, cut.cpu_s + osmnx.cpu_s, max(cut.peak_bytes, osmnx.peak_bytes)
    )
    print(f"\n| ten cities, boundary {options.boundary} | wall s | processor s | peak MB |")
    print("|---|---|---|---|")
    rows = {"import": ours, "osmium extract": cut, "OSMnx, ten processes": osmnx, "both": both}
    for name, run in rows.items():
        print(f"| {name} | {run.wall_s:.0f} | {run.cpu_s:.0f} | {run.peak_bytes / 1e6:.0f} |")
    ratios = (
        ours.wall_s / both.wall_s, ours.cpu_s / both.cpu_s, ours.peak_bytes / both.peak_bytes
    )  # fmt: skip
    print("| import / both | " + " | ".join(f"{ratio:.2f}" for ratio in ratios) + " |")


if __name__ == "__main__":
    sys.exit(main())
