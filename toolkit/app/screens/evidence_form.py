"""Form for one claim of the user's own, as ``camera-exposure evidence add`` takes it."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Final

import streamlit as st

from toolkit.app import bar, changed_set, kept_answers, markup
from toolkit.base import escape
from toolkit.base.errors import ToolkitError
from toolkit.base.terms import Language
from toolkit.evidence.new_claim import FIELDS, Field, help_text, problems_by_field
from toolkit.evidence.write import add_claims, check_new
from toolkit.language import sentences
from toolkit.language.quantities import quantity_text
from toolkit.language.translate import tr
from toolkit.output.report import reported

_LONGEST: Final = 2000
"""Characters of a text of a claim, see `evidence.claim`."""
_WRONG: Final = "claim-problems"
_ADDED: Final = "claim-added"


def show(choice: bar.Choice, lang: Language) -> None:
    """Show the form, what is wrong next to each field, and how an added claim counts."""
    intro = tr(
        "Add one claim about {city} that you have read or heard. It is written to your own data "
        "on this computer and nowhere else. Fields with * are needed.",
        lang,
    ).format(city=choice.city.name.in_language(lang))
    markup.show(lang, markup.tag("p", intro))
    for text in st.session_state.pop(_ADDED, ()):
        st.success(escape.markdown(text))
    with st.form("claim", border=False):
        _show_problems("")
        for field in FIELDS:
            if field.common:
                _show_field(field, lang)
        with st.expander(escape.markdown(tr("More fields", lang))):
            for field in FIELDS:
                if not field.common:
                    _show_field(field, lang)
        st.form_submit_button(
            escape.markdown(tr("Add the claim", lang)),
            type="primary",
            on_click=partial(_add, choice, lang),
            key="claim-add",
        )


def _show_field(field: Field, lang: Language) -> None:
    label = escape.markdown(f"{tr(field.label, lang)}{' *' if field.needed else ''}")
    helped = escape.markdown(help_text(field, lang))
    if field.form == "choice":
        st.selectbox(
            label,
            ("", *field.values),
            format_func=lambda value: value.replace("_", " ") or "–",
            key=_key(field),
            help=helped,
        )
    else:
        st.text_input(
            label,
            key=_key(field),
            help=helped,
            placeholder=escape.plain(field.example),
            max_chars=_LONGEST,
            autocomplete="off",
        )
    _show_problems(field.name)


def _show_problems(name: str) -> None:
    for problem in st.session_state.get(_WRONG, {}).get(name, ()):
        st.error(escape.markdown(problem))


def _key(field: Field) -> str:
    return f"claim:{field.name}"


def _add(choice: bar.Choice, lang: Language) -> None:
    """Add the claim that was typed, or keep what is wrong with it, before the page runs again."""
    bar.use_chosen_numerals(lang)
    typed = {field.name: str(st.session_state.get(_key(field)) or "").strip() for field in FIELDS}
    fields = {name: text for name, text in typed.items() if text}
    today = dt.datetime.now(dt.UTC).date()
    claim, problems = problems_by_field(choice.city.id, fields, lang, today=today)
    st.session_state[_WRONG] = problems
    if claim is None or problems:
        return
    before = _count(choice, lang)
    try:
        check_new(choice.city.id, [claim])
        added = add_claims(choice.city.id, [claim])
    except ToolkitError as error:
        st.session_state[_WRONG] = {"": sentences.or_english(str(error), lang).splitlines()}
        return
    if not added:
        st.session_state[_ADDED] = (tr("Nothing added: it is known already.", lang),)
        return
    for field in FIELDS:
        st.session_state.pop(_key(field), None)
    lines = [tr("Added to your own evidence: {claim}.", lang).format(claim=claim.id)]
    if claim.quantity is not None:
        figure = reported.figure_text(claim.quantity, lang)
        lines.append(tr("It counts as: {figure}.", lang).format(figure=figure))
    now = _count(choice, lang)
    changed = tr("Cameras of the reported system: was {before}, now {now}.", lang)
    same = tr("Cameras of the reported system, unchanged: {now}.", lang)
    lines.append((same if now == before else changed).format(before=before, now=now))
    st.session_state[_ADDED] = lines


def _count(choice: bar.Choice, lang: Language) -> str:
    """Return the count of the choice in words."""
    made = kept_answers.estimate(choice, changed_set.chosen())
    return quantity_text(made.assessment.counted.count, lang)
