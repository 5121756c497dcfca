"""The city-level estimate against networks made by hand, and the committed file against bounds."""

from __future__ import annotations

import json

import numpy as np
import pytest
from drawn_networks import EXACT, fabric, fixed
from scipy import stats

from toolkit.assessment import reference_cover
from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.draws import Design
from toolkit.base.errors import InputDataError
from toolkit.streets import reference_networks

DESIGN = Design(200, 7)


def test_the_predictive_distribution_by_hand():
    logs = np.log(np.array([7.0, 9.0, 13.0, 8.0]))
    prob = np.array([0.05, 0.5, 0.95])
    mean = logs.sum() / 4
    variance = ((logs - mean) ** 2).sum() / 3
    scale = np.sqrt(variance * 1.25 + 0.3**2)
    expected = mean + scale * np.array([-2.3533634, 0.0, 2.3533634])  # t with 3 degrees, 5 %
    assert reference_networks.predictive_log(logs, prob, 0.3) == pytest.approx(expected)
    per_draw = np.stack([logs, logs, logs], axis=1)[..., None].repeat(2, axis=2)
    both = reference_networks.predictive_log(per_draw, prob, np.full(3, 0.3))
    assert both == pytest.approx(np.column_stack([expected, expected]))


def test_density_is_drawn_over_the_networks_that_have_one():
    made = [fabric(str(d), density=d) for d in (7.0, 9.0, 13.0)] + [fabric("none")]
    drawn = reference_networks.draw_density(made, fixed(foreign_fabric_log_sd=0.3), DESIGN)
    logs = np.log([7.0, 9.0, 13.0])
    scale = np.sqrt(logs.var(ddof=1) * (1 + 1 / 3) + 0.3**2)
    prob = DESIGN.column("fabric:density")
    assert drawn == pytest.approx(np.exp(logs.mean() + stats.t.ppf(prob, 2) * scale))
    assert (drawn < 7.0).mean() > 0.05
    assert (drawn > 13.0).mean() > 0.05


def test_paths_on_foot_are_added_to_streets_for_vehicles():
    made = [fabric(str(d), density=d) for d in (7.0, 9.0, 13.0)]
    drive = reference_networks.draw_density(made, EXACT, DESIGN)
    every = reference_networks.draw_density(
        made, fixed(foreign_fabric_log_sd=0.0, path_ratio=1.5), DESIGN
    )
    assert every == pytest.approx(1.5 * drive)


def test_one_network_gives_no_spread():
    with pytest.raises(InputDataError, match="1 network"):
        reference_networks.draw_density([fabric("a", density=9.0)], EXACT, DESIGN)
    with pytest.raises(InputDataError, match="0 network"):
        reference_cover.draw_view_curve([fabric("a"), fabric("b")], EXACT, DESIGN)


# --- the committed file ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def committed():
    return reference_networks.load_networks()


def test_the_file_holds_the_networks_and_their_licence(committed):
    assert len(committed) >= 13
    assert len({f.id for f in committed}) == len(committed)
    assert all("OpenStreetMap" in f.licence and "ODbL" in f.licence for f in committed)
    assert [f.id for f in committed if f.blocked_stretch_m is not None] == [
        "helsinki-centre", "liechtenstein", "north-bayreuth",
    ]  # fmt: skip
    assert reference_networks.networks_sha256() == store.sha256_file(
        store.builtin_dir() / reference_networks.FILE
    )


@pytest.mark.parametrize(
    ("name", "median"),
    {"aleppo": 8.6, "auckland": 8.5, "bucaramanga": 9.0, "douala": 13.4, "liege": 7.3,
     "salt-lake-city": 10.6, "wuhan": 7.3}.items(),
)  # fmt: skip
def test_densities_of_whole_cities_are_the_published_medians(committed, name, median):
    # One grid each, measured by others: where the grid lies changes a median by up to 14 %.
    found = next(f for f in committed if f.id == name)
    assert found.density_km_per_km2 == pytest.approx(median, rel=0.05)


def test_curves_of_real_networks_look_like_streets(committed):
    for f in committed:
        # At least one's own street, at most what Manhattan has all around.
        assert 90 < f.open_stretch_m[:10].sum() < 400
        assert f.open_junction_m[:10].sum() > f.open_stretch_m[:10].sum()
        if f.blocked_stretch_m is not None:
            assert (f.blocked_stretch_m <= f.open_stretch_m + 1e-9).all()
            assert f.blocked_stretch_m.sum() < 0.7 * f.open_stretch_m.sum()


def test_draws_of_real_networks_are_wider_than_the_networks(committed):
    # Of the same classes of street as the networks.
    central, design = load_assumptions(changes={"city.path_ratio": 1.1}), Design(400, 0)
    low, mid, high = np.quantile(
        reference_networks.draw_density(committed, central, design) / 1.1, (0.05, 0.5, 0.95)
    )
    stated = [f.density_km_per_km2 for f in committed if f.density_km_per_km2]
    assert low < min(stated) < 7 < mid < 12 < max(stated) < high
    to_50_m = reference_cover.draw_view_curve(committed, central, design)[:, :10].sum(axis=1) / 1.1
    low, mid, high = np.quantile(to_50_m, (0.05, 0.5, 0.95))
    assert 80 < low < 150 < mid < 250 < high < 500


def own_copy(home, change) -> None:
    data = json.loads((store.builtin_dir() / reference_networks.FILE).read_bytes())
    change(data)
    (home / reference_networks.FILE).write_text(json.dumps(data), encoding="utf-8")


def test_a_users_own_file_goes_first(home):
    own_copy(home, lambda d: d["fabrics"][0].update(name="My town"))
    assert reference_networks.load_networks()[0].name == "My town"


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(schema="camera-exposure.fabrics/2"),
        lambda d: d.update(bin_m=10),
        lambda d: d.update(fabrics=d["fabrics"][:1]),
        lambda d: d["fabrics"][0]["open_stretch_m"].pop(),
        lambda d: d["fabrics"][0]["open_stretch_m"].__setitem__(3, 0.0),
        lambda d: d["fabrics"][0]["open_stretch_m"].__setitem__(3, float("inf")),
        lambda d: d["fabrics"][0].update(blocked_stretch_m=d["fabrics"][0]["open_stretch_m"]),
        lambda d: d["fabrics"][0].update(n_stretch_groups=0),
    ],
)
def test_a_file_that_does_not_fit_is_refused_in_a_sentence(home, change):
    own_copy(home, change)
    with pytest.raises(InputDataError, match=r"fabrics\.json cannot be used"):
        reference_networks.load_networks()


def test_a_file_that_is_no_json_is_refused(home):
    (home / reference_networks.FILE).write_bytes(b"[" * 100_000)
    with pytest.raises(InputDataError, match=r"fabrics\.json cannot be used"):
        reference_networks.load_networks()
