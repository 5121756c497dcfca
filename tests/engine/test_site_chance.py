"""How likely each site is there, per draw."""

from __future__ import annotations

import numpy as np

from toolkit.engine import site_chance


def chance(factor, size, **options):
    """Return the chances of sites of one class, for as many draws as factors are given."""
    factor, size = np.array([factor], float), np.array(size, float)
    n_sites = np.minimum(factor.T * size, 1).sum(axis=1)
    return site_chance.SiteChance.of_classes(
        factor, np.zeros(len(size), np.int64), size, n_sites, **options
    )


def test_draws_lie_side_by_side_whichever_way_they_came():
    for order in "CF":
        made = site_chance.SiteChance.of_classes(
            np.asarray(np.full((5, 3), 0.1), order=order),
            np.arange(5), np.ones(5), np.ones(3), n_certain=1,
        )  # fmt: skip
        assert made.factor.flags.c_contiguous
        assert made.alone.flags.c_contiguous


def test_the_chance_of_a_site_is_the_factor_of_its_class_times_its_size():
    made = chance([0.01, 0.02], [10.0, 30.0, 0.0])
    prob = np.minimum(made.factor[made.site_class] * made.size[:, None], 1)
    np.testing.assert_allclose(prob, [[0.1, 0.2], [0.3, 0.6], [0.0, 0.0]], rtol=1e-6)
    assert made.mean_size.tolist() == [20.0]


def test_other_chances_of_the_same_sites_share_their_arrays():
    first = chance([0.01, 0.02], [10.0, 30.0], n_certain=1)
    other = chance([0.03, 0.01], [10.0, 30.0], n_certain=1, like=first)
    alone = chance([0.03, 0.01], [10.0, 30.0], n_certain=1)
    for name in ("site_class", "size", "district"):
        assert getattr(other, name) is getattr(first, name)
        np.testing.assert_array_equal(getattr(other, name), getattr(alone, name))
    np.testing.assert_array_equal(other.factor, alone.factor)


def test_certain_sites_follow_the_others_and_belong_to_no_district():
    made = chance([0.01], [10.0, 20.0], n_certain=2)
    assert made.site_class.tolist() == [0, 0, 1, 1]
    assert made.district.tolist() == [0, 0, -1, -1]
    assert (made.factor[1] == np.float32(site_chance.CERTAIN)).all()
    assert made.alone[1].all()


def test_the_hazard_gives_the_chance_back_for_a_site_of_mean_size():
    made = chance([0.01, 0.04], [10.0, 30.0])
    np.testing.assert_allclose(1 - np.exp(-made.hazard() * 20.0), [[0.2, 0.8]], rtol=1e-6)
    assert np.isfinite(chance([1e9], [10.0]).hazard()).all()


def test_a_table_of_probabilities_is_taken_as_it_is():
    table = np.array([[0.1, 0.5], [1.0, 0.0]])
    made = site_chance.SiteChance.of_table(table)
    np.testing.assert_allclose(made.factor[made.site_class], table, rtol=1e-6)
    np.testing.assert_allclose(made.n_sites, [1.1, 0.5])
    assert made.curve().size == 0


def test_where_districts_are_favoured_a_mean_district_has_less_than_the_average():
    even = chance([0.01], np.full(40, 20.0), district=np.repeat(np.arange(4), 10))
    uneven = chance(
        [0.01], np.full(40, 20.0), district=np.repeat(np.arange(4), 10),
        cluster_size=np.array([0.5]),
    )  # fmt: skip
    assert np.isfinite(uneven.joint_size).all()
    # A favoured district gets more than it takes from the others' chance to have any site.
    assert uneven.hazard()[0, 0] > even.hazard()[0, 0]
    assert uneven.curve().size > 0
