"""The documents of the project, and the parts of them that tests look at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from toolkit.base import store

ROOT = store.builtin_dir().parent
DOCS = ROOT / "docs"
README = ROOT / "README.md"
GUIDES = ("CONTRIBUTING.md", "SECURITY.md")
AROUND = (README, *(ROOT / name for name in ("CHANGELOG.md", *GUIDES)))
"""Documents outside docs/."""

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```\n", re.DOTALL | re.MULTILINE)


def documents() -> list[Path]:
    """Return every document, those that scripts write included."""
    return [*AROUND, *sorted(DOCS.rglob("*.md"))]


def name_of(path: Path) -> str:
    """Return a document's name within the project."""
    return path.relative_to(ROOT).as_posix()


def read(path: Path) -> str:
    """Return the text of a document."""
    return path.read_text(encoding="utf-8")


def handwritten() -> dict[str, str]:
    """Return the texts of docs/ and the README that people write and keep, by name.

    Without translations, which say nothing new: `translations` has them.
    """
    paths = [
        README,
        *(p for p in sorted(DOCS.rglob("*.md")) if DOCS / "generated" not in p.parents),
    ]
    return {name_of(path): read(path) for path in paths if path not in translations()}


def translations() -> dict[Path, Path]:
    """Return the Burmese documents, and of which document each is the translation."""
    found = sorted(DOCS.rglob("*.my.md"))
    return {path: path.with_name(path.name.replace(".my.md", ".md")) for path in found}


def blocks(text: str, language: str) -> Iterator[str]:
    """Yield the fenced blocks of a language."""
    for found in _FENCE.finditer(text):
        if found[1] == language:
            yield found[2]


def without_blocks(text: str) -> str:
    """Return a text without its fenced blocks."""
    return _FENCE.sub("", text)
