"""Lines of sight kept on disk."""

from __future__ import annotations

import numpy as np
import shapely

from toolkit.engine import sight_cache


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
