"""Small files that are made to take long or much: each is refused, or counted, in bounded work."""

from __future__ import annotations

import json
import math
import os
import re
import select
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from drawn_tables import CROSS, LAT, LON, STEP, frame, write_gpkg

TIMEOUT_S = 30.0
"""Ten times what is promised, since other programs run at the same time."""
MAX_MB = 300.0
WORKER = Path(__file__).parents[1] / "helpers" / "bounded_worker.py"

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="memory is measured as on Linux"
)


class Reader:
    """A process that reads one file after the other."""

    def __init__(self, folder: Path) -> None:
        warm = write_gpkg(frame(CROSS, highway=["primary"] * 2), folder / "warm")
        self.process = subprocess.Popen(
            [sys.executable, str(WORKER), str(warm)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, "PYTHONPATH": str(WORKER.parents[2]), "MALLOC_ARENA_MAX": "2"},
        )  # fmt: skip

    def read(self, target: Path, what: str = "") -> dict[str, Any]:
        stdin, stdout = self.process.stdin, self.process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(json.dumps({"what": what, "target": str(target)}) + "\n")
        stdin.flush()
        if not select.select([stdout], [], [], TIMEOUT_S)[0]:
            self.stop()
            pytest.fail(f"not read within {TIMEOUT_S:.0f} s")
        return dict(json.loads(stdout.readline() or '{"message": "died"}'))

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with tempfile.TemporaryDirectory() as folder:
        made = Reader(Path(folder))
        yield made
        made.stop()


def collection(*features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def feature(shape: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": shape, "properties": properties}


def line(*points: Any, **properties: Any) -> dict[str, Any]:
    return feature({"type": "LineString", "coordinates": points}, **properties)


STREETS = [line([LON, LAT], [LON + STEP, LAT], highway="primary", name=f"S{k}") for k in range(2)]


def scattered(number: int, size: float = STEP, seed: int = 0) -> Any:
    """Return points at random in a square."""
    return np.random.default_rng(seed).uniform((LON, LAT), (LON + size, LAT + size), (number, 2))


def tangle(corners: int) -> list[list[float]]:
    drawn = scattered(corners).tolist()
    return [*drawn, drawn[0]]


# --- what is made ---------------------------------------------------------------------------


def _building_of_crossing_corners(path: Path) -> None:
    shape = {"type": "Polygon", "coordinates": [tangle(1900)]}
    path.write_text(collection(*STREETS, feature(shape, building="yes")))


def _buildings_within_one_another(path: Path) -> None:
    boxes = [shapely.box(LON - k, LAT - k, LON + k, LAT + k) for k in np.linspace(1e-5, 1, 20_000)]
    shape = json.loads(shapely.to_geojson(shapely.MultiPolygon(boxes)))
    path.write_text(collection(*STREETS, feature(shape, building="yes")))


def _many_small_tangles(path: Path) -> None:
    shape = {"type": "Polygon", "coordinates": [tangle(25)]}
    path.write_text(collection(*STREETS, *[feature(shape, building="yes")] * 400))


def _lines_that_all_cross(path: Path) -> None:
    south, north = scattered(5000), scattered(5000, seed=1) + np.array([0.0, 10 * STEP])
    both = zip(south.tolist(), north.tolist(), strict=True)
    path.write_text(collection(*(line(*ends) for ends in both)))


def _line_that_crosses_itself(path: Path) -> None:
    path.write_text(collection(line(*tangle(90_000), highway="primary")))


def _deep_collection(path: Path) -> None:
    deep = '{"type":"GeometryCollection","geometries":[' * 50_000
    path.write_text(f'{{"features":[{{"type":"Feature","geometry":{deep}')


def _number_of_many_digits(path: Path) -> None:
    whole = collection(*STREETS)
    path.write_text(whole.replace('"name": "S1"', '"lanes": ' + "9" * 100_000))


def _no_numbers(path: Path) -> None:
    path.write_text(collection(line([LON, math.nan], [LON, math.inf]), *STREETS))


def _coordinate_beyond_numbers(path: Path) -> None:
    path.write_text(collection(*STREETS).replace(str(LON), "1" * 400, 1))


def _text_of_50_mb(path: Path) -> None:
    path.write_text(collection(line([LON, LAT], [LON + STEP, LAT], highway="x" * 50_000_000)))


def _properties(path: Path) -> None:
    many = {f"p{k}": k for k in range(500_000)}
    path.write_text(collection(line([LON, LAT], [LON + STEP, LAT], highway="primary", **many)))


def _junctions_and_signals_at_one_point(path: Path) -> None:
    # A star of five streets for each of many nodes that lie at the same point.
    rows = [
        line([LON, LAT], [LON + STEP, LAT + k * 1e-7], highway="primary", u=k // 3, v=10**6 + k)
        for k in range(9_000)
    ]
    signal = {"type": "Point", "coordinates": [LON, LAT]}
    path.write_text(collection(*rows, *[feature(signal, highway="traffic_signals")] * 3_000))


def _streets_on_one_another(path: Path) -> None:
    ends = [LON, LAT], [LON + STEP, LAT]
    path.write_text(collection(*(line(*ends, osm_id=k) for k in range(1, 20_000))))


def _line_of_many_points(path: Path) -> None:
    east = np.linspace(LON, LON + 1, 700_000)
    shape = shapely.LineString(np.column_stack([east, LAT + 1e-4 * np.sin(east * 1e4)]))
    write_gpkg(frame([shape], highway=["primary"]), path)


def _line_that_enters_and_leaves(path: Path) -> None:
    points = np.column_stack([
        np.linspace(LON, LON + 1, 90_000), LAT + STEP * (np.arange(90_000) % 2)
    ])  # fmt: skip
    write_gpkg(frame([shapely.LineString(points)], highway=["primary"]), path)


def _parquet(path: Path, table: pa.Table, **how: Any) -> None:
    described = {"primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB"}}}
    described["version"] = "1.0.0"
    made = table.replace_schema_metadata({"geo": json.dumps(described)})
    pq.write_table(made, path, compression="zstd", **how)


def _coded(value: Any, rows: int, kind: Any = None) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, "i4")), pa.array([value], kind))


