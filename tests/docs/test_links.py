"""Links within the documents lead somewhere, and files that they name exist."""

from __future__ import annotations

import re

import documents
import pytest

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FILE = re.compile(
    r"`((?:[\w-]+/)+[\w.-]+\.(?:py|toml|json|md|po|j2|svg|png))`|python (scripts/[\w/]+\.py)"
)
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
OWN = re.compile(r"(?:assumptions|evidence|packs|siting|cache|cameras)/|(?:.*/)?[A-Z][A-Z.]*\.\w+$")
"""Files that a user has, by their folder or a placeholder in capitals."""


def anchors(text: str) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    found: set[str] = set()
    for heading in HEADING.findall(documents.without_blocks(text)):
        slug = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        number = 0
        while (anchor := f"{slug}-{number}" if number else slug) in found:
            number += 1
        found.add(anchor)
    return found


def links() -> list[tuple[str, str]]:
    return [
        (documents.name_of(path), target)
        for path in documents.documents()
        for target in LINK.findall(documents.without_blocks(documents.read(path)))
        if not target.startswith(("http:", "https:", "mailto:"))
    ]


@pytest.mark.parametrize(("document", "target"), links())
def test_a_link_leads_somewhere(document, target):
    name, _, anchor = target.partition("#")
    here = documents.ROOT / document
    path = (here.parent / name).resolve() if name else here
    assert path.exists()
    if anchor:
        assert anchor in anchors(documents.read(path))


def test_every_document_can_be_reached_from_the_readme():
    reached, left = set(), [documents.README]
    while left:
        path = left.pop()
        if path in reached:
            continue
        reached.add(path)
        targets = LINK.findall(documents.without_blocks(documents.read(path)))
        inside = ((path.parent / target.partition("#")[0]).resolve() for target in targets)
        left += [p for p in inside if p.suffix == ".md" and p.is_file()]
    assert not [documents.name_of(p) for p in documents.DOCS.rglob("*.md") if p not in reached]


@pytest.mark.parametrize("name", sorted({*documents.handwritten(), *documents.GUIDES}))
def test_files_that_a_document_names_exist(name):
    """Paths are given from the root of the project, or from the package."""
    text = documents.read(documents.ROOT / name)
    named = {one or other for one, other in FILE.findall(text)}
    roots = (documents.ROOT, documents.ROOT / "toolkit")
    missing = {file for file in named if not any((root / file).exists() for root in roots)}
    assert not {file for file in missing if not OWN.match(file)}


def test_anchors_are_those_that_github_makes():
    text = "# One `two`: three, four\n## Same\n## Same\n```\n# not a heading\n```\n"
    assert anchors(text) == {"one-two-three-four", "same", "same-1"}
