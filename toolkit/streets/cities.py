"""Cities of the toolkit: names, spellings, coordinates, and towns easily mistaken for them.

Built-in cities are listed in ``geodata/cities.toml``. A file ``cities.toml`` in the user's data
adds cities, or replaces one that has the same id.
"""

from __future__ import annotations

import difflib
import unicodedata
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from toolkit.base import store, toml_files
from toolkit.base.errors import NotFoundError
from toolkit.base.record import Record
from toolkit.base.terms import Names

_FILE = "cities.toml"
_TOP_LEVEL = ("format", "licence", "source", "city")

_Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
_Text = Annotated[str, Field(min_length=1, max_length=1000)]


class Trap(Record):
    """Another place that is easily mistaken for the city."""

    names: Annotated[tuple[_Text, ...], Field(min_length=1)]
    says: _Text
    """One sentence that distinguishes the two."""


class City(Record):
    """One city.

    Attributes
    ----------
    lat, lon
        Centre of the town, degrees, WGS84 (EPSG:4326).
    country
        ISO 3166-1 code. Where no number of cameras is reported, one may be borrowed from other
        cities of the same country; None borrows none.
    population
        Inhabitants, None where no source is given; never used to compute a camera count.
    admin
        Administrative unit whose seat the city is.
    note
        Caveat on any figure for "the city".
    demonstration
        Whether everything reported about it is invented.
    pack
        Id of the built-in street pack, or None.
    """

    id: _Id
    name: Names
    aliases: tuple[_Text, ...] = ()
    lat: Annotated[float, Field(ge=-90, le=90, strict=True)]
    lon: Annotated[float, Field(ge=-180, le=180, strict=True)]
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    geonames_id: Annotated[int, Field(gt=0, strict=True)] | None = None
    population: Annotated[int, Field(gt=0, strict=True)] | None = None
    population_source: _Text | None = None
    population_note: _Text | None = None
    admin: _Text
    note: _Text | None = None
    traps: tuple[Trap, ...] = ()
    demonstration: Annotated[bool, Field(strict=True)] = False
    pack: _Id | None = None

    @model_validator(mode="after")
    def _fits(self) -> City:
        problems = []
        if self.population is not None and self.population_source is None:
            problems.append("population needs population_source: say who counted, and when.")
        problems.extend(
            f"the name {toml_files.shown_value(name)} has no letter or digit. Write a name."
            for name in self.spellings
            if not folded(name)
        )
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every spelling of this city: id, name in each language, aliases."""
        return (self.id, *self.name.in_all_languages(), *self.aliases)


class _File(Record):
    model_config = ConfigDict(extra="ignore")

    format: Literal["camera-exposure.cities/1"]


def folded(text: str) -> str:
    """Return a name in the form used for comparison: NFC, case-folded, letters, marks, digits.

    Marks are kept because Burmese vowels and the asat are marks.

    Examples
    --------
    >>> folded("Nay Pyi-Taw")
    'naypyitaw'
    """
    whole = unicodedata.normalize("NFC", text).casefold()
    kept = "".join(sign for sign in whole if unicodedata.category(sign)[0] in "LMN")
    return unicodedata.normalize("NFC", kept)


def load_cities() -> tuple[City, ...]:
    """Return the built-in cities and the user's own, in the order of the files.

    Returns
    -------
    cities
        A user's city replaces the built-in one of the same id.

    Raises
    ------
    InputDataError
        If a file cannot be used; lists all problems of both files, each with its place.
    """
    problems: list[str] = []
    merged: dict[str, City] = {}
    for root, owner in ((store.builtin_dir(), "built in"), (store.home_dir(), "your own")):
        path = root / _FILE
        if path.is_file():
            table = toml_files.read_table(path, f"{_FILE} ({owner})")
            merged |= _cities_of(table, problems)
    problems.extend(_shared_names(merged))
    toml_files.fail_if_any(problems, "The list of cities")
    return tuple(merged.values())


def _cities_of(table: toml_files.TomlFile, problems: list[str]) -> dict[str, City]:
    """Return the cities of one file by id; problems are added to `problems`."""
    problems.extend(toml_files.unknown_keys(table, _TOP_LEVEL))
    toml_files.parsed(_File, table.data, table.shown, problems)
    cities: dict[str, City] = {}
    for index, row in enumerate(toml_files.rows_of(table, "city", problems)):
        place = table.place("city", index, row)
        city = toml_files.parsed(City, row, place, problems)
        if city is None:
            continue
        if city.id in cities:
            problems.append(f"{place}, id: it stands twice in this file. Give another id.")
        cities[city.id] = city
    return cities


def _shared_names(cities: dict[str, City]) -> list[str]:
    """Return a problem for each name shared by two cities."""
    owners: dict[str, str] = {}
    problems = []
    for city in cities.values():
        for name in sorted({folded(spelling) for spelling in city.spellings}):
            other = owners.setdefault(name, city.id)
            if other != city.id:
                problems.append(
                    f"{_FILE}, {city.id}: the name {name!r} already means {other}. "
                    "Leave it out of one of the two."
                )
    return problems


def find_city(text: str) -> City:
    """Return the city of a name.

    Parameters
    ----------
    text
        An id, an alias, or an English or Burmese name; case, spaces and punctuation do not matter.

    Raises
    ------
    NotFoundError
        If no city has that name; the message suggests similar ones, or explains which town is
        meant if it is one that is easily mistaken for a city of the list.
    InputDataError
        If the list of cities cannot be used.

    Examples
    --------
    >>> find_city("Moulmein").id
    'mawlamyine'
    """
    cities = load_cities()
    wanted = folded(text)
    by_name = {folded(name): city for city in cities for name in city.spellings}
    if wanted in by_name:
        return by_name[wanted]
    traps = {folded(name): trap for city in cities for trap in city.traps for name in trap.names}
    close = difflib.get_close_matches(wanted, [*by_name, *traps], n=3)
    if wanted in traps or (close and close[0] in traps):
        trap = traps[wanted if wanted in traps else close[0]]
        msg = f"No city is called {toml_files.shown_value(text)}. {trap.says}"
        raise NotFoundError(msg)
    meant = list(dict.fromkeys(by_name[name].id for name in close if name in by_name))
    hint = (
        f"Did you mean {' or '.join(meant)}?"
        if meant
        else f"Known are: {', '.join(city.id for city in cities)}."
    )
    msg = f"No city is called {toml_files.shown_value(text)}. {hint}"
    raise NotFoundError(msg)
