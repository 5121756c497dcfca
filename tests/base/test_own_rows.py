"""Tables that come with the toolkit, and the user's own rows beside them."""

from __future__ import annotations

import pytest

from toolkit.base import own_rows
from toolkit.base.record import Record


class Brand(Record):
    """A row of this test."""

    id: str
    year: int


@pytest.fixture
def read(tmp_path, home, monkeypatch):
    """Return the rows of a built-in and an own file, and what is wrong with them."""
    built_in = tmp_path / "built-in"
    built_in.mkdir()
    monkeypatch.setattr(own_rows.store, "builtin_dir", lambda: built_in)

    def call(given, own):
        problems: list[str] = []
        rows = {}
        for folder, text in ((built_in, given), (home, own)):
            if text is not None:
                (folder / "t.toml").write_text(text, encoding="utf-8")
        for table in own_rows.files("t.toml", "brands/1", ["brand"], problems):
            rows |= own_rows.keyed_rows(table, "brand", Brand, "id", problems)
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
