"""A country file made of real extracts: every city is in it, and all are imported at once."""

from __future__ import annotations

import itertools
from pathlib import Path

import osmium
import psutil
import pytest

from benchmarks import country_of_cities
from benchmarks.my_cities import Memory
from toolkit.streets import install, pack
from toolkit.streets.cities import find_city
from toolkit.streets.readers.osm.tidy import precedes

MOST_MB = 700.0
"""Memory that an import may take, of the process that asks and of the one that reads."""


@pytest.fixture
def extracts(test_data_dir: Path) -> Path:
    return test_data_dir / "streets"


def test_an_extract_lies_at_each_city_and_keeps_its_metres(extracts: Path, tmp_path: Path) -> None:
    name, cities = "baltimore.osm.pbf", [find_city("dawei"), find_city("myitkyina")]
    path = tmp_path / "two.osm.pbf"
    n_nodes = country_of_cities.write(path, extracts, size_mb=0, of=cities, names=[name])
    content = country_of_cities.Content.read(extracts / name)
    assert n_nodes == 2 * len(content.nodes)
    ids: list[int] = []
    places = []
    for node in osmium.FileProcessor(str(path), osmium.osm.NODE):
        ids.append(node.id)
        places.append((node.lon, node.lat))
    assert all(precedes(a, b) for a, b in itertools.pairwise(ids))
    assert ids[-1] > country_of_cities._MOST_ID / 2
    for k, city in enumerate(cities):
        here = places[k * len(content.nodes) : (k + 1) * len(content.nodes)]
        middle = min(here, key=lambda at, city=city: abs(at[0] - city.lon) + abs(at[1] - city.lat))
        assert middle == pytest.approx((city.lon, city.lat), abs=0.002)
    packs = install.import_file(path, cities=cities).installed
    lengths = [one.manifest.boundary.length_km or 0.0 for one in packs]
    assert len(lengths) == 2
    # The cells of a built-up core lie differently over the same streets.
    assert lengths[0] == pytest.approx(lengths[1], rel=0.1)


@pytest.mark.slow
def test_ten_cities_come_from_one_file_with_progress_and_little_memory(
    extracts: Path, tmp_path: Path
) -> None:
    path = tmp_path / "country.osm.pbf"
    country_of_cities.write(path, extracts, size_mb=40)
    told: list[tuple[str, float | None]] = []
    try:
        with Memory(psutil.Process().pid).watched() as memory:
            report = install.import_file(path, progress=lambda *now: told.append(now))
    finally:
        path.unlink()
    wanted = {city.id for city in country_of_cities.cities()}
    assert {one.pack for one in report.installed} == wanted
    assert report.left_out == ()
    assert wanted <= set(pack.pack_names())
    assert all((one.manifest.boundary.length_km or 0) > 20 for one in report.installed)
    shares = [share for text, share in told if "objects of interest" in text and share is not None]
    assert shares == sorted(shares)
    assert shares[-1] > 0.9
    assert memory.started_mb > 100
    assert memory.both_mb - memory.before_mb < MOST_MB
