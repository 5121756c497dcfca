from __future__ import annotations

import struct
import subprocess
import sys

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from toolkit.base.wkb import HEADER_BYTES, all_flat, all_plain, read_wkb

KEPT = [
    "POINT (1 2)",
    "LINESTRING (1 2, 3 4, 5 6)",
    "LINESTRING Z (1 2 3, 3 4 5)",
    "LINESTRING M (1 2 3, 3 4 5)",
    "LINESTRING ZM (1 2 3 4, 3 4 5 6)",
    "POLYGON ((0 0, 4 0, 4 4, 0 0), (1 1, 2 1, 2 2, 1 1))",
    "MULTIPOINT ((1 2), (3 4))",
    "MULTILINESTRING ((1 2, 3 4), (5 6, 7 8))",
    "MULTIPOLYGON (((0 0, 4 0, 4 4, 0 0)), ((9 9, 8 9, 8 8, 9 9)))",
]


@pytest.mark.parametrize("text", KEPT)
@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("flavor", ["iso", "extended"])
def test_plain_shapes_are_read_in_every_spelling(text: str, order: int, flavor: str) -> None:
    shape = shapely.from_wkt(text)
    if flavor == "extended":
        shape = shapely.set_srid(shape, 4326)
    blob = shapely.to_wkb(
        shape, byte_order=order, flavor=flavor, include_srid=flavor == "extended",
        output_dimension=4,
    )  # fmt: skip
    read, unreadable = read_wkb([blob])
    assert unreadable == 0
    assert shapely.equals_identical(read[0], shapely.set_srid(shape, shapely.get_srid(read[0])))


@pytest.mark.parametrize("text", ["GEOMETRYCOLLECTION (POINT (1 2))", "LINESTRING EMPTY"])
def test_collections_are_left_out_and_empty_lines_are_not(text: str) -> None:
    read, unreadable = read_wkb([shapely.from_wkt(text).wkb])
    assert (read[0] is None) == ("COLLECTION" in text)
    assert unreadable == ("COLLECTION" in text)


def test_what_is_missing_is_not_counted() -> None:
    read, unreadable = read_wkb([None, shapely.Point(1, 2).wkb, None])
    assert [shape is None for shape in read] == [True, False, True]
    assert unreadable == 0


def test_every_cut_of_a_blob_is_refused() -> None:
    blob = shapely.from_wkt(KEPT[-1]).wkb
    read, unreadable = read_wkb([blob[:n] for n in range(len(blob))] + [blob + b"\0"])
    assert all(shape is None for shape in read)
    assert unreadable == len(blob) + 1


def test_a_list_may_hold_only_its_own_kind() -> None:
    inner = shapely.Point(1, 2).wkb
    read, unreadable = read_wkb([struct.pack("<BII", 1, 5, 1) + inner])
    assert read[0] is None
    assert unreadable == 1


@given(st.binary(max_size=200))
def test_noise_is_survived(blob: bytes) -> None:
    with np.errstate(invalid="ignore"):
        read, unreadable = read_wkb([blob])
    assert (read[0] is None) == (unreadable == 1)


def test_nested_collections_do_not_end_the_process() -> None:
    """In a process of its own: GEOS alone would not come back from these."""
    program = (
        "import struct\n"
        "from toolkit.base.wkb import read_wkb\n"
        "for code in (4, 5, 6, 7, 1005, 0x20000005):\n"
        "    blob = struct.pack('<BII', 1, code, 1) * 300_000\n"
        "    assert read_wkb([blob])[1] == 1\n"
        "print('alive')\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.stdout == "alive\n", ran.stderr


def test_headers_alone_say_that_nothing_is_nested() -> None:
    flat = [
        shapely.to_wkb(shape, byte_order=order)
        for shape in (shapely.Point(0, 1), shapely.box(0, 0, 1, 1))
        for order in (0, 1)
    ]
    headers = [blob[:HEADER_BYTES] for blob in flat]
    assert all_flat([*headers, None, b""])
    assert all_plain(flat)
    several = shapely.to_wkb(shapely.MultiPoint([(0, 1)]))
    nested = shapely.to_wkb(shapely.GeometryCollection([shapely.Point(0, 1)]))
    for blob in (several, nested, b"\x01", b"\x02\x01\x00\x00\x00"):
        assert not all_flat([*headers, blob[:HEADER_BYTES]])
    assert all_plain([*flat, several])
    assert not all_plain([*flat, nested])
