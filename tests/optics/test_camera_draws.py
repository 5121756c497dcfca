"""Rings over draws: nested by day and night, and what each assumption does to them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.draws import Design
from toolkit.base.terms import NESTED_TIERS, TIERS
from toolkit.optics import camera_draws
from toolkit.optics.catalogue import load_catalogue
from toolkit.optics.variants import N_VARIANTS

DESIGN = Design(64, 3)
FACE = TIERS.index("face")
PLATE = TIERS.index("plate")


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue()


def drawn(catalogue, changes=None, brand=None, design=DESIGN, **options):
    return camera_draws.draw_cameras(
        catalogue, load_assumptions(changes=changes), design, brand=brand, **options
    )


def edges(cameras):
    return np.nan_to_num(cameras.inner_m, nan=np.inf), np.nan_to_num(cameras.outer_m, nan=0.0)


def assert_within(small, large):
    has = small[1] > 0
    assert (small[1] <= large[1] + 1e-9).all()
    assert (small[0] >= large[0] - 1e-9)[has].all()


def assert_nested(cameras):
    rings = dict(zip(TIERS, np.moveaxis(np.array(edges(cameras)), 2, 0), strict=True))
    for narrow, wide in NESTED_TIERS:
        assert_within(rings[narrow], rings[wide])


@pytest.mark.parametrize("night", [0.0, 1.0])
def test_draws_are_nested_and_shares_add_up(catalogue, night):
    cameras = drawn(catalogue, {"optics.night": night}, brand="Dahua")
    np.testing.assert_allclose(cameras.share.sum(axis=1), 1)
    assert_nested(cameras)
    able = cameras.able_share()
    assert able.shape == (64, len(TIERS))
    np.testing.assert_allclose(able[:, 0], 1)
    assert able[:, FACE].mean() < 1


@settings(max_examples=25)
@given(
    seen=st.floats(12.5, 40),
    recognised=st.floats(62.5, 150),
    identified=st.floats(150, 500),
    face=st.floats(160, 750),
    height=st.floats(3.5, 8),
    night=st.sampled_from([0.0, 1.0]),
    head=st.floats(1.4, 1.9),
)
def test_seen_recognised_identified_and_matched_nest_whatever_is_set(
    seen, recognised, identified, face, height, night, head
):
    cameras = drawn(
        load_catalogue(),
        {
            "threshold.seen_px_m": seen,
            "threshold.recognised_px_m": recognised,
            "threshold.identified_px_m": identified,
            "threshold.face_px_m": face,
            "optics.height_m": height,
            "optics.night": night,
            "optics.person_height_m": head,
        },
        design=Design(12, 1),
    )
    assert_nested(cameras)


def test_identified_and_matched_have_no_order(catalogue):
    low = drawn(catalogue, {"threshold.face_px_m": 160.0, "optics.face_tilt_cap_deg": 35.0})
    high = drawn(catalogue, {"threshold.face_px_m": 750.0, "optics.face_tilt_cap_deg": 13.0})
    identified = TIERS.index("identified")
    assert (low.outer_m[:, FACE] > low.outer_m[:, identified]).any()
    able = high.able_share()
    assert (able[:, FACE] <= able[:, identified]).all()
    assert (able[:, FACE] < able[:, identified]).any()


def test_night_only_takes_away_and_leaves_almost_no_faces(catalogue):
    by_day, by_night = drawn(catalogue), drawn(catalogue, {"optics.night": 1.0})
    assert_within(edges(by_night), edges(by_day))
    assert by_night.able_share()[:, FACE].mean() < 0.05 * by_day.able_share()[:, FACE].mean()
    # Plates shine in the light of the camera itself: their reach hardly changes.
    assert by_night.able_share()[:, PLATE].mean() > 0.8 * by_day.able_share()[:, PLATE].mean()


def test_at_night_nothing_lies_beyond_the_light(catalogue):
    cameras = drawn(catalogue, {"optics.night": 1.0, "optics.ir_claim_share": 0.7})
    for y, name in enumerate(cameras.type_ids):
        claim = catalogue.find(name).night_m.high
        assert edges(cameras)[1][:, :, y].max() <= 0.7 * claim


def test_a_brand_that_is_not_listed_gets_the_mix_for_brands_not_stated(catalogue):
    assert catalogue.mix("No such maker") is catalogue.mix(None)


def test_types_without_a_share_are_not_drawn(catalogue):
    assert "panoramic" in {t.id for t in catalogue.types}
    assert "panoramic" not in drawn(catalogue).type_ids


def test_a_mix_of_ones_own_can_hold_any_type(home):
    text = (
        'format = "camera-exposure.brands/1"\n[mix.Mine]\ntitle = "Mine"\nreason = "x"\n'
        'source = "x"\nshares = { panoramic = 0.5, dome = 0.5 }\n'
    )
    store.write_text(home / "brands.toml", text)
    cameras = drawn(load_catalogue(), brand="Mine")
    assert list(dict.fromkeys(cameras.type_ids)) == ["dome", "panoramic"]
    np.testing.assert_allclose(cameras.hfov_deg[:, columns_of(cameras, "panoramic")], 180)


def columns_of(cameras, *types):
    return [y for y, name in enumerate(cameras.type_ids) if name in types]


def test_the_pole_is_held_within_the_heights_of_a_type(home, catalogue):
    built_in = (store.builtin_dir() / "camera_types.toml").read_text(encoding="utf-8")
    row = next(part for part in built_in.split("[[type]]") if 'id = "ptz"' in part)
    low = row.replace("value = 5.0, high = 8.0", "value = 4.0, high = 4.5")
    assert low != row
    store.write_text(
        home / "camera_types.toml", f'format = "camera-exposure.camera-types/1"\n[[type]]{low}'
    )
    before, after = drawn(catalogue), drawn(load_catalogue())
    ptz = columns_of(before, "ptz")
    np.testing.assert_array_equal(after.height_m[:, ptz], np.minimum(before.height_m[:, ptz], 4.5))
    others = columns_of(before, *set(before.type_ids) - {"ptz"})
    np.testing.assert_array_equal(before.outer_m[:, :, others], after.outer_m[:, :, others])


def test_dedicated_cameras_hang_at_their_own_height_and_all_others_on_the_poles(catalogue):
    changes = {"optics.height_m": 8.0}
    low, high = drawn(catalogue), drawn(catalogue, changes)
    own = columns_of(low, "face", "plate")
    rest = columns_of(low, *set(low.type_ids) - {"face", "plate"})
    np.testing.assert_array_equal(low.height_m[:, own], high.height_m[:, own])
    assert (high.height_m[:, rest] == 8.0).all()
    # Triangular between 2 and 8 m, most likely 3.5 m: mean 4.5 m, a quarter below 3.5 m.
    heights = drawn(catalogue, design=Design(500, 2)).height_m[:, columns_of(low, "face")]
    assert heights.mean() == pytest.approx(4.5, abs=0.1)
    assert (heights < 3.5).mean() == pytest.approx(0.25, abs=0.03)
    assert (high.able_share()[:, FACE] < low.able_share()[:, FACE]).mean() > 0.9


def test_a_stated_height_is_that_of_every_type_up_to_the_highest_of_its_poles(catalogue):
    at_five = drawn(catalogue, height_m=5.0)
    assert (at_five.height_m == 5.0).all()
    # The same as poles of that height, for types that hang on them.
    poles = drawn(catalogue, {"optics.height_m": 5.0})
    fixed = columns_of(poles, "fixed_wide", "fixed_medium", "varifocal", "ptz")
    for name in ("inner_m", "outer_m"):
        np.testing.assert_array_equal(
            getattr(at_five, name)[..., fixed], getattr(poles, name)[..., fixed]
        )
    np.testing.assert_array_equal(at_five.share, poles.share)
    np.testing.assert_array_equal(at_five.hfov_deg, poles.hfov_deg)
    assert (drawn(catalogue, height_m=2.5).height_m == 2.5).all()
    assert (drawn(catalogue, height_m=20.0).height_m == 8.0).all()


def test_each_camera_is_its_own_about_the_mean_of_its_city(catalogue):
    cameras = drawn(catalogue)
    shape = (cameras.share.shape[0], -1, N_VARIANTS)
    share = cameras.share.reshape(shape)
    np.testing.assert_array_equal(share, np.repeat(share[:, :, :1], N_VARIANTS, axis=2))
    outer = cameras.outer_m[:, 0].reshape(shape)
    fixed = [cameras.type_ids[y * N_VARIANTS] != "ptz" for y in range(outer.shape[1])]
    assert (np.ptp(outer[:, fixed], axis=2) > 1.0).all()


def test_more_variants_change_the_ends_less_than_another_seed(catalogue):
    def ends(seed, number):
        able = drawn(catalogue, design=Design(200, seed), n_variants=number).able_share()
        return np.quantile(able[:, [FACE, PLATE]], (0.05, 0.5, 0.95), axis=0)

    many = ends(0, 8 * N_VARIANTS)
    seeds = np.ptp([ends(seed, N_VARIANTS) for seed in range(8)], axis=0)
    assert (np.abs(ends(0, N_VARIANTS) - many) <= seeds).all()


@pytest.mark.parametrize(("support", "seen"), [("installed", 2.0), ("tender", 1.0)])
def test_a_reported_kind_counts_as_cameras_seen_of_it(catalogue, support, seen):
    # Dirichlet: the share of a type is Beta(its weight, all others).
    key, design = f"optics.named_{support}", Design(4000, 1)
    named = {"face": support, "ptz": support}
    cameras = drawn(catalogue, {key: seen}, design=design, named=named)
    shares, all_seen = catalogue.mix(None).shares, 8.0 + 2 * seen
    for name in shares:
        share = cameras.share[:, columns_of(cameras, name)].sum(axis=1)
        weight = 8.0 * shares[name] + (seen if name in named else 0.0)
        exact = stats.beta(weight, all_seen - weight)
        assert share.mean() == pytest.approx(exact.mean(), rel=0.03)
        assert (share < 0.01).mean() == pytest.approx(exact.cdf(0.01), abs=0.02)


def test_a_kind_that_is_not_in_the_mix_is_not_added(catalogue):
    named = drawn(catalogue, named={"panoramic": "installed"})
    np.testing.assert_array_equal(named.share, drawn(catalogue).share)


def test_rows_take_every_array_along(catalogue):
    drawn = camera_draws.draw_cameras(catalogue, load_assumptions(), Design(6, 0), brand=None)
    which = np.array([4, 1, 4])
    taken = drawn.rows(which)
    arrays = {k: v for k, v in vars(drawn).items() if isinstance(v, np.ndarray)}
    assert "turns" in arrays
    assert len(arrays) == len(vars(drawn)) - 1
    for name, values in arrays.items():
        np.testing.assert_array_equal(getattr(taken, name), values[which])
    assert taken.type_ids == drawn.type_ids


def test_few_cities_have_no_camera_that_can_match_a_face(catalogue):
    # One lens, aim and height for all cameras of a type made it a matter of luck for a whole city.
    able = drawn(catalogue, design=Design(200, 0)).able_share()[:, FACE]
    together = drawn(
        catalogue, {"optics.within_city_share": 0.3}, design=Design(200, 0)
    ).able_share()[:, FACE]
    assert np.quantile(able, 0.05) > np.quantile(together, 0.05)
    assert able.mean() == pytest.approx(together.mean(), rel=0.05)


def test_a_resolution_that_is_not_known_widens_the_rings(home, catalogue):
    built_in = (store.builtin_dir() / "camera_types.toml").read_text(encoding="utf-8")
    row = next(part for part in built_in.split("[[type]]") if 'id = "fixed_wide"' in part)
    wide = row.replace(
        "width_px = { value = 2688.0", "width_px = { low = 1920, value = 2688, high = 3840"
    )
    assert wide != row
    store.write_text(
        home / "camera_types.toml", f'format = "camera-exposure.camera-types/1"\n[[type]]{wide}'
    )
    before, after = drawn(catalogue), drawn(load_catalogue())
    assert after.outer_m[:, 0, 0].std() > 1.2 * before.outer_m[:, 0, 0].std()


def test_an_outage_of_the_whole_city_stands_beside_and_changes_nothing(catalogue):
    down = camera_draws.system_down(load_assumptions())
    assert 0 < down.low < down.mid < down.high <= 0.25
    certain = {"optics.city_outage_prob": 0.25}
    assert camera_draws.system_down(load_assumptions(changes=certain)).mid == 0.25
    np.testing.assert_array_equal(
        drawn(catalogue, certain).availability, drawn(catalogue).availability
    )
