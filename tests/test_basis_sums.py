"""Which mapped cameras can be some of the reported ones."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import pytest

from toolkit.basis_sums import reducing_share
from toolkit.layers import empty_layer

AS_OF = dt.date(2026, 11, 23)


def share(rows, *, public_only=False, brands=(), stale_years=5.0):
    columns = ("check_date", "surveillance", "brand")
    frame = gpd.GeoDataFrame([dict(zip(columns, row, strict=True)) for row in rows])
    return reducing_share(
        frame,
        as_of=AS_OF,
        public_only=public_only,
        brands=frozenset(brands),
        stale_years=stale_years,
    )


@pytest.mark.parametrize(
    ("rows", "options", "expected"),
    [
        ([(None, None, None)] * 4, {"public_only": True, "brands": ["Dahua"]}, 1.0),
        ([("2015-01-01", None, None), ("2026-01-01", None, None)], {}, 0.5),
        ([("2015", None, None), ("2024-06", None, None)], {}, 0.5),
        ([("2015-01-01", None, None)], {"stale_years": 20.0}, 1.0),
        ([(None, "outdoor", None), (None, "public", None)], {"public_only": True}, 0.5),
        ([(None, "outdoor", None), (None, "public", None)], {}, 1.0),
        ([(None, None, "DAHUA"), (None, None, "Axis"), (None, None, None)], {"brands": ["Dahua"]},
         2 / 3),
        ([(None, None, "Axis")], {}, 1.0),
        ([("some day", None, None)], {}, 1.0),
        ([("2015-01-01", "outdoor", "Axis")], {"public_only": True, "brands": ["Dahua"]}, 0.0),
    ],
)  # fmt: skip
def test_only_fresh_cameras_of_the_reported_scope_and_make_reduce_the_rest(rows, options, expected):
    assert share(rows, **options) == pytest.approx(expected)


def test_without_mapped_cameras_nothing_is_left_out():
    empty = empty_layer("cameras")
    assert reducing_share(
        empty, as_of=AS_OF, public_only=True, brands=frozenset({"Dahua"}), stale_years=5.0
    ) == pytest.approx(1.0)
