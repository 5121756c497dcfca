"""The chart of what matters."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from banned_words import banned_words
from invented import HOSTILE
from scipy import special
from toy_analysis import analysis_of, toy

from toolkit.base.terms import LANGUAGES
from toolkit.studies.sensitivity import chart, words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_name_fits_beside_its_bar_on_two_lines(dawei, lang):
    names = [words.factor_name(f.key, lang) for f in dawei.tiers["seen"].factors]
    for name in names:
        lines = chart._wrapped(name, lang)
        assert len(lines) <= 2
        assert all(len(line) <= chart._LETTERS[lang] for line in lines)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_chart_is_whole_and_its_longest_bar_is_on_top(dawei, lang):
    drawn = chart.draw(dawei, "seen", lang, standalone=False)
    root = ET.fromstring(drawn)  # noqa: S314 - drawn here
    shown = [f for f in dawei.tiers["seen"].factors if f.distinguishable][: chart.MOST_BARS]
    text = "".join(root.itertext())
    for factor in shown:
        first, *_ = words.factor_name(factor.key, lang).split(" ")
        assert first in text
    bars = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="22"', drawn)
    assert len(bars) == 2 * len(shown)
    spans = [float(a) + float(b) for (_, a), (_, b) in zip(bars[::2], bars[1::2], strict=True)]
    # At equal steps of log odds.
    figures = [np.diff(special.logit([f.figure.low, f.figure.high])).item() for f in shown]
    np.testing.assert_allclose(
        np.array(spans) / spans[0], np.array(figures) / figures[0], atol=0.01
    )
    assert not re.search(r"(?:href|src)=|<script", drawn)
    assert not banned_words(text)


def test_a_picture_in_burmese_carries_its_font_and_one_of_a_page_does_not(dawei):
    assert "@font-face" in chart.draw(dawei, "seen", "my")
    assert "@font-face" not in chart.draw(dawei, "seen", "my", standalone=False)
    assert chart.draw(dawei, "seen", "en") == chart.draw(dawei, "seen", "en")


def test_names_of_unknown_factors_are_harmless_in_the_chart(dawei):
    part = dawei.tiers["seen"]
    bad = part.factors[0].model_copy(update={"key": HOSTILE})
    found = analysis_of(seen=part.model_copy(update={"factors": (bad,), "mostly": (HOSTILE,)}))
    drawn = chart.draw(found, "seen", "en")
    ET.fromstring(drawn)  # noqa: S314 - drawn here
    assert "<img" not in drawn
    assert "\u202e" not in drawn


def test_nothing_is_drawn_where_nothing_moves():
    assert chart.draw(analysis_of(seen=toy(np.zeros(5))), "seen", "en") == ""
