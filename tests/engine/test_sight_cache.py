"""Lines of sight kept on disk."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import shapely

from toolkit.engine import sight, sight_cache, workers


def test_the_cache_gives_the_same_arrays_and_survives_damage(tmp_path):
    rng = np.random.default_rng(5)
    sites, points = rng.uniform(0, 200, (20, 2)), rng.uniform(0, 200, (500, 2))
    house = np.array([shapely.box(80, 80, 120, 120)], dtype=object)

    def get(**key):
        return sight_cache.cached_sight(
            {"pack": "a", **key}, sites, points, house, reach_m=80.0, cache_dir=tmp_path
        )

    first = get()
    second = get()
    assert isinstance(second.point, np.memmap)
    np.testing.assert_array_equal(first.point, second.point)
    folders = list((tmp_path / "sight").iterdir())
    assert len(folders) == 1
    (folders[0] / "point.npy").write_bytes(b"damaged")
    np.testing.assert_array_equal(get().bearing, first.bearing)
    get(stretch_m=10.0)
    assert len(list((tmp_path / "sight").iterdir())) == 2


def test_the_share_that_is_done_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(sight, "_BLOCK_SITES", 4)
    sites, points = np.zeros((10, 2)), np.random.default_rng(5).uniform(-50, 50, (200, 2))
    said: list[float] = []

    def get():
        sight_cache.cached_sight(
            {}, sites, points, np.empty(0, dtype=object), reach_m=80.0, cache_dir=tmp_path,
            progress=said.append,
        )  # fmt: skip

    get()
    assert said == [0.4, 0.8, 1.0]
    get()  # found in the cache
    assert len(said) == 3


def test_lines_of_sight_can_be_kept_elsewhere_for_a_while(tmp_path, monkeypatch):
    monkeypatch.setenv("CAMERA_TOOLKIT_HOME", str(tmp_path / "home"))
    none = np.array([], dtype=object)
    at = np.array([[0.0, 0.0], [10.0, 0.0]])
    with sight_cache.kept_in(tmp_path / "own"):
        sight_cache.cached_sight({"pack": "a"}, at, at, none, reach_m=80.0)
    assert len(list((tmp_path / "own" / "sight").iterdir())) == 1
    assert not (tmp_path / "home").exists()
    sight_cache.cached_sight({"pack": "a"}, at, at, none, reach_m=80.0)
    assert len(list((tmp_path / "home" / "cache" / "sight").iterdir())) == 1


def test_blocks_and_threads_leave_the_bytes_as_they_are(tmp_path, monkeypatch):
    rng = np.random.default_rng(6)
    sites, points = rng.uniform(0, 300, (900, 2)), rng.uniform(0, 300, (700, 2))
    house = np.array([shapely.box(x, 80, x + 20, 120) for x in (20, 90, 200)], dtype=object)

    def built(name, block, n_threads):
        monkeypatch.setattr(sight, "_BLOCK_SITES", block)
        monkeypatch.setattr(sight_cache, "_SYNC_BYTES", 10 * block)
        before = workers.n_threads()
        workers.set_threads(n_threads)
        try:
            sight_cache.cached_sight(
                {}, sites, points, house, reach_m=90.0, cache_dir=tmp_path / name
            )
        finally:
            workers.set_threads(before)
        (folder,) = (tmp_path / name / "sight").iterdir()
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    whole = built("one", 8192, 1)
    assert whole == built("four", 100, 4) == built("two", 64, 2)
    direct = sight.build_sight(sites, points, house, reach_m=90.0)
    assert whole["point.npy"].endswith(direct.point.tobytes())
    assert whole["height_dm.npy"].endswith(direct.height_dm.tobytes())
    assert len(direct.point) > 10_000


@pytest.fixture
def city(tmp_path, monkeypatch):
    """Give a function that asks for a small city; nothing is to be swept in memory again."""
    rng = np.random.default_rng(5)
    sites, points = rng.uniform(0, 200, (20, 2)), rng.uniform(0, 200, (500, 2))

    def swept(*_, **__):
        pytest.fail("swept once more in memory")

    monkeypatch.setattr(sight_cache, "swept", swept)
    return lambda: sight_cache.cached_sight(
        {}, sites, points, np.empty(0, dtype=object), reach_m=80.0, cache_dir=tmp_path
    )


def test_what_another_put_there_meanwhile_is_opened_and_stays(city, tmp_path, monkeypatch):
    sweep, of_other = sight_cache.sweep, []

    def number():
        (file,) = (tmp_path / "sight").glob("[!.]*/point.npy")
        return file.stat().st_ino

    def slow(*given, **named):
        yield from sweep(*given, **named)
        if not of_other:
            of_other.append(0)
            city()
            of_other[0] = number()

    monkeypatch.setattr(sight_cache, "sweep", slow)
    assert isinstance(city().point, np.memmap)
    assert of_other == [number()]
    assert len(list((tmp_path / "sight").iterdir())) == 1


def test_a_folder_that_another_renames_there_first_is_opened(city, tmp_path, monkeypatch):
    rename = Path.rename

    def later(self, target):
        shutil.copytree(self, target)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", later)
    assert isinstance(city().point, np.memmap)
    assert len(list((tmp_path / "sight").iterdir())) == 1


def test_a_disk_that_refuses_leaves_the_arrays_in_memory(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    sites, points = np.zeros((1, 2)), np.random.default_rng(5).uniform(-50, 50, (200, 2))
    monkeypatch.setattr(sight_cache._PairFile, "append", full)
    found = sight_cache.cached_sight(
        {}, sites, points, np.empty(0, dtype=object), reach_m=80.0, cache_dir=tmp_path
    )
    assert len(found.point) == 200
    assert not any((tmp_path / "sight").iterdir())
