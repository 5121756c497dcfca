"""Candidate groups of sites."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_crossing import crossing, lit_crossing

from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.siting import candidates
from toolkit.siting.features import FEATURES, levels_of


def test_groups_add_up_to_the_streets_and_the_junction_is_one_group():
    found = crossing()
    assert found.size_m.sum() == pytest.approx(400)
    # Four arms of five pieces; the first of each (middle at 10 m) belongs to the junction.
    assert len(found.size_m) == 4 * 4 + 1
    np.testing.assert_array_equal(np.flatnonzero(found.at_junction), [16])
    # The fourth arm is the main one.
    assert found.line[-1] == 3
    assert np.hypot(*found.xy_m[-1]) == pytest.approx(candidates.load_siting().junction_offset_m)


def test_sites_stand_at_both_kerbs():
    found = crossing(junctions=False)
    arm = found.xy_m[:5]
    np.testing.assert_allclose(np.abs(arm[:, 1]), 4.0)
    assert set(np.sign(arm[:, 1])) == {-1.0, 1.0}


def test_turning_and_moving_the_map_turns_and_moves_the_sites():
    turned = crossing(30.0, (1000.0, -500.0))
    angle = np.deg2rad(30)
    rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    np.testing.assert_allclose(
        crossing().xy_m @ rotation + (1000.0, -500.0), turned.xy_m, atol=1e-9
    )


def test_groups_know_their_features():
    found = lit_crossing()
    level = {
        name: [FEATURES[name][i] for i in index[found.weight_class]]
        for name, index in levels_of(found.class_code).items()
    }
    assert level["junction"][-1] == "main_12"
    assert level["road"][-1] == "primary"
    assert level["signals"][-1] == "near"
    far = int(np.argmax(np.hypot(*found.centre_xy_m.T)))
    assert level["junction"][far] == "away"
    assert level["signals"][far] == "none"
    assert set(level["place"]) == {"not_known"}
    np.testing.assert_allclose(found.class_length_m().sum(), 400)
    assert found.class_length_m().min() > 0


def test_features_follow_the_groups_when_they_are_reordered():
    found = lit_crossing()
    order = np.arange(len(found.size_m))[::-1]
    turned = found.take(order)
    np.testing.assert_array_equal(
        turned.class_code[turned.weight_class], found.class_code[found.weight_class][order]
    )


def test_a_siting_file_with_a_missing_part_is_refused():
    store.write_text(store.home_dir() / "siting" / "central.toml", 'name = "mine"\n')
    with pytest.raises(InputDataError, match=r"central\.toml cannot be used"):
        candidates.load_siting()
