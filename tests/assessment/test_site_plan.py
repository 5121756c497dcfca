"""Which mapped cameras can be some of the reported ones, and where the rest may stand."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import small_city

from toolkit.assessment import expected_sites, tiles
from toolkit.assessment.assess import assess
from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.on_streets import on_streets, scene_of
from toolkit.assessment.question import Question
from toolkit.assessment.site_plan import plan_sites, reducing_share, share_inside
from toolkit.assumptions.sets import load_assumptions
from toolkit.base.terms import TIERS
from toolkit.siting import coverage, inclusion
from toolkit.siting.features import N_CODES
from toolkit.siting.weights import operators_of, weights_of
from toolkit.streets.pack import open_pack, write_pack
from toolkit.streets.schema import LAYERS, PackLayers, empty_layer

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


@pytest.mark.parametrize("ratio", [0.7, 1.25])
def test_as_many_sites_are_placed_as_cover_what_those_of_the_city_cover(ratio):
    plans = []
    for log_ratio in (0.0, float(np.log(ratio))):
        changes = {coverage.KEY: log_ratio}
        asked = Question("helsinki-centre", AS_OF, load_assumptions(changes=changes), n_draws=20)
        inputs = make_inputs(asked.load())
        pack, scene = scene_of(inputs.loaded)
        plans.append(plan_sites(inputs, pack, scene))
    even, other = plans
    np.testing.assert_allclose(other.chance.n_sites, even.chance.n_sites * ratio)
    # The number of cameras stays.
    np.testing.assert_array_equal(other.n_cameras, even.n_cameras)


NAMED = (16.90177, 96.09596)
"""The middle of Insein, and its radius."""
NAMED_M = 3000.0
NO_PLACES = 'format = "camera-exposure.named-places/1"\n'


def install_across_the_rim(home, city):
    """Install the first streets of the demonstration where the rim of Insein crosses them."""
    whole = open_pack("helsinki-centre")
    east = NAMED[1] + NAMED_M / 106_500.0
    moved = {}
    for layer in LAYERS:
        frame = getattr(whole, layer).head(0 if layer == "cameras" else 150).copy()
        frame["geometry"] = frame.geometry.translate(east - 24.9435, NAMED[0] - 60.1710)
        moved[layer] = frame
    new = {"id": "rim", "city": city, "parts": {}, "crs": "EPSG:32647"}
    plain = {"demonstration": False, "banner": None}
    draft = whole.manifest.model_copy(update=new | plain)
    write_pack(home / "packs" / "rim", draft, PackLayers(**moved))


def without_places(home):
    (home / "siting").mkdir()
    (home / "siting" / "named_places.toml").write_text(NO_PLACES, encoding="utf-8")


class TestNamedPlaces:
    def asked(self, city="yangon", lift=None):
        """Return the drawn inputs, the scene, and the chance of each of ten sites, shape (D, G)."""
        values = load_assumptions()
        if lift is not None:
            values = values.with_changes({"sites.named_places_log_lift": lift})
        question = Question(city, AS_OF, assumptions=values, n_draws=8, count=(20, 20), pack="rim")
        inputs = make_inputs(question.load())
        _, scene = scene_of(inputs.loaded)
        weight = weights_of(inputs.loaded.operators, scene.groups, values, inputs.design)
        prob = inclusion.inclusion_prob(weight, np.full(8, 10.0), scene.groups)
        return inputs, scene, prob

    def test_equal_streets_inside_have_the_lift_and_as_many_sites_are_placed(self, home):
        install_across_the_rim(home, "yangon")
        inputs, scene, prob = self.asked(lift=0.8)
        np.testing.assert_allclose(prob.sum(axis=1), 10.0)
        assert prob.max() < 1.0
        project = pyproj.Transformer.from_crs(4326, 32647, always_xy=True).transform
        away = np.hypot(*(scene.groups.centre_xy_m - project(*NAMED[::-1])).T)
        inside = away <= NAMED_M
        assert 0.2 < inside.mean() < 0.8
        # The weight of a metre, which has a mean of one, without its uniform part.
        size = scene.groups.size_m
        uniform = inputs.assumptions.draw("sites.uniform_share", inputs.design)[:, None]
        preferred = prob / size * size.sum() / 10.0 - uniform
        assert preferred.min() > 0
        features = scene.groups.class_code[scene.groups.weight_class] % N_CODES
        both = np.intersect1d(features[inside], features[~inside])
        assert len(both) >= 5
        for one in both:
            here, there = (
                np.flatnonzero(side & (features == one))[0] for side in (inside, ~inside)
            )
            np.testing.assert_allclose(preferred[:, here] / preferred[:, there], np.exp(0.8))

    def test_a_lift_of_zero_gives_what_a_file_without_places_gives(self, home):
        install_across_the_rim(home, "yangon")
        inputs, _, prob = self.asked(lift=0.0)
        zero = on_streets(inputs)
        lifted = on_streets(self.asked(lift=1.1)[0])
        without_places(home)
        inputs, _, same = self.asked()
        np.testing.assert_array_equal(same, prob)
        none = on_streets(inputs)
        np.testing.assert_array_equal(none.expected_km, zero.expected_km)
        np.testing.assert_array_equal(none.realised_km, zero.realised_km)
        pd.testing.assert_frame_equal(none.layers.streets, zero.layers.streets, check_exact=True)
        moved = (lifted.layers.streets["seen_mid"] - none.layers.streets["seen_mid"]).to_numpy()
        assert np.nanmax(moved) > 0 > np.nanmin(moved)

    @pytest.mark.parametrize(("city", "streets_of"), [("mandalay",) * 2, ("mandalay", "yangon")])
    def test_another_city_there_is_left_alone(self, home, city, streets_of):
        install_across_the_rim(home, streets_of)
        _, scene, prob = self.asked(city)
        assert scene.groups.class_code.max() < N_CODES
        without_places(home)
        np.testing.assert_array_equal(self.asked(city)[2], prob)

    def test_tiles_have_the_named_groups_of_one_piece(self, home):
        install_across_the_rim(home, "yangon")
        inputs, scene, _ = self.asked()
        groups = tiles.open_city(inputs.loaded, 0.5).geometry.groups
        np.testing.assert_array_equal(groups.class_code, scene.groups.class_code)
        np.testing.assert_array_equal(groups.weight_class, scene.groups.weight_class)

    def test_cells_of_expected_sites_rise_inside_and_keep_their_sum(self, home):
        install_across_the_rim(home, "yangon")
        total, inside = [], []
        for lift in (0.0, 1.1):
            frame, metadata = expected_sites.predict(self.asked(lift=lift)[0], cell_m=50.0)
            sites = frame["sites_per_km_mid"] * frame["street_km"]
            west = frame.geometry.bounds["maxx"] < NAMED[1] + NAMED_M / 106_500.0 - 0.001
            total.append(sites.sum())
            inside.append(sites[west].sum())
        assert total[1] == pytest.approx(total[0], rel=0.02)
        assert inside[1] > 1.1 * inside[0]
        named = {"name": "Insein", "claim": "yangon-irrawaddy-next"}
        assert named in metadata["named_places"]


def test_where_cameras_are_taken_to_be_is_the_only_case(home):
    small_city.install(home, "dawei-streets", city="dawei")

    def inside(**asked):
        inputs = make_inputs(Question("dawei", AS_OF, n_draws=50, **asked).load())
        return share_inside(inputs, inputs.loaded.pack)

    reported = inside()
    assert set(reported.cases) == {"core", "township"}
    for where in ("core", "township"):
        for count in (None, (500.0, 500.0)):
            found = inside(where=where, count=count)
            np.testing.assert_array_equal(found.drawn, reported.cases[where])
            assert found.cases == {}
    # An own number is of the area on the map, unless it is said to be of the whole city.
    assert (inside(count=(500.0, 500.0)).drawn == 1).all()
    np.testing.assert_array_equal(inside(where="open", count=(500.0, 500.0)).drawn, reported.drawn)


@pytest.mark.parametrize("where", ["core", "township"])
def test_a_case_gives_the_figures_that_the_answer_has_for_it(home, where):
    small_city.install(home, "dawei-streets", city="dawei")
    answer = assess("dawei", as_of=AS_OF, n_draws=50)
    case = assess("dawei", as_of=AS_OF, n_draws=50, where=where)
    told = answer.if_centre if where == "core" else answer.if_spread
    for tier in TIERS:
        share = case.tiers[tier].share_of_length.expected
        assert share.mid == pytest.approx(told.tiers[tier].share_of_length.mid, rel=0.05, abs=0.002)
    assert case.if_centre is None
    assert case.if_spread is None
    assert f"where_{where}" in [note.id for note in case.warnings]
    assert not any(note.id.startswith("where") for note in answer.warnings)
