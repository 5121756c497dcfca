"""Stored lines of sight that are damaged, or made up: built again, with one sentence."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import shapely

from toolkit.engine import sight_cache
from toolkit.engine.sight import PAIR_ARRAYS

ARRAYS = ("start", *PAIR_ARRAYS)
RNG = np.random.default_rng(5)
SITES, POINTS = RNG.uniform(0, 200, (20, 2)), RNG.uniform(0, 200, (500, 2))
HOUSE = np.array([shapely.box(80, 80, 120, 120)], dtype=object)


def get(folder):
    return sight_cache.cached_sight(
        {"pack": "a"}, SITES, POINTS, HOUSE, reach_m=80.0, cache_dir=folder, top_m=np.array([4.0])
    )


def zeroed(path):
    array = np.load(path)
    np.save(path, np.zeros_like(array))


def empty(path):
    np.save(path, np.load(path)[:0])


def truncated(path):
    path.write_bytes(path.read_bytes()[:-7])


def out_of_range(path):
    array = np.load(path)
    array[len(array) // 2] = np.iinfo(array.dtype).max
    np.save(path, array)


def negative(path):
    array = np.load(path).astype(np.int64)
    array[len(array) // 2] = -5
    np.save(path, array)


def header(path):
    path.write_bytes(b"\x93NUMPY\x01\x00" + b"\xff" * 40)


def of_objects(path):
    path.write_bytes(
        b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (9,)}"
    )


def missing(path):
    path.unlink()


def no_bytes(path):
    path.write_bytes(b"")


DAMAGES = (zeroed, empty, truncated, out_of_range, negative, header, of_objects, missing, no_bytes)

FORGED = {"crc32": sight_cache._checksum, "sha256": sight_cache._sha256}
"""Checksums that a folder may have: that of today, and that of earlier versions."""


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    return folder, get(folder)


@pytest.mark.parametrize("forged", [None, *FORGED])
@pytest.mark.parametrize("damage", DAMAGES, ids=lambda d: d.__name__)
@pytest.mark.parametrize("name", ARRAYS)
def test_what_is_damaged_is_built_again(stored, tmp_path, caplog, name, damage, forged):
    whole, first = stored
    shutil.copytree(whole, tmp_path / "copy")
    folder = next((tmp_path / "copy" / "sight").iterdir())
    damage(folder / f"{name}.npy")
    if forged and (folder / f"{name}.npy").exists():
        text = json.dumps({forged: FORGED[forged](folder)})
        (folder / "checksum.json").write_text(text, encoding="utf-8")
    found = get(tmp_path / "copy")
    # A forged checksum can make wrong values pass, never an index out of the arrays.
    assert found.n_sites == len(SITES)
    assert not len(found.point) or found.point.max() < len(POINTS)
    assert found.start[-1] == len(found.point) == len(found.distance_cm) == len(found.height_dm)
    if not forged:
        for array in ARRAYS:
            np.testing.assert_array_equal(getattr(found, array), getattr(first, array))
        assert [r.message for r in caplog.records] == [
            "Stored lines of sight were damaged or incomplete: they are built again."
        ]
        caplog.clear()
        get(tmp_path / "copy")
        assert not caplog.records


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", "{}", '{"sha256": 1}', '{"crc32": 1}', '{"crc32": {}}', "\xff", "9" * 20_000],
)
def test_without_its_checksum_nothing_is_used(stored, tmp_path, caplog, text):
    whole, first = stored
    shutil.copytree(whole, tmp_path / "copy")
    folder = next((tmp_path / "copy" / "sight").iterdir())
    (folder / "checksum.json").write_text(text, encoding="latin-1")
    np.testing.assert_array_equal(get(tmp_path / "copy").point, first.point)
    assert len(caplog.records) == 1


def test_the_checksum_is_compared_once(stored, monkeypatch):
    whole, _ = stored
    get(whole)
    monkeypatch.setattr(sight_cache, "_checksum", lambda _: pytest.fail("compared again"))
    get(whole)


def test_what_was_just_built_is_whole_in_a_new_process_too(stored, caplog, monkeypatch):
    whole, first = stored
    monkeypatch.setattr(sight_cache, "_checked", set())
    monkeypatch.setattr(sight_cache, "sweep", lambda *_, **__: pytest.fail("built again"))
    np.testing.assert_array_equal(get(whole).point, first.point)
    assert not caplog.records


def test_the_checksum_of_earlier_versions_counts(stored, tmp_path, caplog, monkeypatch):
    whole, first = stored
    shutil.copytree(whole, tmp_path / "copy")
    folder = next((tmp_path / "copy" / "sight").iterdir())
    text = json.dumps({"sha256": sight_cache._sha256(folder)})
    (folder / "checksum.json").write_text(text, encoding="utf-8")
    monkeypatch.setattr(sight_cache, "sweep", lambda *_, **__: pytest.fail("built again"))
    np.testing.assert_array_equal(get(tmp_path / "copy").point, first.point)
    assert not caplog.records


def test_a_folder_of_another_version_is_built_quietly(tmp_path, caplog):
    get(tmp_path)
    assert not caplog.records
