"""Named pixel densities: both editions of IEC 62676-4, and makers' requirements for faces, plates.

They are definitions. An assessment uses the ``threshold.*`` values of its assumption set; these
are the published ones, for choice and comparison.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, model_validator

from toolkit.base import toml_files
from toolkit.base.errors import NotFoundError
from toolkit.base.record import Record
from toolkit.base.terms import Tier

THRESHOLDS_FILE = "thresholds.toml"
THRESHOLDS_FORMAT = "camera-exposure.thresholds/1"

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,40}$")]


class Level(Record):
    """One level of a standard, by its minimum pixel density."""

    name: Text
    px_m: Positive
    source: Text


class Edition(Record):
    """One edition of a standard.

    Attributes
    ----------
    tiers
        Name of the level that is closest to each tier of the toolkit.
    levels
        From the coarsest to the finest.
    """

    id: Id
    title: Text
    date: Text
    source: Text
    tiers: dict[Tier, Text]
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _agrees(self) -> Edition:
        problems = []
        densities = [level.px_m for level in self.levels]
        if densities != sorted(set(densities)):
            problems.append("levels must rise from the coarsest to the finest")
        names = {level.name for level in self.levels}
        problems += [
            f"tiers.{tier}: there is no level {toml_files.shown_value(name)}. "
            f"{toml_files.near(name, names)}"
            for tier, name in self.tiers.items()
            if name not in names
        ]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def tier_px_m(self) -> dict[Tier, float]:
        """Return the density of the level that is closest to each tier, in pixels per metre."""
        by_name = {level.name: level.px_m for level in self.levels}
        return {tier: by_name[name] for tier, name in self.tiers.items()}


class Preset(Record):
    """A pixel density required by a maker or a guideline to match faces or read plates."""

    id: Id
    tier: Literal["face", "plate"]
    name: Text
    px_m: Positive
    source: Text


@dataclass(frozen=True)
class Thresholds:
    """All named densities."""

    editions: tuple[Edition, ...]
    presets: tuple[Preset, ...]

    def edition(self, name: str) -> Edition:
        """Return an edition by id.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        for edition in self.editions:
            if edition.id == name:
                return edition
        msg = (
            f"There is no edition {toml_files.shown_value(name)}. "
            f"{toml_files.near(name, [e.id for e in self.editions])}"
        )
        raise NotFoundError(msg)

    def changes(self, edition: str) -> dict[str, float]:
        """Return changes of ``threshold.*`` that make an assessment use an edition.

        Raises
        ------
        NotFoundError
            If there is no such edition.

        Examples
        --------
        >>> load_thresholds().changes("iec-2014")["threshold.recognised_px_m"]
        125.0
        """
        return {f"threshold.{t}_px_m": px for t, px in self.edition(edition).tier_px_m().items()}

    def side_by_side(self) -> list[tuple[float, tuple[str | None, ...]]]:
        """Return each density named in any edition, with its name in each, coarsest first."""
        densities = sorted({level.px_m for e in self.editions for level in e.levels})
        named = [{level.px_m: level.name for level in e.levels} for e in self.editions]
        return [(px, tuple(names.get(px) for names in named)) for px in densities]


def load_thresholds() -> Thresholds:
    """Read the named densities: the built-in ones and the user's own.

    Raises
    ------
    InputDataError
        If a file does not follow the schema; all problems at once, each with its place.
    """
    problems: list[str] = []
    editions: dict[str, Edition] = {}
    presets: dict[str, Preset] = {}
    for table in toml_files.own_tables(
        THRESHOLDS_FILE, THRESHOLDS_FORMAT, ("edition", "preset"), problems
    ):
        editions |= toml_files.keyed_rows(table, "edition", Edition, "id", problems)
        presets |= toml_files.keyed_rows(table, "preset", Preset, "id", problems)
    toml_files.fail_if_any(problems, "The list of thresholds")
    return Thresholds(tuple(editions.values()), tuple(presets.values()))
