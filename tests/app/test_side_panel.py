"""What the user chooses, without the page around it."""

from __future__ import annotations

from toolkit.app import side_panel
from toolkit.base.terms import LANGUAGES
from toolkit.streets.cities import find_city


def test_cities_of_one_name_can_be_told_apart() -> None:
    twins = [find_city("dawei"), find_city("dawei").model_copy(update={"id": "other"})]
    for lang in LANGUAGES:
        names = side_panel.city_names(twins, lang)
        assert len(set(names.values())) == 2
    assert side_panel.city_names(twins[:1], "my") == {"dawei": "ထားဝယ် (Dawei)"}
