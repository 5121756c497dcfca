"""Which mapped cameras can be some of the reported ones, and figures made of sums."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pytest

from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.on_streets import scene_of
from toolkit.assessment.site_plan import plan_sites, reducing_share
from toolkit.assessment.sums import Sums
from toolkit.base.draws import Design
from toolkit.siting.weights import operators_of
from toolkit.streets.schema import empty_layer

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


def sums_of(alone_m, n_able):
    """Return sums of one draw, of which only what cameras cover by themselves matters."""
    table = np.array([alone_m], dtype=float)
    return Sums(table, table, table, table, {}, 1.0, np.array([n_able]))


@pytest.mark.parametrize(
    ("alone_m", "n_able", "covered_m", "expected"),
    [
        (400.0, 4, 400.0, 4.0),  # none overlap
        (400.0, 4, 100.0, 1.0),  # all on one place
        (400.0, 4, 250.0, 2.5),
        (100.0, 1, 100.0, 1.0),
        (100.0, 1, 170.0, 1.0),  # a mean over placements, where the one camera stands badly
        (0.0, 3, 50.0, 0.0),  # walls all round
        (0.0, 0, 0.0, 0.0),
    ],
)
def test_without_overlap_there_are_never_more_than_the_able_ones(
    alone_m, n_able, covered_m, expected
):
    found = sums_of([alone_m] * 4, [n_able] * 4).without_overlap(np.full((1, 4), covered_m))
    np.testing.assert_allclose(found, expected)


def test_each_tier_has_its_own_able_cameras():
    found = sums_of([900.0, 600.0, 100.0, 0.0], [9, 9, 2, 0]).without_overlap(
        np.array([[450.0, 600.0, 100.0, 0.0]])
    )
    np.testing.assert_allclose(found, [[4.5, 9.0, 2.0, 0.0]])


def test_the_operators_of_a_city_say_how_much_sites_keep_to_districts():
    sizes = {}
    for profile in (None, "police_neighbourhood", "pedestrian_core"):
        inputs, _, _ = make_inputs(
            "helsinki-centre", as_of=AS_OF, design=Design(20, 0), profile=profile
        )
        pack, scene = scene_of(inputs, "helsinki-centre")
        sizes[profile] = plan_sites(inputs, pack, scene).chance.cluster_size
    drawn = inputs.assumptions.draw("sites.cluster_size", inputs.design)
    np.testing.assert_array_equal(sizes[None], drawn)
    police = operators_of(None, "police_neighbourhood").cluster_factor
    np.testing.assert_allclose(sizes["police_neighbourhood"], drawn * police)
    assert (sizes["police_neighbourhood"] < sizes[None]).all()
    assert (sizes["pedestrian_core"] > sizes[None]).all()
