"""Sentences with an id: in both languages, and English in the files."""

from __future__ import annotations

import ast
import inspect

import pytest
from banned_words import banned_words

from toolkit.base.terms import LANGUAGES
from toolkit.language import notes
from toolkit.language.translate import has_burmese

VALUES = {"share": 0.03, "low": 0.18, "high": 0.87}
"""Shares that the texts of some notes name."""


def ids() -> list[str]:
    """Return the ids of the sentences, in the order of the code."""
    table = max(
        (
            node
            for node in ast.walk(ast.parse(inspect.getsource(notes)))
            if isinstance(node, ast.Dict)
        ),
        key=lambda node: len(node.keys),
    )
    return [key.value for key in table.keys if isinstance(key, ast.Constant)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_id_has_one_sentence_of_its_own(lang):
    texts = [notes.text(name, lang, **VALUES) for name in ids()]
    assert len(set(texts)) == len(texts) > 20
    for text in texts:
        assert has_burmese(text) == (lang == "my")
        assert banned_words(text) == []


def test_files_carry_english_in_the_order_asked_for():
    made = notes.notes(["stale", "no_streets"])
    assert [note.id for note in made] == ["stale", "no_streets"]
    assert [note.text for note in made] == [notes.text("stale"), notes.text("no_streets", "en")]


def test_shares_are_part_of_the_text_in_each_language():
    (made,) = notes.notes(["few_buildings"], {"few_buildings": VALUES})
    assert "3 %" in made.text
    assert "18 % to 87 %" in made.text
    assert made.values == VALUES
    assert "87 %" in notes.text(made.id, "my", **made.values)
    with pytest.raises(KeyError):
        notes.text("few_buildings")


def test_an_id_that_is_not_there_is_an_error():
    with pytest.raises(KeyError, match="no_such_note"):
        notes.text("no_such_note")


def test_what_a_pack_lacks_is_said_in_sentences():
    assert notes.of_map_data({"street_km": 2.0, "missing_node_refs": 3}) == ()
    lacking = {"missing_buildings": 1, "missing_signals": 1, "unclassed_km": 0.5, "street_km": 2.0}
    assert notes.of_map_data(lacking) == (
        "No buildings are known: views are not blocked, so exposure is overstated.",
        "No traffic lights are known: junctions all count alike.",
        "For 25 % of the street length no class of road is known: it counts as minor streets.",
    )
    all_alike = {"missing_classes": 1, "unclassed_km": 2.0, "street_km": 2.0}
    assert notes.of_map_data(all_alike) == ("The streets have no classes: all count alike.",)
    assert has_burmese(" ".join(notes.of_map_data(lacking, "my")))
