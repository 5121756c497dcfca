from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.base import toml_files
from toolkit.base.errors import InputDataError
from toolkit.base.record import Record


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


def test_a_value_nested_too_deep_to_print_is_named_as_such():
    deep = {"b": 1}
    for _ in range(200_000):  # deeper than any version of Python follows
        deep = {"a": deep}
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


class Brand(Record):
    """A row of this test."""

    id: str
    year: int


@pytest.fixture
def read(tmp_path, home, monkeypatch):
    """Return the rows of a built-in and an own file, and what is wrong with them."""
    built_in = tmp_path / "built-in"
    built_in.mkdir()
    monkeypatch.setattr(toml_files.store, "builtin_dir", lambda: built_in)

    def call(given, own):
        problems: list[str] = []
        rows = {}
        for folder, text in ((built_in, given), (home, own)):
            if text is not None:
                (folder / "t.toml").write_text(text, encoding="utf-8")
        for table in toml_files.own_tables("t.toml", "brands/1", ["brand"], problems):
            rows |= toml_files.keyed_rows(table, "brand", Brand, "id", problems)
        return rows, problems

    return call


HEAD = 'format = "brands/1"\n'
ROW = '[[brand]]\nid = "{}"\nyear = {}\n'


def test_the_users_rows_replace_those_of_one_key_and_are_added(read):
    given = HEAD + ROW.format("a", 1) + ROW.format("b", 2)
    rows, problems = read(given, HEAD + ROW.format("b", 3) + ROW.format("c", 4))
    assert {key: row.year for key, row in rows.items()} == {"a": 1, "b": 3, "c": 4}
    assert problems == []
    assert read(given, None)[0].keys() == {"a", "b", "c"}


def test_each_problem_says_in_whose_file_it_is(read):
    own = "colour = 1\n" + ROW.format("c", 4) + ROW.format("c", 5) + ROW.format("d", '"\x1b"')
    _, problems = read(HEAD, own.replace("\x1b", "\\u001b[31m"))
    assert len(problems) == 4
    assert all(text.startswith("t.toml (your own)") for text in problems)
    assert any("'colour'" in text or "colour" in text for text in problems)
    assert any('it must be "brands/1"' in text for text in problems)
    assert any("stands twice" in text for text in problems)
    assert all(text.isprintable() for text in problems)
