"""A maker of files and names that an import must survive.

Each case says what has to come of it: an error in one sentence, or an import that counts what was
wrong. Everything is made from a small street drawing in each of the formats; nothing is kept in
the repository.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import os
import sqlite3
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely

LON, LAT, STEP = 10.0, 50.0, 0.002
"""A place far from every city that the toolkit knows."""
ERROR = "error"


@dataclass(frozen=True)
class Case:
    """A file or a name to be imported.

    Attributes
    ----------
    name
        What is wrong, in short.
    target
        What is handed to the import.
    expected
        `ERROR`, or the figure that must be above 0 in the pack, or "" for a plain import.
    """

    name: str
    target: str
    expected: str


Make = Callable[[Path], Iterator[tuple[str, str, "bytes | str", str]]]


def streets() -> gpd.GeoDataFrame:
    """Return a ladder of twelve streets."""
    lines, classes = [], []
    for k in range(6):
        lines.append([(LON + k * STEP, LAT), (LON + k * STEP, LAT + 5 * STEP)])
        lines.append([(LON, LAT + k * STEP), (LON + 5 * STEP, LAT + k * STEP)])
        classes += ["residential", "primary"]
    names = [f"Street {n}" for n in range(len(lines))]
    frame = {"osm_id": range(100, 100 + len(lines)), "highway": classes, "name": names}
    return gpd.GeoDataFrame(frame, geometry=[shapely.LineString(x) for x in lines], crs="EPSG:4326")


def cases(folder: Path) -> list[Case]:
    """Write all files into a folder and return what is to be imported."""
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Case] = []
    for make in (_osm, _pbf, _packed, _graphml, _gpkg, _geojson, _parquet, _shapefile):
        sub = folder / make.__name__.strip("_")
        sub.mkdir()
        for what, name, content, expected in make(sub):
            place = sub / what.replace(" ", "-").replace("/", "-")
            place.mkdir(exist_ok=True)
            path = place / name
            if content is not KEPT:
                data = content.encode() if isinstance(content, str) else content
                path.write_bytes(data)
            made.append(Case(f"{make.__name__.strip('_')}: {what}", str(path), expected))
    return made + list(_names(folder / "names"))


KEPT: Any = object()
"""The maker has written the file itself."""


# --- OpenStreetMap XML ----------------------------------------------------------------------


def osm_text(
    extra: str = "", *, lon: float = LON, lat: float = LAT, way: str = "", head: str = ""
) -> str:
    nodes = "".join(
        f'<node id="{i}" version="1" lon="{lon + STEP * (i % 4)}" lat="{lat + STEP * (i // 4)}"/>'
        for i in range(1, 9)
    )
    way = way or (
        '<way id="1" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/>'
        '<tag k="highway" v="residential"/></way>'
    )
    return f'<?xml version="1.0"?>{head}<osm version="0.6">{nodes}{way}{extra}</osm>'


def _way(number: int, refs: list[int], **tags: str) -> str:
    nds = "".join(f'<nd ref="{r}"/>' for r in refs)
    kv = "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
    return f'<way id="{number}" version="1">{nds}{kv}</way>'


LAUGHS = '<!DOCTYPE osm [<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10)
) + "]>"  # fmt: skip
EXTERNAL = '<!DOCTYPE osm [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
PARAMETER = '<!DOCTYPE osm [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]>'


def _osm(_: Path) -> Iterator[tuple[str, str, bytes | str, str]]:
    whole = osm_text()
    street = {"highway": "residential"}
    for share in (1, 30, 60, 99):
        yield f"cut at {share} percent", "a.osm", whole[: len(whole) * share // 100], ERROR
    yield "empty", "a.osm", "", ERROR
    yield "a web page", "a.osm", "<html><body>Not found</body></html>", ERROR
    yield "wrong magic", "a.osm", os.urandom(0) + bytes(range(256)) * 8, ERROR
    yield "a pbf named osm", "a.osm", b"\0\0\0\x0d\x0a\x09OSMHeader\x18\x10", ERROR
    yield "nothing in it", "a.osm", '<osm version="0.6"/>', ERROR
    yield "no streets", "a.osm", osm_text(way=_way(1, [1, 2], waterway="river")), ERROR
    broken = _way(1, [1, 2, 99, 3, 4], **street)
    yield "missing nodes", "a.osm", osm_text(way=broken), "missing_node_refs"
    yield "all nodes missing", "a.osm", osm_text(way=_way(1, [91, 92], **street)), ERROR
    same = _way(1, [1, 1], **street) + _way(2, [1, 2, 3], **street)
    yield "no length", "a.osm", osm_text(way=same), "pieces_dropped"
    yield "only no length", "a.osm", osm_text(way=_way(1, [1, 1], **street)), ERROR
    yield "duplicate way", "a.osm", osm_text(way=_way(1, [1, 2], **street) * 2), "duplicate_ids"
    yield "not sorted", "a.osm", osm_text(way=_way(2, [1, 2], **street) + _way(1, [2, 3])), ""
    for value in ("nan", "inf", "", "50,1"):
        node = f'<node id="9" version="1" lon="{value}" lat="50"/>'
        yield f"longitude {value}", "a.osm", whole.replace("<way", f"{node}<way"), ERROR
    outside = '<node id="9" version="1" lon="190" lat="50"/>'
    text = osm_text(way=outside + _way(1, [1, 2, 9, 3, 4], **street))
    yield "outside the world", "a.osm", text, "missing_node_refs"
    yield "swapped", "a.osm", osm_text(lon=16.8, lat=96.15), ERROR
    across = (
        '<node id="11" version="1" lon="179.999" lat="1"/>'
        '<node id="12" version="1" lon="-179.999" lat="1"/>'
    )
    yield "antimeridian", "a.osm", osm_text(way=across + _way(1, [11, 12], **street)), ""
    yield "billion laughs", "a.osm", osm_text(head=LAUGHS, extra="&a9;"), ERROR
    yield "external entity", "a.osm", osm_text(head=EXTERNAL, extra="&x;"), ERROR
    yield "parameter entity", "a.osm", osm_text(head=PARAMETER), ERROR
    deep = "<a>" * 100_000 + "</a>" * 100_000
    yield "deep tags", "a.osm", osm_text(extra=deep), ERROR
    long = _way(1, [1, 2, 3], highway="residential", name="x" * 2_000_000)
    yield "huge name", "a.osm", osm_text(way=long), ERROR
    names = _way(1, [1, 2, 3], highway="residential", name="a&#10;&#9;\u202e&lt;b&gt;\x85")
    yield "control characters", "a.osm", osm_text(way=names), ""
    yield "forbidden characters", "a.osm", whole.replace("residential", "a\x01b"), ERROR
    yield "wrong encoding", "a.osm", whole.replace("residential", "rés").encode("latin-1"), ERROR
    wide = whole.replace('"1.0"', '"1.0" encoding="utf-7"', 1)
    yield "unknown encoding", "a.osm", wide, ERROR
    many = _way(1, [1, 2] * 10_000, **street)
    yield "way over and over", "a.osm", osm_text(way=many), ERROR
    loop = (
        '<relation id="5" version="1"><member type="relation" ref="5" role="outer"/>'
        '<tag k="type" v="multipolygon"/><tag k="building" v="yes"/></relation>'
    )
    yield "relation of itself", "a.osm", osm_text(extra=loop), ""
    big = whole.replace('id="8"', 'id="9223372036854775807"')
    yield "largest id", "a.osm", big, ERROR
    yield "id too large", "a.osm", whole.replace('id="8"', 'id="99999999999999999999"'), ERROR
    bow = "".join(
        f'<node id="{20 + i}" version="1" lon="{LON + x}" lat="{LAT + y}"/>'
        for i, (x, y) in enumerate([(0, 0), (0.002, 0.002), (0.002, 0), (0, 0.002)])
    )
    house = _way(1, [1, 2, 3], **street) + _way(2, [20, 21, 22, 23, 20], building="yes")
    yield "bow tie building", "a.osm", osm_text(way=bow + house), "buildings_repaired"
    yield "changes, no map", "a.osm", "<osmChange version='0.6'><create/></osmChange>", ERROR


# --- PBF ------------------------------------------------------------------------------------


def pbf_bytes(folder: Path) -> bytes:
    import osmium

    source, target = folder / "source.osm", folder / "source.osm.pbf"
    source.write_text(osm_text(), encoding="utf-8")
    with osmium.SimpleWriter(str(target)) as writer:
        for item in osmium.FileProcessor(str(source)):
            writer.add(item)
    return target.read_bytes()


def _varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out, number = out + bytes([number & 0x7F | 0x80]), number >> 7
    return out + bytes([number])


def _block(kind: bytes, blob: bytes, declared: int | None = None) -> bytes:
    size = len(blob) if declared is None else declared
    header = b"\x0a" + _varint(len(kind)) + kind + b"\x18" + _varint(size)
    return struct.pack(">I", len(header)) + header + blob


def _pbf(folder: Path) -> Iterator[tuple[str, str, bytes | str, str]]:
    whole = pbf_bytes(folder)
    for at in (2, 10, 40, len(whole) // 2, len(whole) - 1):
        yield f"cut at {at} bytes", "a.osm.pbf", whole[:at], ERROR
    yield "empty", "a.osm.pbf", b"", ERROR
    yield "noise", "a.osm.pbf", bytes(range(256)) * 20, ERROR
    yield "xml named pbf", "a.osm.pbf", osm_text(), ERROR
    yield "header of 4 GB", "a.osm.pbf", b"\xff\xff\xff\xff" + whole[4:], ERROR
    yield "blob of 4 GB", "a.osm.pbf", _block(b"OSMHeader", whole[20:], 0xFFFFFFFF), ERROR
    yield "blob of 2 GB", "a.osm.pbf", _block(b"OSMHeader", whole[20:], 0x7FFFFFFF), ERROR
    yield "blob longer than file", "a.osm.pbf", _block(b"OSMHeader", whole[20:], 5000), ERROR
    packed = zlib.compress(b"\0" * 1000)
    lies = b"\x10" + _varint(0x7FFFFFFF) + b"\x1a" + _varint(len(packed)) + packed
    yield "raw size of 2 GB", "a.osm.pbf", _block(b"OSMHeader", lies), ERROR
    bomb = zlib.compress(b"\0" * 30_000_000, 9)
    lies = b"\x10" + _varint(30_000_000) + b"\x1a" + _varint(len(bomb)) + bomb
    yield "zlib bomb", "a.osm.pbf", _block(b"OSMHeader", lies), ERROR
    small = b"\x10" + _varint(10) + b"\x1a" + _varint(len(bomb)) + bomb
    yield "raw size too small", "a.osm.pbf", _block(b"OSMHeader", small), ERROR
    yield "another kind of block", "a.osm.pbf", _block(b"OSMDatax", whole[20:]), ERROR
    yield "block without end", "a.osm.pbf", whole + b"\0\0\0\x0d", ERROR
    turned = bytearray(whole)
    turned[len(whole) * 2 // 3] ^= 0xFF
    yield "one byte turned", "a.osm.pbf", bytes(turned), ERROR


# --- packed ---------------------------------------------------------------------------------


def _gz_bomb(size: int, head: bytes) -> bytes:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    parts = [packer.compress(head)]
    parts += [packer.compress(b" " * (1 << 20)) for _ in range(size >> 20)]
    return b"".join([*parts, packer.flush()])


def _packed(_: Path) -> Iterator[tuple[str, str, bytes | str, str]]:
    text = osm_text().encode()
    packed = gzip.compress(text)
    yield "plain gz", "a.osm.gz", packed, ""
    yield "plain bz2", "a.osm.bz2", bz2.compress(text), ""
    for at in (5, len(packed) // 2, len(packed) - 4):
        yield f"gz cut at {at}", "a.osm.gz", packed[:at], ERROR
    yield "bz2 cut", "a.osm.bz2", bz2.compress(text)[:-10], ERROR
    yield "gz named bz2", "a.osm.bz2", packed, ERROR
    yield "text named gz", "a.osm.gz", text, ""
    wrong = bytearray(packed)
    wrong[-6] ^= 0xFF
    yield "gz with wrong sum", "a.osm.gz", bytes(wrong), ERROR
    yield "gz bomb", "a.osm.gz", _gz_bomb(1 << 29, b'<osm version="0.6">'), ERROR
    comment = b'<osm version="0.6"><!-- '
    yield "gz bomb in a comment", "a.osm.gz", _gz_bomb(1 << 28, comment), ERROR
    yield "bz2 bomb", "a.osm.bz2", bz2.compress(b'<osm version="0.6">' + b" " * (1 << 26)), ERROR
    yield "gz in gz", "a.osm.gz", gzip.compress(packed), ERROR


# --- GraphML --------------------------------------------------------------------------------

_KEYS = (
    '<key id="x" for="node" attr.name="x" attr.type="string"/>'
    '<key id="y" for="node" attr.name="y" attr.type="string"/>'
    '<key id="h" for="edge" attr.name="highway" attr.type="string"/>'
    '<key id="g" for="edge" attr.name="geometry" attr.type="string"/>'
    '<key id="o" for="edge" attr.name="osmid" attr.type="string"/>'
    '<key id="w" for="edge" attr.name="oneway" attr.type="string"/>'
    '<key id="c" for="graph" attr.name="crs" attr.type="string"/>'
)


def graphml_text(
    *,
    crs: str = "epsg:4326",
    x: str = str(LON + STEP),
    edges: str = "",
    data: str = "",
    head: str = "",
    keys: str = _KEYS,
) -> str:
    places = {"1": (str(LON), str(LAT)), "2": (x, str(LAT)), "3": (str(LON), str(LAT + STEP))}
    nodes = "".join(
        f'<node id="{n}"><data key="x">{a}</data><data key="y">{b}</data></node>'
        for n, (a, b) in places.items()
    )
    street = f'<data key="h">residential</data><data key="o">7</data>{data}'
    edges = edges or (
        f'<edge source="1" target="2">{street}</edge><edge source="1" target="3">{street}</edge>'
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{head}<graphml>{keys}<graph edgedefault="directed">'
        f'<data key="c">{crs}</data>{nodes}{edges}</graph></graphml>'
    )


def _graphml(_: Path) -> Iterator[tuple[str, str, bytes | str, str]]:
    whole = graphml_text()
    name = "a.graphml"
    for share in (1, 50, 99):
        yield f"cut at {share} percent", name, whole[: len(whole) * share // 100], ERROR
    yield "empty", name, "", ERROR
    yield "wrong magic", name, b"SQLite format 3\0" * 30, ERROR
    yield "osm named graphml", name, osm_text(), ERROR
    yield "no graph", name, "<graphml/>", ERROR
    yield "no crs", name, graphml_text(crs=""), ERROR
    for crs in ("EPSG:999999", "+init=/etc/passwd:1", "http://localhost/x", "x" * 100_000, "WGS"):
        yield f"crs {crs[:12]}", name, graphml_text(crs=crs), ERROR
    yield "wrong crs", name, graphml_text(crs="EPSG:32647"), ERROR
    for x in ("nan", "inf", "__import__('os')", ""):
        yield f"x {x[:8]}", name, graphml_text(x=x), "nodes_without_position"
    yield (
        "no such node",
        name,
        graphml_text(edges='<edge source="1" target="77"/><edge source="1" target="2"/>'),
        "edges_without_nodes",
    )
    yield (
        "same place",
        name,
        graphml_text(edges='<edge source="1" target="1"/><edge source="1" target="2"/>'),
        "lines_without_length",
    )
    yield "only same place", name, graphml_text(edges='<edge source="1" target="1"/>'), ERROR
    double = f'<node id="1"><data key="x">{LON}</data></node>'
    yield "duplicate ids", name, whole.replace("<edge", f"{double}<edge", 1), ""
    yield "hostile types", name, graphml_text(keys=_KEYS.replace('"string"', '"os.system"')), ERROR
    code = "[__import__(&apos;os&apos;).system(&apos;touch /tmp/owned&apos;)]"
    yield "code for a list", name, graphml_text(data=f'<data key="w">{code}</data>'), ""
    nested = "[" * 50_000 + "]" * 50_000
    yield "deep list", name, graphml_text(data=f'<data key="w">{nested}</data>'), ""
    minus = "[" + "-" * 200_000 + "1]"
    yield "long list", name, graphml_text(data=f'<data key="w">{minus}</data>'), ""
    yield "big number", name, graphml_text(data=f'<data key="o">{"9" * 10_000}</data>'), ""
    for wkt in ("LINESTRING (nan nan, 1 1)", "GEOMETRYCOLLECTION (" * 50_000, "POINT (1 1)", "no"):
        yield (
            f"geometry {wkt[:8]} {len(wkt)}",
            name,
            graphml_text(data=f'<data key="g">{wkt}</data>'),
            "geometry_unreadable",
        )
    far = '<data key="g">LINESTRING (99 10, 99.1 10)</data>'
    yield "geometry elsewhere", name, graphml_text(data=far), ""
    yield "deep tags", name, graphml_text(edges="<a>" * 50_000), ERROR
    huge = f'<data key="g">{"1" * 30_000_000}</data>'
    yield "huge value", name, graphml_text(data=huge), ERROR
    yield "endless tag", name, whole[:-20] + "<edge " + "a" * 40_000_000, ERROR
    yield "two graphs", name, whole.replace("</graphml>", "<graph/></graphml>"), ERROR
    for what, head in (("laughs", LAUGHS), ("external", EXTERNAL), ("parameter", PARAMETER)):
        yield f"entity {what}", name, graphml_text(head=head), ERROR
    yield "forbidden characters", name, whole.replace("residential", "\x01"), ERROR
    yield "wrong encoding", name, whole.replace("residential", "é").encode("latin-1"), ERROR
    yield (
        "antimeridian",
        name,
        graphml_text(data='<data key="g">LINESTRING (179.9 1, -179.9 1)</data>'),
        ERROR,
    )


# --- GeoPackage -----------------------------------------------------------------------------


def _saved(frame: gpd.GeoDataFrame, path: Path, driver: str, **how: Any) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.to_file(path, driver=driver, **how)
    return path.read_bytes()


def _changed(path: Path, whole: bytes, *statements: str, values: tuple[Any, ...] = ()) -> bytes:
    """Return a GeoPackage after some SQL."""
    path.write_bytes(whole)
    base = sqlite3.connect(path)
    base.create_function("ST_IsEmpty", 1, lambda _: 0)
    for function in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
        base.create_function(function, 1, lambda _: 0.0)
    for statement in statements:
        base.execute(statement, values if "?" in statement else ())
    base.commit()
    base.close()
    return path.read_bytes()


def line_wkb(points: list[tuple[float, float]]) -> bytes:
    flat = [value for point in points for value in point]
    return struct.pack(f"<BII{len(flat)}d", 1, 2, len(points), *flat)


def _gp(wkb: bytes, flags: int = 1) -> bytes:
    return b"GP\0" + bytes([flags]) + struct.pack("<i", 4326) + wkb


def _gpkg(folder: Path) -> Iterator[tuple[str, str, bytes | str, str]]:  # noqa: PLR0915
    whole = _saved(streets(), folder / "base.gpkg", "GPKG", layer="streets")
    work = folder / "work.gpkg"
    name = "a.gpkg"
    for at in (10, 100, 5000, len(whole) // 2):
        yield f"cut at {at}", name, whole[:at], ERROR
    yield "empty", name, b"", ERROR
    yield "wrong magic", name, b"PK\3\4" + whole[4:], ERROR
    vrt = '<OGRVRTDataSource><OGRVRTLayer name="a"><SrcDataSource>/vsicurl/http://127.0.0.1:9/a'
    yield "vrt in disguise", name, vrt, ERROR
    yield "geojson in disguise", name, '{"type":"FeatureCollection","features":[]}', ERROR
    noise = np.random.default_rng(1).integers(0, 256, len(whole) - 200, dtype=np.uint8)
    yield "noise after the header", name, whole[:200] + noise.tobytes(), ERROR
    plain = folder / "plain.db"
    base = sqlite3.connect(plain)
    base.execute("CREATE TABLE streets (geom BLOB)")
    base.commit()
    base.close()
    yield "another database", name, plain.read_bytes(), ERROR
    one = "UPDATE streets SET geom = ? WHERE fid = 1"

    def with_blob(blob: bytes | str | None) -> bytes:
        return _changed(work, whole, one, values=(blob,))

    bad = "geometry_unreadable"
    yield "geometry of noise", name, with_blob(b"\xff" * 100), bad
    yield "geometry as text", name, with_blob("LINESTRING (0 0, 1 1)"), bad
    yield "geometry too short", name, with_blob(b"GP\0\1"), bad
    huge = struct.pack("<BII", 1, 2, 0xFFFFFFFF) + b"\0" * 32
    yield "line of 4 billion points", name, with_blob(_gp(huge)), bad
    nested = struct.pack("<BII", 1, 7, 1) * 200_000
    yield "nested collections", name, with_blob(_gp(nested)), bad
    lists = struct.pack("<BII", 1, 5, 1) * 200_000
    yield "nested lists of lines", name, with_blob(_gp(lists)), bad
    yield (
        "not a number",
        name,
        with_blob(_gp(line_wkb([(np.nan, 1), (2, 2)]))),
        "features_outside_world",
    )
    yield (
        "infinite",
        name,
        with_blob(_gp(line_wkb([(np.inf, 1), (2, 2)]))),
        "features_outside_world",
    )
    yield (
        "no length",
        name,
        with_blob(_gp(line_wkb([(LON, LAT), (LON, LAT)]))),
        "lines_without_length",
    )
    yield (
        "antimeridian",
        name,
        with_blob(_gp(line_wkb([(179.9, 1), (-179.9, 1)]))),
        "features_across_antimeridian",
    )
    yield "no geometry", name, with_blob(None), "features_without_geometry"
    many = _gp(shapely.MultiPoint([(LON, LAT), (LON, LAT + 1)]).wkb)
    yield "points", name, with_blob(many), "features_of_other_kinds"
    mixed = shapely.GeometryCollection([shapely.Point(1, 1)])
    yield "collection", name, with_blob(_gp(mixed.wkb)), bad
    srs = "UPDATE gpkg_geometry_columns SET srs_id = "
    yield "undefined crs", name, _changed(work, whole, f"{srs}-1"), ERROR
    yield "crs that is not there", name, _changed(work, whole, f"{srs}4711"), ERROR
    yield (
        "wrong crs",
        name,
        _changed(
            work,
            whole,
            "UPDATE gpkg_spatial_ref_sys SET organization_coordsys_id = 32647 WHERE srs_id = 4326",
        ),
        ERROR,
    )
    yield (
        "hostile crs",
        name,
        _changed(
            work,
            whole,
            "UPDATE gpkg_spatial_ref_sys SET organization = 'x', "
            "definition = '+proj=longlat +nadgrids=/etc/passwd' WHERE srs_id = 4326",
        ),
        ERROR,
    )
    yield "no rows", name, _changed(work, whole, "DELETE FROM streets"), ERROR
    yield "table gone", name, _changed(work, whole, "DROP TABLE streets"), ERROR
    yield (
        "view for a table",
        name,
        _changed(
            work,
            whole,
            "ALTER TABLE streets RENAME TO real",
            "UPDATE gpkg_geometry_columns SET table_name = 'v'",
            "CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT i AS fid, zeroblob(1000000000) AS geom FROM n",
        ),
        ERROR,
    )
    yield (
        "computed column",
        name,
        _changed(work, whole, "ALTER TABLE streets ADD COLUMN lanes AS (hex(zeroblob(200000000)))"),
        ERROR,
    )
    yield (
        "hostile table name",
        name,
        _changed(
            work,
            whole,
            'ALTER TABLE streets RENAME TO "a""; DROP TABLE x; --"',
            "UPDATE gpkg_geometry_columns SET table_name = 'a\"; DROP TABLE x; --'",
            "UPDATE gpkg_contents SET table_name = 'a\"; DROP TABLE x; --'",
        ),
        "",
    )
    yield (
        "huge text",
        name,
        _changed(
            work, whole, "UPDATE streets SET name = printf('%.*c', 8000000, 'x') WHERE fid = 1"
        ),
        "",
    )
    yield (
        "control characters",
        name,
        _changed(
            work, whole, "UPDATE streets SET name = char(1, 10, 8238, 27) || 'x' WHERE fid = 1"
        ),
        "",
    )
    yield (
        "bytes for text",
        name,
        _changed(work, whole, "UPDATE streets SET name = CAST(x'ff00fe' AS TEXT), highway = x'ff'"),
        "classes_unknown",
    )
    tangle = streets().iloc[np.zeros(3000, dtype=int)].copy()
    rng = np.random.default_rng(2)
    ends = rng.uniform(0, 0.1, (3000, 2, 2)) + np.array([LON, LAT])
    tangle.geometry = shapely.linestrings(ends)
    yield "all lines cross", name, _saved(tangle, folder / "x.gpkg", "GPKG", layer="s"), ERROR


# --- GeoJSON --------------------------------------------------------------------------------


def geojson(features: str | None = None, **members: Any) -> str:
    listed = json.loads(streets().to_json(drop_id=True))["features"] if features is None else []
    made = {"type": "FeatureCollection", **members, "features": listed}
    text = json.dumps(made)
    return text if features is None else text[:-2] + features + "]}"


def feature(coordinates: str, kind: str = "LineString", properties: str = "{}") -> str:
    return (
        f'{{"type":"Feature","properties":{properties},'
        f'"geometry":{{"type":"{kind}","coordinates":{coordinates}}}}}'
    )


GOOD = feature(f"[[{LON},{LAT}],[{LON + STEP},{LAT}]]", properties='{"highway":"primary"}')


def _geojson(_: Path) -> Iterator[tuple[str, str, bytes | str, str]]:
    whole = geojson()
    name = "a.geojson"
    for share in (1, 50, 99):
        yield f"cut at {share} percent", name, whole[: len(whole) * share // 100], ERROR
    yield "empty", name, "", ERROR
    yield "only spaces", name, " " * 1000, ERROR
    yield "wrong magic", name, b"SQLite format 3\0" + bytes(100), ERROR
    yield "a list", name, "[1, 2, 3]", ERROR
    yield "vrt in disguise", name, "<OGRVRTDataSource/>", ERROR
    yield "no features", name, geojson(""), ERROR
    yield "features no list", name, '{"type":"FeatureCollection","features":{"a":1}}', ERROR
    yield "deep lists", name, geojson(feature("[" * 200_000 + "]" * 200_000)), ERROR
    yield (
        "deep properties",
        name,
        geojson(feature("[[0,0],[1,1]]", properties='{"a":' * 100_000 + "1" + "}" * 100_000)),
        ERROR,
    )
    yield (
        "link for a crs",
        name,
        geojson(
            crs={"type": "link", "properties": {"href": "http://127.0.0.1:9/x", "type": "proj4"}}
        ),
        ERROR,
    )
    for crs in ("http://127.0.0.1:9/x", "+init=/etc/passwd:1", "EPSG:0", "urn:x" * 9999):
        members = {"crs": {"type": "name", "properties": {"name": crs}}}
        yield f"crs {crs[:12]}", name, geojson(**members), ERROR
    wrong = {"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32647"}}}
    yield "wrong crs", name, geojson(**wrong), ERROR
    yield "crs a number", name, geojson(crs=7), ERROR
    unreadable = "geometry_unreadable"
    for what, shape in (
        ("null points", feature("[[null,null],[1,1]]")),
        ("text for points", feature('[["a","b"],[1,1]]')),
        ("one point", feature(f"[[{LON},{LAT}]]")),
        ("numbers for points", feature("[1,2,3]")),
        ("an object for points", feature('{"a":1}')),
        ("unknown kind", feature("[[0,0],[1,1]]", "Circle")),
        ("no coordinates", '{"type":"Feature","geometry":{"type":"LineString"}}'),
        ("a collection", '{"geometry":{"type":"GeometryCollection","geometries":[]}}'),
        ("feature a number", "17"),
    ):
        yield what, name, geojson(f"{GOOD},{shape}"), unreadable
    yield "not a number", name, geojson(f"{GOOD},{feature('[[NaN,1],[1,1]]')}"), ERROR
    yield "infinite", name, geojson(f"{GOOD},{feature('[[Infinity,1],[1,1]]')}"), ERROR
    yield "1e400", name, geojson(f"{GOOD},{feature('[[1e400,1],[1,1]]')}"), unreadable
    yield "swapped", name, geojson(feature("[[16.8,96.1],[16.81,96.1]]")), ERROR
    yield "metres for degrees", name, geojson(feature("[[700000,5000000],[700100,5000000]]")), ERROR
    yield (
        "antimeridian",
        name,
        geojson(f"{GOOD},{feature('[[179.9,1],[-179.9,1]]')}"),
        "features_across_antimeridian",
    )
    yield (
        "both sides of the world",
        name,
        geojson(f"{feature('[[179.9,1],[179.91,1]]')},{feature('[[-179.9,1],[-179.91,1]]')}"),
        ERROR,
    )
    yield "no length", name, geojson(f"{GOOD},{feature('[[1,1],[1,1]]')}"), "lines_without_length"
    long = f"[{LON},{LAT},{10**400}],[{LON},{LAT + STEP},5,6,7]"
    yield "many dimensions", name, geojson(f"{GOOD},{feature(f'[{long}]')}"), ""
    yield "number of 9999 digits", name, geojson(feature(f"[[{'9' * 9999},1],[1,1]]")), ERROR
    wide = json.dumps({"highway": "primary", "name": "x" * 5_000_000, "lanes": [1, [2]]})
    good = f"[[{LON},{LAT}],[{LON},{LAT + STEP}]]"
    yield "huge text", name, geojson(feature(good, properties=wide)), ""
    odd = json.dumps({"highway": {"a": 1}, "name": ["\u202e\x1b", None, {}], "u": 1e308, "v": {}})
    yield "odd values", name, geojson(feature(good, properties=odd)), "classes_unknown"
    yield (
        "half a surrogate",
        name,
        geojson(feature(good, properties='{"name":"\\ud800","highway":"primary"}')),
        "",
    )
    yield "utf-16", name, whole.encode("utf-16"), ERROR
    yield "latin-1", name, whole.replace("Street", "Straße").encode("latin-1"), ERROR
    yield "with byte order mark", name, "\ufeff" + whole, ""
    yield "duplicate features", name, geojson(f"{GOOD},{GOOD},{GOOD}"), "double_lines"
    ids = GOOD.replace('"primary"', '"primary","osm_id":5')
    other = ids.replace(str(LAT), str(LAT + STEP))
    yield "duplicate ids", name, geojson(f"{ids},{other}"), ""
    yield "unknown classes", name, geojson(GOOD.replace("primary", "<script>")), "classes_unknown"


# --- GeoParquet -----------------------------------------------------------------------------


def parquet_bytes(
    wkb: list[Any] | None = None, geo: Any = None, kind: Any = None, **columns: Any
) -> bytes:
    frame = streets()
    blobs = list(shapely.to_wkb(frame.geometry.to_numpy())) if wkb is None else wkb
    described = {"encoding": "WKB", "geometry_types": []}
    geo = geo or {"version": "1.0.0", "primary_column": "geometry"}
    if isinstance(geo, dict):
        geo = {"columns": {"geometry": described}, **geo}
    metadata = {b"geo": geo if isinstance(geo, bytes) else json.dumps(geo).encode()}
    table = pa.table(
        {
            "highway": pa.array(["primary"] * len(blobs)),
            **columns,
            "geometry": pa.array(blobs, kind),
        }
    )
    out = io.BytesIO()
    pq.write_table(table.replace_schema_metadata(metadata), out, compression="zstd")
    return out.getvalue()


def _parquet(_: Path) -> Iterator[tuple[str, str, bytes | str, str]]:  # noqa: PLR0915
    import pickle

    whole = parquet_bytes()
    name = "a.parquet"
    for at in (3, 50, len(whole) // 2, len(whole) - 5):
        yield f"cut at {at}", name, whole[:at], ERROR
    yield "empty", name, b"", ERROR
    yield "wrong magic", name, b"PAR2" + whole[4:-4] + b"PAR2", ERROR
    yield "noise", name, b"PAR1" + bytes(range(256)) * 20 + b"PAR1", ERROR
    footer = struct.pack("<I", 0x7FFFFFFF)
    yield "footer of 2 GB", name, whole[:-8] + footer + b"PAR1", ERROR
    turned = bytearray(whole)
    turned[len(whole) - 60] ^= 0xFF
    yield "one byte turned", name, bytes(turned), ERROR
    plain = io.BytesIO()
    pq.write_table(pa.table({"a": [1, 2]}), plain)
    yield "no geometry", name, plain.getvalue(), ERROR
    yield "metadata no json", name, parquet_bytes(geo=b"{" * 100_000), ERROR
    yield "metadata a list", name, parquet_bytes(geo=b"[1]"), ERROR
    pickled = pickle.dumps({"primary_column": "geometry"})
    yield "metadata pickled", name, parquet_bytes(geo=pickled), ERROR
    blobs = [pickle.dumps(g) for g in streets().geometry]
    yield "geometry pickled", name, parquet_bytes(wkb=blobs), ERROR
    extra = pa.array([pickle.dumps(print)] * 12)
    yield "pickled column", name, parquet_bytes(name=extra), ""
    kind = {b"ARROW:extension:name": b"arrow.py_extension_type"}
    field = pa.field("name", pa.binary(), metadata={**kind, b"ARROW:extension:metadata": pickled})
    table = pq.read_table(io.BytesIO(whole)).append_column(field, extra)
    out = io.BytesIO()
    pq.write_table(table, out)
    yield "pickled type", name, out.getvalue(), ""
    nested = struct.pack("<BII", 1, 7, 1) * 200_000
    good = [*shapely.to_wkb(streets().geometry.to_numpy())]
    yield "nested collections", name, parquet_bytes(wkb=[*good, nested]), "geometry_unreadable"
    huge = struct.pack("<BII", 1, 2, 0xFFFFFFFF)
    yield "line of 4 billion points", name, parquet_bytes(wkb=[*good, huge]), "geometry_unreadable"
    yield "null geometry", name, parquet_bytes(wkb=[*good, None]), "features_without_geometry"
    yield "numbers for geometry", name, parquet_bytes(wkb=[1, 2, 3]), ERROR
    native = {"geometry": {"encoding": "linestring", "geometry_types": []}}
    yield (
        "another encoding",
        name,
        parquet_bytes(
            wkb=[[[1.0, 2.0]]] * 3, geo={"primary_column": "geometry", "columns": native}
        ),
        ERROR,
    )
    for what, crs in (
        ("null", None),
        ("text", "http://127.0.0.1:9/x"),
        ("hostile", {"type": "GeographicCRS", "name": "x"}),
        ("deep", {"type": "BoundCRS", "name": "x", "source_crs": {}}),
    ):
        described = {"geometry": {"encoding": "WKB", "crs": crs}}
        yield (
            f"crs {what}",
            name,
            parquet_bytes(geo={"primary_column": "geometry", "columns": described}),
            ERROR,
        )
    bomb = pa.array(["x" * 100_000] * 12)
    yield "huge text", name, parquet_bytes(name=bomb), ""
    empty = io.BytesIO()
    rows = 30_000_000
    geo = {b"geo": json.dumps({"primary_column": "g", "columns": {"g": {"encoding": "WKB"}}})}
    nulls = pa.table({"g": pa.nulls(rows, pa.binary())}).replace_schema_metadata(geo)
    pq.write_table(nulls, empty, compression="zstd")
    yield "30 million nulls", name, empty.getvalue(), ERROR
    zeros = io.BytesIO()
    blob = pa.array([bytes(100_000_000)] * 2, pa.binary())
    table = pa.table({"g": blob}).replace_schema_metadata(geo)
    pq.write_table(table, zeros, compression="zstd", use_dictionary=False)
    yield "zeros that unpack", name, zeros.getvalue(), ERROR


# --- shapefile ------------------------------------------------------------------------------


def _zipped(parts: dict[str, bytes], **how: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **how) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def _shapefile(folder: Path) -> Iterator[tuple[str, str, bytes | str, str]]:  # noqa: PLR0915
    _saved(streets(), folder / "base.shp", "ESRI Shapefile")
    parts = {s: (folder / f"base{s}").read_bytes() for s in (".shp", ".dbf", ".prj", ".shx")}
    name = "a.zip"

    def zipped(**changed: bytes | None) -> bytes:
        files = {**parts, **{f".{k}": v for k, v in changed.items()}}
        return _zipped({f"a{k}": v for k, v in files.items() if v is not None})

    whole = zipped()
    shp = parts[".shp"]
    yield "plain zip", name, whole, ""
    for at in (3, len(whole) // 2, len(whole) - 10):
        yield f"zip cut at {at}", name, whole[:at], ERROR
    yield "empty", name, b"", ERROR
    yield "wrong magic", name, b"Rar!" + whole[4:-30], ERROR
    yield "nothing zipped", name, _zipped({"readme.txt": b"hello"}), ERROR
    for at in (20, 104, 130, len(shp) - 8):
        yield f"shp cut at {at}", name, zipped(shp=shp[:at]), ERROR
    yield "shp of noise", name, zipped(shp=b"noise" * 200), ERROR
    vrt = b"<OGRVRTDataSource/>"
    yield "vrt for shp", name, zipped(shp=vrt), ERROR
    yield "no prj", name, zipped(prj=None), ERROR
    yield "noise for prj", name, zipped(prj=b"\xff\xfe" * 50), ERROR
    grids = b'GEOGCS["x",DATUM["x",SPHEROID["x",6378137,298],EXTENSION["PROJ4_GRIDS","/etc/x"]]]'
    yield "grids in prj", name, zipped(prj=grids), ERROR
    yield "deep prj", name, zipped(prj=b"GEOGCS[" * 100_000), ERROR
    yield "no dbf", name, zipped(dbf=None), "table_rows_missing"
    yield "short dbf", name, zipped(dbf=parts[".dbf"][:-200]), ERROR
    yield "dbf of a few bytes", name, zipped(dbf=b"\3abc"), ERROR
    lies = struct.pack("<BBBBIHH", 3, 26, 1, 1, 0xFFFFFFFF, 65, 1) + parts[".dbf"][12:]
    yield "dbf of 4 billion rows", name, zipped(dbf=lies), ERROR
    zero = parts[".dbf"][:10] + b"\0\0" + parts[".dbf"][12:]
    yield "dbf rows of no bytes", name, zipped(dbf=zero), ERROR
    yield "unknown code page", name, zipped(cpg=b"rot13"), ""
    yield "code page of noise", name, zipped(cpg=b"\xff\0../../x"), ""
    many = bytearray(shp)
    struct.pack_into("<i", many, 100 + 8 + 36, 0x7FFFFFFF)
    yield "2 billion parts", name, zipped(shp=bytes(many)), "geometry_unreadable"
    points = bytearray(shp)
    struct.pack_into("<i", points, 100 + 8 + 40, 0x7FFFFFFF)
    yield "2 billion points", name, zipped(shp=bytes(points)), "geometry_unreadable"
    long = bytearray(shp)
    struct.pack_into(">i", long, 104, 0x7FFFFFFF)
    yield "record of 4 GB", name, zipped(shp=bytes(long)), ERROR
    minus = bytearray(shp)
    struct.pack_into(">i", minus, 104, -5)
    yield "record of minus bytes", name, zipped(shp=bytes(minus)), ERROR
    gone = bytearray(shp)
    struct.pack_into("<d", gone, 100 + 8 + 48, float("nan"))
    yield "not a number", name, zipped(shp=bytes(gone)), "features_outside_world"
    other = bytearray(shp)
    struct.pack_into("<i", other, 108, 31)
    yield "a patch", name, zipped(shp=bytes(other)), "geometry_unreadable"
    bomb = shp[:100] + b"\0" * (1 << 27)
    yield "zip bomb", name, _zipped({"a.shp": bomb}, compresslevel=1), ERROR
    yield "zip in zip", name, _zipped({"b.zip": whole}), ERROR
    crowd = _zipped({f"{i}.txt": b"" for i in range(12_000)})
    yield "zip of 12,000 files", name, crowd, ERROR
    two = _zipped({f"{a}{k}": v for k, v in parts.items() for a in "ab"})
    yield "two shapefiles", name, two, ERROR
    out = {f"../../../tmp/evil{k}": v for k, v in parts.items()}
    yield "names that lead out", name, _zipped(out), ""
    locked = bytearray(whole)
    for mark, at in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        start = locked.find(mark)
        while start >= 0:
            locked[start + at] |= 1
            start = locked.find(mark, start + 4)
    yield "locked zip", name, bytes(locked), ERROR
    beside = folder / "link-out"
    beside.mkdir()
    for suffix in (".shp", ".dbf"):
        (beside / f"a{suffix}").write_bytes(parts[suffix])
    (beside / "a.prj").symlink_to(folder / "base.prj")
    yield "link out", "a.shp", KEPT, ERROR


# --- names ----------------------------------------------------------------------------------


def _names(folder: Path) -> Iterator[Case]:
    folder.mkdir()
    real = folder / "inner"
    real.mkdir()
    outside = folder / "outside.geojson"
    outside.write_text(geojson(), encoding="utf-8")
    (real / "out.geojson").symlink_to(outside)
    (real / "passwd.geojson").symlink_to("/etc/passwd")
    (real / "zero.osm").symlink_to("/dev/zero")
    (real / "loop.osm").symlink_to(real / "loop.osm")
    (real / "dangling.osm").symlink_to(folder / "nothing")
    (folder / "outside.osm").write_text(osm_text(), encoding="utf-8")
    (real / "out.osm").symlink_to(folder / "outside.osm")
    os.mkfifo(real / "pipe.osm")
    os.mkfifo(real / "pipe.geojson")
    (real / "folder.gpkg").mkdir()
    (real / "folder.osm.pbf").mkdir()
    for name in ("a.csv", "a", "a.gpkg.txt"):
        (real / name).write_text("a,b\n", encoding="utf-8")
    here = str(outside)
    names = (
        f"/vsicurl/http://127.0.0.1:9/{outside.name}", f"/vsizip/{here}", f"/vsigzip/{here}",
        f"/vsitar/{here}", "/vsis3/bucket/a.gpkg", "/vsimem/a.gpkg", f"/vsisubfile/0_10,{here}",
        "/vsistdin/", f"VSIZIP/{here}", "http://127.0.0.1:9/a.osm", "https://127.0.0.1:9/a.osm.pbf",
        "ftp://127.0.0.1/a.osm", f"file://{here}", "s3://bucket/a.parquet", "//host/share/a.osm",
        "\\\\host\\share\\a.osm", f"\\\\?\\{here}", "\\\\.\\pipe\\a.osm", "/dev/zero",
        "/dev/stdin", "/proc/self/mem", "/proc/self/environ", "/proc/kmsg", "/etc", "/", "", ".",
        "..", "~root/a.osm", "~/a.osm", f"{here}\0.osm", f"{here}\n", "a\nb.osm",
        "x" * 5000 + ".osm",
        "/".join(["a" * 200] * 40), "\udcff.osm", f"{here}|layername=a", f"{here}?x=1",
        f"GPKG:{here}:streets", "PG:host=127.0.0.1", "WFS:http://127.0.0.1:9/", "nul.osm", "-rf",
        '{"type":"FeatureCollection","features":[]}', "<OGRVRTDataSource/>", "$(id).osm",
        "%2e%2e/a.osm", "a.osm,pbf", "con",
        *(str(real / n) for n in sorted(n.name for n in real.iterdir())),
    )  # fmt: skip
    for number, name in enumerate(names, 1):
        yield Case(
            f"name {number}: {name.encode('ascii', 'backslashreplace').decode()[-60:]}", name, ERROR
        )
