"""No sentence of a source is copied: claims and documents are in the toolkit's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("benchmarks", "docs", "geodata", "scripts", "tests", "toolkit")
TEXTS = {".css", ".csv", ".html", ".j2", ".js", ".json", ".md", ".po", ".pot", ".py", ".toml"}
WORDS = 8
"""Words in a row that no two independent texts have in common."""
MOST_BYTES = 5_000_000


@pytest.fixture(scope="module")
def sources(test_data_dir: Path) -> list[Path]:
    """Return the texts of the sources, next to the test data; skip where there are none."""
    found = sorted((test_data_dir.parent / "seed").glob("*.txt"))
    if not found:
        pytest.skip("there are no texts of sources next to the test data")
    return found


def shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[k : k + WORDS]) for k in range(len(words) - WORDS + 1)}


def texts_of_the_project() -> Iterator[Path]:
    yield from (path for path in ROOT.iterdir() if path.suffix in TEXTS)
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in TEXTS and path.is_file() and path.stat().st_size < MOST_BYTES:
                yield path


def test_a_copied_sentence_would_be_found() -> None:
    said = "Over two hundred cameras now stand in the town, and more will follow."
    copied = f'says = "{said.upper()}"'
    assert shingles(said) <= shingles(copied)
    assert shingles(said).isdisjoint(shingles("The town has over two hundred cameras now."))


def test_no_sentence_of_a_source_is_in_the_project(sources: list[Path]) -> None:
    taken = set().union(*(shingles(path.read_text(encoding="utf-8")) for path in sources))
    assert len(taken) > 500
    found = {
        path.relative_to(ROOT).as_posix(): {" ".join(words) for words in both}
        for path in texts_of_the_project()
        if (both := taken & shingles(path.read_text(encoding="utf-8", errors="replace")))
    }
    assert found == {}
