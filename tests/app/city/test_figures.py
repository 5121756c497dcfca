"""Tables of the page of a city."""

from __future__ import annotations

import math
import re
from html import unescape

import numpy as np
from invented import layers_of, with_tier
from made import report_on
from made_trips import trip_of, with_trips

from toolkit.app.city import figures
from toolkit.base.quantity import Quantity
from toolkit.base.terms import EXPOSURE_CLASSES
from toolkit.language import quantities, words
from toolkit.output import map_scale
from toolkit.output.map_scale import STEPS


def test_the_table_under_the_map_has_the_length_of_each_colour() -> None:
    layers = layers_of(41)
    lengths = 100.0 * np.arange(1, 42)
    streets = layers.streets.assign(length_m=lengths)
    assessment = with_tier(Quantity.of(1, 2, 3, "km"), Quantity.of(0.1, 0.2, 0.3, "share"))
    shown = layers.__class__(**{**vars(layers), "streets": streets})
    html = unescape(figures.steps_table(assessment, shown, "seen", "en")).replace("\xa0", " ")
    rows = re.findall(r"<tr.*?<th scope=\"row\">(.*?)</th><td>(.*?)</td>", html)
    by_name = {re.sub("<.*?>", "", head): cell for head, cell in rows}
    assert next(iter(by_name.values())) == "1.0 to 3.0 km (middle 2.0)"
    total = lengths.sum()
    for step in STEPS:
        metres = float(map_scale.streets_of(step, streets, "seen")["length_m"].sum())
        wanted = quantities.quantity_text(Quantity.exactly(metres / 1000, "km"), "en")
        assert metres > 0
        assert by_name[map_scale.step_name(step, "en")] == (
            f"{wanted} ({quantities.share(metres / total, 'en')})"
        )
    for cls in EXPOSURE_CLASSES:
        of_class = lengths[(streets["seen_class"] == cls).to_numpy()].sum() / 1000
        told = by_name[words.class_name(cls, "en")]
        assert math.isclose(float(told.split()[0]), of_class, rel_tol=0.01)
    assert html.count('class="line step') == len(STEPS)


def test_the_tiers_side_by_side_begin_with_the_trip_where_it_is_known() -> None:
    unknown = report_on(layers_of())
    assert figures.tiers_table(unknown, "en").head[1] == "Street covered"
    found = with_trips(unknown, trip_of())
    table = figures.tiers_table(found, "en")
    assert table.head[1:3] == ("Trips that pass at least one", "Street covered")
    share = quantities.quantity_text(found.tiers["seen"].trip.at_least_one, "en")
    assert {cells[0] for _, cells in table.rows} == {share}
