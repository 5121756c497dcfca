"""Figures of published rankings, and why most of them cannot be compared.

Rankings of cities by cameras change what they count: public cameras or all, a city or its whole
region. Two figures are compared only if publisher, year, scope, area and unit are the same; any
other comparison is refused with the reasons, since it would present a change of method as a
change in cameras.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from toolkit.base import store, toml_files
from toolkit.base.errors import InputDataError, NotFoundError
from toolkit.base.record import Record

_FILE = "rankings.toml"
_TOP_LEVEL = ("format", "licence", "edition", "figure")
_YEARS = (1990, 2100)

_Text = Annotated[str, Field(min_length=1, max_length=500)]


class Edition(Record):
    """One edition of a ranking: what all its figures have in common.

    Attributes
    ----------
    scope
        Cameras counted; ``unknown`` where the edition does not say, which rules out comparisons
        with other editions.
    area
        What the edition means by a city.
    """

    id: _Text
    publisher: _Text
    year: Annotated[int, Field(ge=_YEARS[0], le=_YEARS[1], strict=True)]
    scope: Literal["public", "private", "all", "unknown"]
    area: _Text
    title: _Text


class Figure(Record):
    """One number of one city in one edition."""

    edition: _Text
    city: _Text
    unit: Literal[
        "cameras",
        "cameras_per_km",
        "cameras_per_km2",
        "cameras_per_square_mile",
        "cameras_per_1000_people",
    ]
    value: Annotated[float, Field(ge=0, strict=True)]
    note: _Text | None = None


@dataclass(frozen=True)
class RankedFigure:
    """A figure with its edition."""

    figure: Figure
    edition: Edition


class _File(Record):
    model_config = ConfigDict(extra="ignore")

    format: Literal["camera-exposure.rankings/1"]


def load_rankings() -> tuple[RankedFigure, ...]:
    """Return every figure of the rankings, in the order of the file.

    Raises
    ------
    InputDataError
        If the file cannot be used; all problems at once, each with its place.
    """
    path = store.find(_FILE)
    if path is None:
        msg = f"{_FILE} is missing from the data folder. Copy the toolkit again."
        raise InputDataError(msg)
    table = toml_files.read_table(path, _FILE)
    problems = toml_files.unknown_keys(table, _TOP_LEVEL)
    toml_files.parsed(_File, table.data, table.shown, problems)
    editions = _editions(table, problems)
    found: dict[tuple[str, str, str], RankedFigure] = {}
    for index, row in enumerate(toml_files.rows_of(table, "figure", problems)):
        place = table.place("figure", index, row)
        figure = toml_files.parsed(Figure, row, place, problems)
        if figure is None:
            continue
        key = (figure.edition, figure.city, figure.unit)
        if key in found:
            problems.append(f"{place}: that edition, city and unit stand twice. Leave one out.")
        if figure.edition not in editions:
            problems.append(
                f"{place}, edition: no [edition] table is called "
                f"{toml_files.shown_value(figure.edition)}. "
                f"{toml_files.near(figure.edition, editions)}"
            )
            continue
        edition = editions[figure.edition]
        if edition is not None:
            found[key] = RankedFigure(figure, edition)
    toml_files.fail_if_any(problems, "The list of rankings")
    return tuple(found.values())


def _editions(table: toml_files.TomlFile, problems: list[str]) -> dict[str, Edition | None]:
    """Return the ``[edition.ID]`` tables by id, None for an invalid one."""
    rows = table.data.get("edition", {})
    if not isinstance(rows, dict):
        problems.append(f"{table.shown}: write each edition as a table, [edition.NAME].")
        return {}
    return {
        name: toml_files.parsed(
            Edition,
            {"id": name} | row if isinstance(row, dict) else row,
            f"{table.shown}, edition.{name}",
            problems,
        )
        for name, row in rows.items()
    }


def find_figure(edition: str, city: str, unit: str) -> RankedFigure:
    """Return one figure; the case of the city does not matter.

    Raises
    ------
    NotFoundError
        If the rankings do not have it.
    """
    for ranked in load_rankings():
        figure = ranked.figure
        if (figure.edition, figure.unit) == (edition, unit) and _same(figure.city, city):
            return ranked
    msg = (
        f"The rankings hold no figure {toml_files.shown_value(unit)} of "
        f"{toml_files.shown_value(city)} in {toml_files.shown_value(edition)}. Look into {_FILE}."
    )
    raise NotFoundError(msg)


def _same(one: str, other: str) -> bool:
    return re.sub(r"\s+", " ", one).casefold() == re.sub(r"\s+", " ", other).casefold()


def compare_editions(one: RankedFigure, other: RankedFigure) -> float:
    """Return the ratio of the first figure to the second.

    Raises
    ------
    InputDataError
        If publisher, year, scope, area or unit differ, with each reason; or if the second is 0.
    """
    a, b = one.edition, other.edition
    reasons = [
        f"{name}: {toml_files.shown_value(x)} and {toml_files.shown_value(y)}"
        for name, x, y in (
            ("publisher", a.publisher, b.publisher),
            ("year", a.year, b.year),
            ("scope", a.scope, b.scope),
            ("area", a.area, b.area),
            ("unit", one.figure.unit, other.figure.unit),
        )
        if x != y
    ]
    if a.id != b.id and "unknown" in (a.scope, b.scope):
        reasons.append("scope: at least one of them does not say which cameras it counts")
    if a.id != b.id and not reasons:
        reasons.append(
            f"edition: {toml_files.shown_value(a.id)} and {toml_files.shown_value(b.id)}"
        )
    if reasons:
        msg = (
            f"{one.figure.city} ({one.figure.value:g}, {a.id}) and {other.figure.city} "
            f"({other.figure.value:g}, {b.id}) cannot be compared, because they differ in "
            + "; ".join(reasons)
            + ". Compare figures of one edition."
        )
        raise InputDataError(msg)
    if other.figure.value == 0:
        msg = f"{other.figure.city} has 0 in {b.id}: there is no ratio to it. Take another figure."
        raise InputDataError(msg)
    return one.figure.value / other.figure.value
