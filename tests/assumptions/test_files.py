"""Sets as text: what is written is read back whole, whatever it holds."""

from __future__ import annotations

import pytest

from toolkit.assumptions.files import (
    Difference,
    differences,
    save_new,
    shown,
    to_toml,
)
from toolkit.assumptions.sets import load_assumptions, read_set
from toolkit.base import store
from toolkit.base.errors import InputDataError


@pytest.mark.parametrize("name", ["central", "cautious", "minimal"])
def test_a_new_set_has_the_values_of_its_base(name):
    base = load_assumptions(name)
    path = save_new("mine", to_toml(base, name="mine", base=name))
    mine = load_assumptions("mine")
    assert (mine.sha256, mine.label, mine.name) == (base.sha256, base.label, "mine")
    assert mine.extends == name
    # A table that is deleted comes from the base again.
    head, _, tables = path.read_text(encoding="utf-8").partition("[[assumption]]")
    store.write_text(path, head + "[[assumption]]" + tables.partition("[[assumption]]")[2])
    assert load_assumptions("mine").sha256 == base.sha256


def test_changes_are_kept_in_the_file():
    changed = load_assumptions(changes={"optics.height_m": 6.0})
    path = store.home_dir() / "kept.toml"
    store.write_text(path, to_toml(changed, name="kept"))
    kept = read_set(path)
    assert kept.sha256 == changed.sha256
    assert kept.value("optics.height_m") == 6.0
    assert kept.title == "kept, central with 1 changed"


def test_nothing_is_overwritten_and_names_are_plain():
    text = to_toml(load_assumptions(), name="mine")
    path = save_new("mine", text)
    with pytest.raises(InputDataError, match="already"):
        save_new("mine", "other")
    assert path.read_text(encoding="utf-8") == text
    with pytest.raises(InputDataError, match="already"):
        save_new("central", text)
    for name in ("../x", "", "A", "a b", "x" * 65, "a\n", "-a", "con", "lpt1"):
        with pytest.raises(InputDataError, match="cannot name a set"):
            save_new(name, text)
    assert [p.name for p in path.parent.iterdir()] == ["mine.toml"]


def test_differences_name_each_field():
    central = load_assumptions()
    changed = central.with_changes({"optics.height_m": 6.0})
    assert differences(central, central) == ()
    assert differences(central, changed) == (
        Difference("optics.height_m", "value", 5.0, 6.0),
        Difference("optics.height_m", "distribution", "triangular", "fixed"),
    )


def test_values_are_shown_without_signs_that_steer_a_terminal():
    assert [shown(v) for v in (None, 0.5, "a\x1b[31m")] == ["none", "0.5", "a[31m"]
