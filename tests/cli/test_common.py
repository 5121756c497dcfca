"""What the commands share: options turned into values, and text made printable."""

from __future__ import annotations

import pytest

from toolkit.base.errors import UsageError
from toolkit.cli import common


@pytest.mark.parametrize(
    ("text", "expected"), [("200:600", (200, 600)), ("250", (250, 250)), ("1:1", (1, 1))]
)
def test_counts_are_ranges_or_one_number(text, expected):
    assert common.parse_count(text) == expected
    with pytest.raises(UsageError):
        common.parse_count("-" + text)
