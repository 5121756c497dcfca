from __future__ import annotations

import pytest

from toolkit.base import store
from toolkit.base.errors import InputDataError, NotFoundError
from toolkit.evidence.rankings import compare_editions, find_figure, load_rankings

HEAD = """format = "camera-exposure.rankings/1"

[edition.one]
publisher = "P"
year = 2020
scope = "public"
area = "the city"
title = "T"
"""
ROW = """
[[figure]]
edition = "one"
city = "A"
unit = "cameras"
value = 10
"""
PEOPLE, MILES = "cameras_per_1000_people", "cameras_per_square_mile"


def test_the_rankings_disagree_as_published():
    def value(edition, city, unit):
        return find_figure(edition, city, unit).figure.value

    assert value("comparitech-2021", "London", PEOPLE) == 73
    assert value("comparitech-like-2023", "london", PEOPLE) == 13
    assert value("comparitech-2021", "Shenzhen", MILES) == 520
    assert value("comparitech-like-2023", "Shenzhen", MILES) == 7462
    assert value("comparitech-2020", "Taiyuan", "cameras") == 465_255
    shanghai = find_figure("comparitech-2020", "Shanghai", PEOPLE).figure
    assert "36.96" in shanghai.note


@pytest.mark.parametrize(("city", "unit"), [("London", PEOPLE), ("Shenzhen", MILES)])
def test_comparing_across_editions_is_refused_with_the_reasons(city, unit):
    one, other = (find_figure(e, city, unit) for e in ("comparitech-2021", "comparitech-like-2023"))
    with pytest.raises(InputDataError) as caught:
        compare_editions(one, other)
    message = str(caught.value)
    for reason in (city, "publisher: ", "year: 2021 and 2023", "area: ", "scope: at least one"):
        assert reason in message


def test_within_one_edition_figures_can_be_compared():
    one = find_figure("comparitech-2021", "Taiyuan", PEOPLE)
    other = find_figure("comparitech-2021", "London", PEOPLE)
    assert compare_editions(one, other) == pytest.approx(117 / 73)


def test_two_units_of_one_edition_cannot():
    one = find_figure("comparitech-2021", "London", PEOPLE)
    other = find_figure("comparitech-2021", "London", MILES)
    with pytest.raises(InputDataError, match="unit: "):
        compare_editions(one, other)


def test_an_edition_that_differs_in_nothing_but_its_name_is_another_one(home):
    again = HEAD.split("[edition.one]")[1]
    text = HEAD + "\n[edition.two]" + again + ROW + ROW.replace('"one"', '"two"')
    store.write_text(home / "rankings.toml", text)
    one, other = load_rankings()
    with pytest.raises(InputDataError, match="edition: 'one' and 'two'"):
        compare_editions(one, other)


def test_no_ratio_to_nothing(home):
    second = ROW.replace('"A"', '"B"').replace("10", "0")
    store.write_text(home / "rankings.toml", HEAD + ROW + second)
    one, other = load_rankings()
    with pytest.raises(InputDataError, match="no ratio"):
        compare_editions(one, other)


def test_what_the_rankings_do_not_hold():
    with pytest.raises(NotFoundError, match="Yangon"):
        find_figure("comparitech-2021", "Yangon", PEOPLE)


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("year = 2020\n", "", "edition.one, year: it is missing"),
        ('publisher = "P"\n', "", "edition.one, publisher: it is missing"),
        ('scope = "public"\n', "", "edition.one, scope: it is missing"),
        ('area = "the city"\n', "", "edition.one, area: it is missing"),
        ("year = 2020", "year = 20", "edition.one, year: "),
        ('scope = "public"', 'scope = "some"', "edition.one, scope: "),
        ('edition = "one"', 'edition = "onee"', "Did you mean one"),
        ('unit = "cameras"', 'unit = "camera"', "unit: "),
        ("value = 10", "value = -1", "value: "),
        ("value = 10", "value = nan", "value: "),
        ('city = "A"\n', "", "city: it is missing"),
        ('format = "camera-exposure.rankings/1"', 'format = "x"', "format: "),
        ("value = 10\n", "value = 10\n" + ROW, "stand twice"),
        ("[edition.one]", "[editions.one]", "Did you mean edition"),
    ],
)
def test_problems_come_with_their_place(home, old, new, part):
    store.write_text(home / "rankings.toml", (HEAD + ROW).replace(old, new, 1))
    with pytest.raises(InputDataError) as caught:
        load_rankings()
    assert part in str(caught.value)
    assert "rankings.toml" in str(caught.value)
