"""The form for a claim: errors next to their field, and how an added claim counts."""

from __future__ import annotations

import re

import pytest
from app_screens import screen
from streamlit.testing.v1 import AppTest

from toolkit.base.terms import LANGUAGES, Language
from toolkit.evidence.load import load_claims
from toolkit.evidence.new_claim import FIELDS
from toolkit.language.translate import tr

CLAIM = {
    "says": "The city has about 400 cameras.", "status": "installed", "low": "400",
    "unit": "cameras", "wording": "about", "kind": "stock", "scope": "public",
    "said": "2025-05-02", "valid": "2025-05", "publisher": "Some Outlet", "title": "A report",
    "source_date": "2025-05-02", "grade": "C3", "reason": "One outlet.",
}  # fmt: skip


def typed(page: AppTest, fields: dict[str, str]) -> AppTest:
    for name, value in fields.items():
        (box,) = [one for one in (*page.text_input, *page.selectbox) if one.key == f"claim:{name}"]
        box.set_value(value)
    (button,) = [one for one in page.button if one.key == "claim-add"]
    return button.click().run()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_field_has_name_help_and_example_in_the_language(lang: Language) -> None:
    page = screen("analysts", lang, city="dawei")
    assert not page.exception
    boxes = {b.key: b for b in (*page.text_input, *page.selectbox) if "claim:" in str(b.key)}
    assert set(boxes) == {f"claim:{field.name}" for field in FIELDS}
    for field in FIELDS:
        box = boxes[f"claim:{field.name}"]
        assert box.label.removesuffix(" \\*").removesuffix(" *").replace("\\", "") == tr(
            field.label, lang
        )
        assert tr(field.help, lang)[:10] in box.help.replace("\\", "")
        if lang != "en":
            assert tr(field.help, lang) != field.help


def test_a_claim_is_added_and_counts() -> None:
    page = typed(screen("analysts", city="dawei"), CLAIM)
    assert not page.exception
    assert not page.error
    said = " ".join(one.value for one in page.success).replace("\\", "")
    assert "dawei-some-outlet-2025-count" in said
    assert "It counts as: about 400 cameras." in said
    before, now = re.findall(r"was (.*?), now (.*?)\.", said)[0]
    assert before != now
    assert any(c.id == "dawei-some-outlet-2025-count" for c in load_claims("dawei"))
    # It is said once, the boxes are empty, and the same claim is not added again.
    page.run()
    assert not page.success
    assert all(not one.value for one in page.text_input if "claim:" in str(one.key))
    again = typed(page, CLAIM)
    assert "known already" in again.success[0].value


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_wrong_is_next_to_its_field_and_nothing_is_written(lang: Language) -> None:
    wrong = {**CLAIM, "low": "four", "said": "May", "publisher": "", "valid": ""}
    page = typed(screen("analysts", lang, city="dawei"), wrong)
    assert not page.exception
    assert tr("This is missing.", lang) in [e.value.replace("\\", "") for e in page.error]
    assert len(page.error) == 3
    order = [
        one.key if "claim:" in str(one.key) else "error"
        for one in page.main
        if one.type == "error" or "claim:" in str(getattr(one, "key", ""))
    ]
    for name in ("low", "said", "publisher"):
        assert order[order.index(f"claim:{name}") + 1] == "error"
    assert not any("some-outlet" in claim.id for claim in load_claims("dawei"))
    # What was typed stays.
    (low,) = [one for one in page.text_input if one.key == "claim:low"]
    assert low.value == "four"


def test_what_does_not_fit_together_is_said_above() -> None:
    page = typed(screen("analysts", city="dawei"), {**CLAIM, "status": "ordered"})
    assert [e.value.replace("\\", "") for e in page.error] == [
        "status 'ordered' is for scope 'compelled_private'. Use 'planned'."
    ]