WAY = shapely.LineString([(LON, LAT), (LON + STEP, LAT)]).wkb


def _texts_of_a_dictionary(path: Path) -> None:
    shapes = shapely.to_wkb(shapely.points(np.linspace(LON, LON + 1, 90_000), LAT))
    shapes[0] = WAY
    table = pa.table({"geometry": shapes, "name": _coded("x" * 1_000_000, 90_000)})
    _parquet(path, table, dictionary_pagesize_limit=1 << 24)


def _shapes_of_a_dictionary(path: Path) -> None:
    long = _coded(shapely.LineString(scattered(2_000)).wkb, 20_000)
    _parquet(path, pa.table({"geometry": long}), dictionary_pagesize_limit=1 << 24)


def _rows_of_nothing(path: Path) -> None:
    _parquet(path, pa.table({"geometry": _coded(WAY, 4_900_000)}))


def _columns_of_parquet(path: Path) -> None:
    many = {f"c{k}": pa.array([k]) for k in range(60_000)}
    _parquet(path, pa.table({"geometry": [WAY], **many}))


def _headings(path: Path) -> None:
    path.write_text("lat,lon," + ",".join(f"c{k}" for k in range(500_000)) + "\n16,96\n")


def _features_of_many_names(path: Path) -> None:
    many = {f"p{k}": k for k in range(500_000)}
    path.write_text(collection(feature({"type": "Point", "coordinates": [LON, LAT]}, **many)))


def _notes_at_one_point(path: Path) -> None:
    rows = [f"16.77,96.16,{k % 360},note {k}" for k in range(99_000)]
    path.write_text("lat,lon,direction,note\n" + "\n".join(rows) + "\n")


