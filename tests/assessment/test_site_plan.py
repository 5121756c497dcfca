"""Which mapped cameras can be some of the reported ones, and where the rest may stand."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pytest

from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.on_streets import scene_of
from toolkit.assessment.question import Question
from toolkit.assessment.site_plan import plan_sites, reducing_share
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
        ([(None, "indoor", None), (None, "public", None)], {"public_only": True}, 0.5),
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


def test_the_operators_of_a_city_say_how_much_sites_keep_to_districts():
    sizes = {}
    for profile in (None, "police_neighbourhood", "pedestrian_core"):
        asked = Question("helsinki-centre", AS_OF, n_draws=20, profile=profile)
        inputs = make_inputs(asked.load())
        pack, scene = scene_of(inputs.loaded)
        sizes[profile] = plan_sites(inputs, pack, scene).chance.cluster_size
    drawn = inputs.assumptions.draw("sites.cluster_size", inputs.design)
    np.testing.assert_array_equal(sizes[None], drawn)
    police = operators_of(None, "police_neighbourhood").cluster_factor
    np.testing.assert_allclose(sizes["police_neighbourhood"], drawn * police)
    assert (sizes["police_neighbourhood"] < sizes[None]).all()
    assert (sizes["pedestrian_core"] > sizes[None]).all()
