"""The street networks that are measured for cities without streets, and how each is read."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import sparse

from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.streets.pack import open_pack
from toolkit.streets.readers.osm import file
from toolkit.streets.schema import JUNCTION_DEGREE

NEATNET = "neatnet==0.1.6"
NEATNET_SHA256 = "a1f760e0875a7f42a778d86293c397b37ee61e71fba49769c2b3db30271a7fff"

_CLASSES = (
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
    "living_street", "road",
)  # fmt: skip
DRIVE_CLASSES: Final = frozenset(_CLASSES) | {f"{c}_link" for c in _CLASSES[:5]}
"""Highway values that count: streets for cars without service roads, tracks and footways."""
_NOT_OUTDOORS: Final = ("tunnel", "underground", "indoor")

Lines = NDArray[np.object_]


@dataclass(frozen=True)
class Source:
    """Where one network comes from.

    Attributes
    ----------
    kind
        How its file is read.
    path
        File inside the folder of its kind, or the name of the city pack.
    buildings
        Whether its buildings are complete enough to block views.
    """

    id: str
    name: str
    country: str
    kind: Literal["neatnet", "pack", "osm", "graphml"]
    path: str
    buildings: bool = False


SOURCES: Final = (
    Source("aleppo", "Aleppo", "Syria", "neatnet", "data/aleppo_1133/original.parquet"),
    Source("auckland", "Auckland", "New Zealand", "neatnet", "data/auckland_869/original.parquet"),
    Source("bucaramanga", "Bucaramanga", "Colombia", "neatnet",
           "data/bucaramanga_4617/original.parquet"),
    Source("douala", "Douala", "Cameroon", "neatnet", "data/douala_809/original.parquet"),
    Source("liege", "Liège", "Belgium", "neatnet", "data/liege_1656/original.parquet"),
    Source("salt-lake-city", "Salt Lake City", "United States", "neatnet",
           "data/slc_4881/original.parquet"),
    Source("wuhan", "Wuhan", "China", "neatnet", "data/wuhan_8989/original.parquet"),
    Source("helsinki-centre", "Helsinki centre", "Finland", "pack", "helsinki-centre",
           buildings=True),
    Source("balikpapan", "Balikpapan", "Indonesia", "graphml",
           "streets/balikpapan_kota_drive.graphml"),
    Source("baltimore", "Baltimore, east", "United States", "osm", "streets/baltimore.osm.pbf"),
    Source("bengaluru", "Bengaluru, centre", "India", "graphml",
           "streets/bengaluru_central_drive.graphml"),
    Source("liechtenstein", "Liechtenstein", "Liechtenstein", "osm",
           "streets/liechtenstein.osm.pbf", buildings=True),
    Source("north-bayreuth", "Bayreuth, north", "Germany", "osm",
           "streets/north-bayreuth.osm.gz", buildings=True),
    Source("porto", "Porto", "Portugal", "osm", "streets/porto.osm.pbf"),
)  # fmt: skip


@dataclass(frozen=True)
class Network:
    """A drive network in metres (UTM zone of its centre), from junction to junction.

    Attributes
    ----------
    lines, highway
        Streets and their class, shape (S,).
    junction_xy_m
        Nodes where three or more street ends meet, shape (J, 2).
    buildings
        Footprints, shape (B,).
    """

    lines: Lines
    highway: NDArray[np.str_]
    junction_xy_m: FloatArray
    buildings: Lines


def first_value(highway: object) -> str:
    """Return the first of several values of ``highway`` that were joined into one text."""
    found = re.search(r"[a-z_]+", str(highway))
    return found[0] if found else ""


def make_network(frame: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame | None = None) -> Network:
    """Make a network of a frame with `highway` and lines: drive classes, each street once."""
    highway = np.array([first_value(h) for h in frame["highway"]], dtype=str)
    kept = frame[np.isin(highway, sorted(DRIVE_CLASSES))]
    crs = kept.estimate_utm_crs()
    lines = np.asarray(kept.geometry.to_crs(crs).array, dtype=object)
    highway = highway[np.isin(highway, sorted(DRIVE_CLASSES))]
    # A two-way street may be given once per direction.
    _, once = np.unique(shapely.to_wkb(shapely.normalize(lines)), return_index=True)
    once.sort()
    lines, highway, junctions = join_streets(lines[once], highway[once])
    footprints = np.empty(0, dtype=object)
    if buildings is not None:
        footprints = np.asarray(buildings.geometry.to_crs(crs).array, dtype=object)
    return Network(lines, highway, junctions, footprints)


def join_streets(
    lines: Lines, highway: NDArray[np.str_]
) -> tuple[Lines, NDArray[np.str_], FloatArray]:
    """Join pieces that meet where no other street does, and return the junctions.

    Some sources cut at every vertex, others where a name changes; a group of candidate sites
    must not depend on that. Pieces of different class are not joined.

    Returns
    -------
    lines, highway
        Streets from junction to junction, shape (S,).
    junction_xy_m
        Nodes where at least three street ends meet, shape (J, 2).
    """
    n = len(lines)
    ends = np.vstack([shapely.get_coordinates(shapely.get_point(lines, k)) for k in (0, -1)])
    nodes, node_of = np.unique(np.round(ends, 2), axis=0, return_inverse=True)
    degree = np.bincount(node_of.ravel(), minlength=len(nodes))
    order = np.argsort(node_of.ravel(), kind="stable")
    first = np.concatenate([[0], np.cumsum(degree)])[:-1]
    passing = first[degree == 2]  # noqa: PLR2004
    one, other = order[passing] % n, order[passing + 1] % n
    same = highway[one] == highway[other]
    graph = sparse.coo_array((np.ones(same.sum()), (one[same], other[same])), shape=(n, n))
    n_joined, label = sparse.csgraph.connected_components(graph, directed=False)
    by_label = np.argsort(label, kind="stable")
    gathered = shapely.multilinestrings(lines[by_label], indices=label[by_label])
    joined, of_label = shapely.get_parts(shapely.line_merge(gathered), return_index=True)
    some_piece = np.zeros(n_joined, dtype=np.int64)
    some_piece[label] = np.arange(n)
    return (
        np.asarray(joined, dtype=object),
        highway[some_piece[of_label]],
        nodes[degree >= JUNCTION_DEGREE],
    )


def read_source(source: Source, folder: Path) -> tuple[Network, str, str]:
    """Read a network; return it with its hash and the sentence that cites it."""
    if source.kind == "pack":
        pack = open_pack(source.path)
        stamp = pack.manifest.source.osm_timestamp or "unknown date"
        cited = f"City pack {source.path} of this toolkit, OpenStreetMap data of {stamp[:10]}"
        return _from_layers(pack.streets, pack.buildings, source), pack.sha256, cited
    path = folder / source.path
    digest = store.sha256_file(path)
    if source.kind == "osm":
        extract = file.read_osm(path)
        stamp = extract.osm_timestamp or "unknown date"
        cited = f"OpenStreetMap extract {path.name}, data of {stamp[:10]}"
        layers = extract.layers
        return _from_layers(layers.streets, layers.buildings, source), digest, cited
    if source.kind == "graphml":
        import osmnx as ox

        graph = ox.load_graphml(path)
        made = str(graph.graph.get("created_date", "unknown date"))[:10]
        cited = f"OpenStreetMap drive network {path.name}, downloaded with OSMnx on {made}"
        return make_network(ox.graph_to_gdfs(graph, nodes=False)), digest, cited
    cited = (
        f"Source distribution of {NEATNET.replace('==', ' ')} (Fleischmann and others, 2026), "
        f"{source.path}: OpenStreetMap through OSMnx"
    )
    return make_network(gpd.read_parquet(path)), digest, cited


def _from_layers(lines: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, source: Source) -> Network:
    open_air = lines["drive"] & ~lines["cover"].isin(_NOT_OUTDOORS)
    return make_network(lines[open_air], buildings if source.buildings else None)


def download_neatnet(folder: Path) -> None:
    """Download the source distribution and unpack the networks, and nothing else, of it."""
    wanted = {s.path for s in SOURCES if s.kind == "neatnet"}
    pin = folder / "requirements.txt"
    pin.write_text(f"{NEATNET} --hash=sha256:{NEATNET_SHA256}\n", encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary=:all:",
         "--require-hashes", "--dest", str(folder), "--requirement", str(pin)],
        check=True,
    )  # fmt: skip
    with tarfile.open(next(folder.glob("neatnet-*.tar.gz"))) as archive:
        for member in archive.getmembers():
            relative = member.name.partition("/")[2]
            content = archive.extractfile(member) if relative in wanted else None
            if content is not None:
                store.write_bytes(folder / relative, content.read())
