"""The page of assumptions: what is moved is marked, kept in the session, and can be taken back."""

from __future__ import annotations

import datetime as dt
import math
import re

import pytest
from streamlit.testing.v1 import AppTest

from toolkit.app.screens.assumptions import CHANGES_KEY, SET_KEY, effect, slider_step
from toolkit.assessment.assess import assess
from toolkit.assessment.outcome import no_trip
from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.terms import LANGUAGES
from toolkit.language import assumption_names, quantities
from toolkit.language.translate import tr

LANG = "en"
HOSTILE = "<img src=x onerror=alert(1)> [x](http://example.org) :red[x]"


def page(lang=LANG):
    def script(lang):
        from toolkit.app.screens import assumptions

        assumptions.show(lang)

    return AppTest.from_function(script, default_timeout=60, kwargs={"lang": lang})


def slider(found, key):
    (one,) = [s for s in found.slider if s.key.endswith(f":{key}")]
    return one


def texts(found):
    shown = [*found.markdown, *found.caption, *found.warning, *found.error, *found.info]
    return "\n".join(str(element.value) for element in shown)


def test_every_value_that_has_a_range_has_a_slider_bounded_by_it():
    found = page().run()
    assert not found.exception
    ranges = {i.key: (i.low, i.high, i.value) for i in load_assumptions().items if i.low < i.high}
    shown = {s.key.split(":", 3)[3]: (s.min, s.max, s.value) for s in found.slider}
    assert shown == ranges
    assert found.session_state[SET_KEY] == "central"
    assert found.session_state[CHANGES_KEY] == {}
    assert "Nothing is changed" in texts(found)
    assert load_assumptions().sha256[:12] in texts(found)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_values_are_named_in_words_with_their_range_reason_and_source(lang):
    found = page(lang).run()
    item = load_assumptions()["optics.height_m"]
    label = slider(found, item.key).label.replace("\\", "")
    name = assumption_names.name(item.key, lang)
    assert label == f"{name[0].upper()}{name[1:]} (m)"
    (known,) = [
        c.value.replace("\\", "")
        for c in found.caption
        if "height_m" in c.value.replace("\\", "") and item.reason in c.value.replace("\\", "")
    ]
    for part in (f"{item.low:g}", f"{item.high:g}", item.source, item.key):
        assert part in known


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_effect_of_a_change_alone_is_one_sentence(lang):
    dates = {"as_of": dt.date(2026, 11, 1), "n_draws": 200}
    before = assess("dawei", **dates)
    values = load_assumptions(changes={"optics.availability": 0.3})
    after = assess("dawei", assumptions=values, **dates)
    shares = [
        quantities.quantity_text(one.tiers["seen"].trip.at_least_one, lang)
        for one in (before, after)
    ]
    assert shares[0] != shares[1]
    text = effect(before, after, "seen", lang)
    assert shares[0] in text
    assert shares[1] in text
    assert shares[0] in effect(before, before, "seen", lang)
    part = after.tiers["seen"].model_copy(update={"trip": no_trip("seen")})
    unknown = after.model_copy(update={"tiers": {**after.tiers, "seen": part}})
    not_known = tr("This change alone: the share of trips is not known.", lang)
    assert effect(before, unknown, "seen", lang) == not_known


def test_a_moved_value_is_marked_kept_and_taken_back():
    found = page().run()
    slider(found, "optics.height_m").set_value(6.0).run()
    assert not found.exception
    assert found.session_state[CHANGES_KEY] == {"optics.height_m": 6.0}
    assert "●" in slider(found, "optics.height_m").label
    assert "●" not in slider(found, "optics.availability").label
    assert any("(1 changed)" in e.label.replace("\\", "") for e in found.expander)
    changed = load_assumptions(changes={"optics.height_m": 6.0})
    assert changed.sha256[:12] in texts(found)
    found.button(key="assumption_reset").click().run()
    assert found.session_state[CHANGES_KEY] == {}
    assert slider(found, "optics.height_m").value == 5.0


def test_changes_come_back_when_the_page_is_shown_again():
    found = page()
    found.session_state[SET_KEY] = "cautious"
    found.session_state[CHANGES_KEY] = {"optics.height_m": 6.0}
    found.run()
    assert found.selectbox[0].value == "cautious"
    assert slider(found, "optics.height_m").value == 6.0
    assert found.session_state[CHANGES_KEY] == {"optics.height_m": 6.0}


def test_another_set_begins_without_changes_and_the_minimal_one_is_named():
    found = page().run()
    slider(found, "optics.height_m").set_value(6.0).run()
    found.selectbox[0].set_value("minimal").run()
    assert not found.exception
    assert found.session_state[SET_KEY] == "minimal"
    assert found.session_state[CHANGES_KEY] == {}
    assert "lowest exposure" in found.warning[0].value
    found.selectbox[0].set_value("central").run()
    assert slider(found, "optics.height_m").value == 5.0
    assert not found.warning


def test_values_that_do_not_fit_together_are_named_and_not_kept():
    found = page().run()
    slider(found, "threshold.recognised_px_m").set_value(250.0).run()
    kept = dict(found.session_state[CHANGES_KEY])
    slider(found, "threshold.face_px_m").set_value(160.0).run()
    assert len(found.error) == 1
    assert found.session_state[CHANGES_KEY] == kept


def test_sets_of_rules_are_not_offered_and_broken_ones_do_not_break_the_page():
    store.write_text(store.home_dir() / "assumptions" / "broken.toml", 'from = "nowhere"\n')
    found = page().run()
    offered = found.selectbox[0].options
    assert not any("amnesty" in option for option in offered)
    found.selectbox[0].set_value("broken").run()
    assert not found.exception
    assert "nowhere" in found.error[0].value


def test_text_of_a_set_is_shown_as_it_is():
    base = (store.builtin_dir() / "assumptions" / "cautious.toml").read_text(encoding="utf-8")
    text = base.replace("Every camera works, all the time.", HOSTILE)
    text = text.replace('about = "', f'about = "{HOSTILE} ')
    store.write_text(store.home_dir() / "assumptions" / "mine.toml", text)
    found = page()
    found.session_state[SET_KEY] = "mine"
    found.run()
    assert not found.exception
    shown = texts(found) + (slider(found, "optics.availability").help or "")
    assert not re.search(r"(?<!\\)[<\[]", shown)
    assert "[x](" not in shown
    assert ":red[" not in shown
    assert "onerror" in shown


def test_the_page_runs_in_burmese():
    found = page("my").run()
    assert not found.exception
    assert found.slider


@pytest.mark.parametrize(
    ("low", "high"), [(0.0, 1.0), (3.5, 8.0), (160.0, 750.0), (0.02, 0.35), (1.0, 10.0)]
)
def test_a_slider_has_steps_of_1_2_or_5_and_enough_of_them(low, high):
    step = slider_step(low, high)
    assert 50 <= (high - low) / step * (1 + 1e-9) <= 125.1
    digit = step / 10 ** math.floor(math.log10(step) + 1e-9)
    assert min(abs(digit - d) for d in (1, 2, 5)) < 1e-6


@pytest.mark.parametrize("lang", ["en", "my"])
def test_no_heading_of_values_is_a_bare_key(lang):
    stages = {item.stage for item in load_assumptions().items}
    headings = {expander.label for expander in page(lang).run().expander}
    assert len(headings) == len(stages)
    assert not headings & stages
