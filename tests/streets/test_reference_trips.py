"""The committed figures of trips against bounds, and files that cannot be used."""

from __future__ import annotations

import json

import numpy as np
import pytest

from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.base.terms import TIERS
from toolkit.streets import reference_trips
from toolkit.streets.reference_trips import (
    AXES,
    INNER_SHARE,
    KINDS,
    MEASURED_MODES,
    OUTER_M,
    SIDES,
    WIDTH_DEG,
)


@pytest.fixture(scope="module")
def known():
    return reference_trips.load_trips()


def test_the_file_is_small():
    assert store.find(reference_trips.FILE).stat().st_size < 400_000


def test_shapes(known):
    n, spread = len(known.ids), (len(known.large), len(MEASURED_MODES), len(TIERS))
    assert known.rate.shape[0] == n >= 10
    assert known.blocked_rate.shape == (len(known.walled), *known.rate.shape[1:])
    assert known.ratio.shape == known.uneven.shape == (*spread, len(KINDS))
    assert known.placement.shape == known.placement_by_district.shape == spread


def test_more_is_in_view_of_wider_fields_and_larger_rings(known):
    rate = known.rate.reshape(
        len(known.ids), len(MEASURED_MODES), len(SIDES), len(AXES), len(OUTER_M),
        len(INNER_SHARE), len(WIDTH_DEG),
    )  # fmt: skip
    slack = 1.001  # figures have three digits
    assert (rate[..., :-1] <= rate[..., 1:] * 1.01).all()
    assert (rate[..., 1:, :] <= rate[..., :-1, :] * slack * 1.01).all()
    whole = rate[..., 0, :]
    assert (np.diff(whole.mean(axis=(0, 1)), axis=-2) > 0).all()
    # Either side is in view no more often than any, and no less often than one.
    any_side, one, either = np.moveaxis(rate, 2, 0)
    assert (one <= either * 1.01).all()
    assert (either <= any_side * 1.01).all()
    # All around, the direction of the camera makes no difference.
    around = rate[..., -1]
    assert around[:, :, :, 0] == pytest.approx(around[:, :, :, 1], rel=0.02)


def test_a_camera_that_looks_all_around_meets_those_who_pass(known):
    """On a straight street one camera per km meets one trip per km and those that end near it."""
    rate = known.rate.reshape(*known.rate.shape[:4], len(OUTER_M), len(INNER_SHARE), -1)
    near = rate[:, :, 0, 0, OUTER_M.index(18.0), 0, -1]
    assert (near > 1.0).all()
    assert (near < 2.7).all()  # the two carriageways of a divided road count as two


def test_one_network_can_be_left_out(known):
    for name in (known.ids[0], known.ids[known.walled[0]]):
        others = known.without(name)
        kept = [k for k, other in enumerate(known.ids) if other != name]
        assert others.ids == tuple(known.ids[k] for k in kept)
        assert (others.rate == known.rate[kept]).all()
        assert [others.ids[k] for k in others.walled] == [
            known.ids[k] for k in known.walled if known.ids[k] != name
        ]
        assert len(others.blocked_rate) == len(others.walled)
        assert len(others.uneven) == len(others.large)


@pytest.mark.parametrize(
    "change",
    [
        lambda whole: whole.update(schema="other/1"),
        lambda whole: whole.update(width_deg=[1.0]),
        lambda whole: whole.update(networks=whole["networks"][:1]),
        lambda whole: [row.update(street_km=10.0) for row in whole["networks"][1:]],
        lambda whole: whole.update(networks=whole["networks"][:8]),  # one has buildings
        lambda whole: whole["networks"][0]["modes"].pop("foot"),
        lambda whole: whole["networks"][0]["modes"]["foot"]["kinds"].pop("week"),
        lambda whole: whole["networks"][0]["modes"]["foot"]["rate"].pop(),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(monkeypatch, tmp_path, change):
    whole = json.loads(store.find(reference_trips.FILE).read_bytes())
    change(whole)
    own = tmp_path / reference_trips.FILE
    own.write_text(json.dumps(whole), encoding="utf-8")
    monkeypatch.setattr(store, "find", lambda _: own)
    with pytest.raises(InputDataError, match="cannot be used"):
        reference_trips.load_trips()


def test_a_missing_file_is_named(monkeypatch):
    monkeypatch.setattr(store, "find", lambda _: None)
    with pytest.raises(InputDataError, match="is missing"):
        reference_trips.load_trips()
