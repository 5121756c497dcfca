from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.streets.readers.json_text import members

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=4), VALUES, max_size=4), st.lists(VALUES, max_size=4))
def test_it_is_what_the_whole_text_holds(others: dict, items: list) -> None:
    others.pop("items", None)
    for indent in (None, 1):
        text = json.dumps({**others, "items": items}, indent=indent)
        found = list(members(text, "items"))
        assert [value for key, value in found if key == "items"] == items
        assert dict(pair for pair in found if pair[0] != "items") == others


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"a"}', '{"a": 1', '{"a": 1 "b": 2}', '{"items": {}}', '{"items": [1 2]}',
     '{"items": [1,', "{1: 2}", '{"a": NaN}', '{"items": [Infinity]}'],
)  # fmt: skip
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        list(members(text, "items"))
