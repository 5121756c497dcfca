"""The full report on paper: it has the parts that analysts need."""

from __future__ import annotations

import datetime as dt

import pytest
from invented import layers_of
from made import claim_of, other_claim, report_on

from toolkit.base.terms import LANGUAGES, TIERS, Language
from toolkit.output.report import full, page

CLAIMS = (claim_of(), other_claim())
UNTIL = dt.date(2024, 9, 8)


@pytest.mark.parametrize("streets", [True, False])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_parts_are_there_and_no_label_is_empty(streets: bool, lang: Language) -> None:
    found = report_on(layers_of() if streets else None)
    data = full.document(found, claims=CLAIMS, valid_until=UNTIL, lang=lang)
    heads = [one["text"] for one in data["blocks"] if one["kind"] == "heading"]
    assert all(heads)
    t = page.content(found, claims=CLAIMS, valid_until=UNTIL, drawing=None, lang=lang)["t"]
    for name in (
        "short", "method", "hangs_on", "figures", "mapped", "sources", "contradictions",
        "boundary", "notes", "glossary", "provenance", "licence",
    ):  # fmt: skip
        assert t[name] in heads, name
    maps = [one for one in data["blocks"] if one["kind"] == "map"]
    assert len(maps) == (len(TIERS) if streets else 0)
    (limits,) = [one for one in data["blocks"] if one["kind"] == "boxed"]
    assert len(limits["texts"]) >= 5


def test_hash_and_changes_of_the_assumptions_are_in_it() -> None:
    found = report_on(None)
    data = full.document(found, claims=CLAIMS, valid_until=UNTIL, lang="en")
    (table,) = [
        one
        for one in data["blocks"]
        if one["kind"] == "table" and one["rows"][0][0] == "Assumption set"
    ]
    assert found.assumptions.sha256 in [cell for row in table["rows"] for cell in row]