def _tangled_boundary(path: Path) -> None:
    path.write_text(collection(feature({"type": "Polygon", "coordinates": [tangle(1900)]})))


def _boundary_of_strips(path: Path) -> None:
    at = np.arange(2000) * 1e-6
    strips = [
        *shapely.box(LON + at, LAT, LON + at + 5e-7, LAT + 1),
        *shapely.box(LON, LAT + at, LON + 1, LAT + at + 5e-7),
    ]
    shapes = (json.loads(text) for text in shapely.to_geojson(strips))
    path.write_text(collection(*(feature(shape) for shape in shapes)))


Make = Callable[[Path], None]
REFUSED: list[tuple[str, str, Make, str]] = [
    ("a.geojson", "", _lines_that_all_cross, "too many lines on top of one another"),
    ("a.geojson", "", _line_that_crosses_itself, "too many lines on top of one another"),
    ("a.geojson", "", _streets_on_one_another, "too many lines on top of one another"),
    ("a.geojson", "", _junctions_and_signals_at_one_point, "too many lines on top of one another"),
    ("a.geojson", "", _deep_collection, "cannot be read as GeoJSON"),
    ("a.geojson", "", _number_of_many_digits, "cannot be read as GeoJSON"),
    ("a.geojson", "", _no_numbers, "is no number in JSON"),
    ("a.parquet", "", _shapes_of_a_dictionary, "unpacks to more than"),
    ("a.parquet", "", _rows_of_nothing, "more rows than its size can hold"),
    ("a.parquet", "", _columns_of_parquet, "too many columns|cannot be read as GeoParquet"),
    ("a.csv", "notes", _headings, "has 500,002 columns"),
    ("a.geojson", "notes", _features_of_many_names, "has 500,000 columns"),
    ("a.csv", "notes", _notes_at_one_point, "more notes within 10 m of one another"),
    ("a.gpkg", "", _line_of_many_points, "has a line of 700,000 points"),
    ("a.gpkg", "clip", _line_that_enters_and_leaves, "enters or leaves the boundary 89,999 times"),
    ("a.geojson", "boundary", _tangled_boundary, "has no polygon"),
    ("a.geojson", "boundary", _boundary_of_strips, "cross one another"),
]
COUNTED: list[tuple[str, Make, dict[str, int]]] = [
    ("a.geojson", _building_of_crossing_corners, {"buildings_dropped": 1}),
    ("a.geojson", _buildings_within_one_another, {"buildings_dropped": 1}),
    ("a.geojson", _many_small_tangles, {"buildings_dropped": 400}),
    ("a.geojson", _coordinate_beyond_numbers, {"geometry_unreadable": 1}),
    ("a.geojson", _text_of_50_mb, {"classes_unknown": 1}),
    ("a.geojson", _properties, {"streets": 1}),
    ("a.parquet", _texts_of_a_dictionary, {"streets": 1}),
]


@pytest.mark.parametrize(
    ("name", "what", "make", "says"), REFUSED, ids=[row[2].__name__[1:] for row in REFUSED]
)
def test_each_is_refused_in_a_sentence(
    reader: Reader, tmp_path: Path, name: str, what: str, make: Make, says: str
) -> None:
    make(tmp_path / name)
    found = reader.read(tmp_path / name, what)
    assert re.search(says, found["message"]), found["message"]
    assert found["peak_mb"] < MAX_MB


@pytest.mark.parametrize(
    ("name", "make", "counts"), COUNTED, ids=[row[1].__name__[1:] for row in COUNTED]
)
def test_each_is_counted_and_the_rest_is_read(
    reader: Reader, tmp_path: Path, name: str, make: Make, counts: dict[str, int]
) -> None:
    make(tmp_path / name)
    found = reader.read(tmp_path / name)
    assert not found["message"]
    assert {key: found["counts"].get(key) for key in counts} == counts
    assert found["peak_mb"] < MAX_MB
