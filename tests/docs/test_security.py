"""Each promise of SECURITY.md names tests that hold it, and they are there."""

from __future__ import annotations

import re

import documents

SECURITY = documents.ROOT / "SECURITY.md"
TEST = re.compile(r"`(tests/[\w/]+\.py)`")


def promises() -> list[str]:
    """Return the paragraphs of the part on what holds."""
    text = documents.read(SECURITY).partition("## What holds\n")[2].partition("\n## ")[0]
    return [part for part in text.split("\n\n") if part.strip()]


def test_each_promise_names_a_test():
    found = promises()
    assert len(found) > 4
    for promise in found:
        assert promise.lstrip().startswith("**")
        assert TEST.search(promise), promise[:60]


def test_each_named_test_exists_and_tests_something():
    named = TEST.findall(documents.read(SECURITY))
    assert len(named) > 15
    for name in named:
        text = documents.read(documents.ROOT / name)
        assert re.search(r"^def test_", text, re.MULTILINE), name


def test_each_attack_is_named():
    folder = documents.ROOT / "tests" / "attacks"
    attacks = {f"tests/attacks/{path.name}" for path in folder.glob("test_*.py")}
    assert attacks <= set(TEST.findall(documents.read(SECURITY)))


def test_it_says_what_does_not_hold():
    text = documents.read(SECURITY)
    assert "no sandbox" in text
    assert "not who made a pack" in text
    assert "fingerprint" in text
