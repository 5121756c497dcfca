"""Totals as quantile dots."""

from __future__ import annotations

import re

import numpy as np
import pytest
from made import report_on
from pages import elements

from toolkit.assessment.model import DrawPair
from toolkit.base.terms import TIERS
from toolkit.output.report import dots


@pytest.mark.parametrize("most", [0.0, 1e-4, 0.7, 35.0, 12_345.0])
def test_there_are_twenty_dots_on_an_axis_from_nothing(most: float) -> None:
    drawn = elements(dots.draw(np.linspace(0.0, most, dots.N_DOTS).tolist(), "alternative"))
    assert len([one for one in drawn if one.tag == "circle"]) == dots.N_DOTS
    labels = [one.text for one in drawn if one.tag == "text"]
    assert float(labels[0].replace(",", "")) == 0.0
    assert float(labels[-1].replace(",", "")) >= most * 0.999
    assert drawn[0].attributes["aria-label"] == "alternative"


def test_dots_lie_where_the_values_are_and_stack_where_they_are_alike() -> None:
    svg = dots.draw([1.0] * 19 + [10.0], "x")
    places = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', svg)
    assert len({x for x, _ in places}) == 2
    assert len({y for _, y in places}) == 19


def test_they_are_quantiles_of_the_draws() -> None:
    draws = np.arange(1001.0)
    found = dots.values(list(draws))
    assert found[0] == 25.0
    assert found[-1] == 975.0
    assert list(found) == sorted(found)


def test_figures_without_draws_have_none() -> None:
    found = report_on(None)
    assert [one.name for one in dots.totals(found, "en")] == ["Cameras of the reported system"]
    pairs = {tier: DrawPair(expected=(1.0, 2.0), realised=(1.0, 3.0)) for tier in TIERS}
    full = found.model_copy(update={"draws": found.draws.model_copy(update={"length_km": pairs})})
    assert len(dots.totals(full, "en")) == 1 + len(TIERS)
