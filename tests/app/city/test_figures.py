"""Tables of the page of a city."""

from __future__ import annotations

from invented import layers_of
from made import report_on
from made_trips import trip_of, with_trips

from toolkit.app.city import figures
from toolkit.language import quantities


def test_the_tiers_side_by_side_begin_with_the_trip_where_it_is_known() -> None:
    unknown = report_on(layers_of())
    assert figures.tiers_table(unknown, "en").head[1] == "Street covered"
    found = with_trips(unknown, trip_of())
    table = figures.tiers_table(found, "en")
    assert table.head[1:3] == ("Trips that pass at least one", "Street covered")
    share = quantities.quantity_text(found.tiers["seen"].trip.at_least_one, "en")
    assert {cells[0] for _, cells in table.rows} == {share}
