"""What an hour of field work teaches about a factor, from ``geodata/field_work.toml``."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from toolkit.base import store, toml_files
from toolkit.base.errors import InputDataError
from toolkit.base.record import Record

FILE: Final = "field_work.toml"

_Text = Annotated[str, Field(min_length=1, max_length=1000)]
_Share = Annotated[float, Field(ge=0, le=1)]


class Teaching(Record):
    """Some factors, and which part of their variance one hour removes.

    Attributes
    ----------
    learned_share
        1 - variance after / variance before, with its range; None where it is computed for
        each city.
    computed
        Method of that computation.
    """

    factors: tuple[str, ...]
    learned_share: _Share | None = None
    low: _Share | None = None
    high: _Share | None = None
    computed: Literal["value_of_counting"] | None = None
    reason: _Text

    @model_validator(mode="after")
    def _one_of_two(self) -> Teaching:
        given = (self.low, self.learned_share, self.high)
        if (self.computed is None) == any(v is None for v in given):
            msg = "give learned_share with low and high, or computed instead of all three"
            raise ValueError(msg)
        low, share, high = given
        if low is not None and share is not None and high is not None and not low <= share <= high:
            msg = f"low <= learned_share <= high does not hold ({low:g}, {share:g}, {high:g})"
            raise ValueError(msg)
        return self


class Work(Record):
    """One thing that can be done in an hour.

    Attributes
    ----------
    where
        ``street``, or ``desk`` for reading and installing.
    """

    id: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    where: Literal["street", "desk"]
    reason: _Text
    teaches: tuple[Teaching, ...]


class Cannot(Record):
    """Factors that no such hour teaches, and why."""

    factors: tuple[str, ...]
    reason: _Text


class FieldWork(Record):
    """Everything in the file."""

    format: Literal["camera-exposure.field-work/1"]
    licence: str
    work: tuple[Work, ...]
    cannot: tuple[Cannot, ...]

    def learned(self, work: Work, *, counting: float) -> dict[str, float]:
        """Return the share of the variance of each factor that an hour of a kind of work removes.

        Parameters
        ----------
        counting
            The share for factors whose value is computed as the value of counting.
        """
        return {
            factor: counting if teaching.learned_share is None else teaching.learned_share
            for teaching in work.teaches
            for factor in teaching.factors
        }


def load_field_work() -> FieldWork:
    """Read the file; a user's own replaces the built-in one.

    Raises
    ------
    InputDataError
        If it is missing or cannot be used.
    """
    path = store.find(FILE)
    if path is None:
        msg = f"The file {FILE} is missing. Install the toolkit again."
        raise InputDataError(msg)
    problems: list[str] = []
    table = toml_files.read_table(path, path.name)
    found = toml_files.parsed(FieldWork, table.data, path.name, problems)
    toml_files.fail_if_any(problems, f"The file {path.name}")
    if found is None:  # pragma: no cover - a problem was recorded
        msg = f"{path.name} cannot be used."
        raise InputDataError(msg)
    return found
