from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.base import toml_files
from toolkit.base.errors import InputDataError


def test_a_file_that_is_far_too_large_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "x.toml"
    path.write_text("a = 1\n", encoding="utf-8")
    assert toml_files.read_table(path, "x").data == {"a": 1}
    monkeypatch.setattr(toml_files, "MAX_FILE_BYTES", 5)
    with pytest.raises(InputDataError, match="x is larger than"):
        toml_files.read_table(path, "x")


def test_a_mark_of_byte_order_is_no_problem(tmp_path):
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\n")
    assert toml_files.read_table(path, "x").data == {"a": 1}


def test_a_folder_in_place_of_a_file(tmp_path):
    with pytest.raises(InputDataError, match="cannot be read"):
        toml_files.read_table(tmp_path, "x")


def test_values_in_messages_are_short_and_cannot_act_on_a_terminal():
    shown = toml_files.shown_value("\x1b[2J" + "a" * 500)
    assert "\x1b" not in shown
    assert len(shown) == 60
    assert "\x1b" not in toml_files.near("x", ["\x1b[2J"])


def test_a_value_nested_too_deep_to_print_is_named_as_such(tmp_path):
    path = tmp_path / "x.toml"
    path.write_text("a." * 20_000 + "b = 1\n", encoding="utf-8")
    deep = toml_files.read_table(path, "x").data["a"]
    assert toml_files.shown_value(deep) == "a value nested far too deep"


def test_problems_are_counted():
    toml_files.fail_if_any([], "nothing")
    with pytest.raises(InputDataError, match=r"It cannot be used: 1 problem\.\n- one"):
        toml_files.fail_if_any(["one"], "It")
    with pytest.raises(InputDataError, match=r"2 problems\.\n- one\n- two"):
        toml_files.fail_if_any(["one", "two"], "It")


_TEXTS = st.text(st.characters(exclude_categories=("Cs",)))


@given(
    st.one_of(
        _TEXTS,
        st.booleans(),
        st.integers(-(2**60), 2**60),
        st.floats(allow_nan=False),
        st.lists(_TEXTS, max_size=3),
        st.dictionaries(_TEXTS, _TEXTS, min_size=1, max_size=3),
    )
)
def test_values_are_read_back_as_they_were(value):
    text = toml_files.toml_table("[a]", {"x": value, "y": 1})
    assert tomllib.loads(text) == {"a": {"x": value, "y": 1}}
    assert all(line.isprintable() for line in text.split("\n"))


def test_a_table_leaves_out_what_is_not_given():
    assert toml_files.toml_table("[[a]]", {"b": 1.0, "c": None}) == "[[a]]\nb = 1.0\n"
    with pytest.raises(TypeError):
        toml_files.toml_table("", {"a": {1}})
