"""What an hour in the field can teach."""

from __future__ import annotations

import pytest

from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.studies.sensitivity import field_work


def test_every_factor_that_can_be_drawn_can_be_learned_or_not_with_a_reason(dawei):
    known = field_work.load_field_work()
    told = [f for work in known.work for teaching in work.teaches for f in teaching.factors]
    told += [f for group in known.cannot for f in group.factors]
    assert len(told) == len(set(told))
    drawn = {
        item.key
        for item in load_assumptions().items
        if item.layer == "ignorance" and item.distribution != "fixed"
    }
    drawn |= {f.key for part in dawei.tiers.values() for f in part.factors}
    assert drawn <= set(told)


def test_a_learned_share_has_its_range(home):
    text = (store.builtin_dir() / field_work.FILE).read_text(encoding="utf-8")
    (home / field_work.FILE).write_text(
        text.replace("learned_share = 0.85", "learned_share = 0.95"), encoding="utf-8"
    )
    with pytest.raises(InputDataError, match="low <= learned_share <= high"):
        field_work.load_field_work()
