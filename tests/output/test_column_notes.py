"""What the columns of exported layers hold."""

from __future__ import annotations

import re

import pytest
from banned_words import banned_words

from toolkit.base import store
from toolkit.base.terms import SWITCHED_TIERS, TIERS
from toolkit.output import column_notes, exports


@pytest.mark.parametrize("name", exports.SPECS)
def test_each_column_of_each_layer_is_explained_with_its_unit(name: str) -> None:
    assert column_notes.layer(name)
    for column, unit in exports.SPECS[name].columns.items():
        text = column_notes.column(column, unit)
        assert text.endswith(f"({unit})")
        assert banned_words(text) == []
        for tier in TIERS:
            if column.startswith(f"{tier}_") and tier in SWITCHED_TIERS:
                assert "switched on" in text


def test_what_a_file_says_of_plain_columns_is_what_the_documentation_says() -> None:
    document = store.builtin_dir().parent / "docs" / "reference" / "exports.md"
    said = re.findall(r"^- `(\w+)` \(([^)]+)\): (.+)$", document.read_text("utf-8"), re.MULTILINE)
    checked = 0
    for column, unit, meaning in said:
        if meaning in ("as above", "side of the cell", "a tier", "class"):
            continue
        head = column_notes.column(column, unit)
        if column not in ("axis_deg", "width_deg"):  # said at more length there
            plain = re.sub(r" \(\[.*\)$|, such as `.*`$", "", meaning)
            assert head == f"{plain} ({unit})"
            checked += 1
    assert checked > 20
