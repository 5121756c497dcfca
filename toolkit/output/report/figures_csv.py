"""All figures of an assessment as one table, with a schema that says what each column holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel

from toolkit.assessment.model import Assessment
from toolkit.base import store
from toolkit.base.escape import csv_cell
from toolkit.base.quantity import Quantity
from toolkit.base.terms import TIERS

_FIELDS: Final = (
    ("city", "string", "Id of the city."),
    ("as_of", "date", "Date for which the figure holds."),
    ("status", "string", "installed, or planned: installed and announced cameras together."),
    ("condition", "string", "if_built where nothing is reported as installed; else empty."),
    ("tier", "string", "seen, recognised, identified, face or plate; empty for the whole city."),
    ("figure", "string", "Which figure: its place in the JSON of an assessment, dots between."),
    ("low", "number", "5 % point; empty where not known. An interval holds 90 %."),
    ("mid", "number", "Middle: the median, of a probability the mean; empty where not known."),
    ("high", "number", "95 % point; empty where not known."),
    ("unit", "string", "Unit of the figure; share and probability are from 0 to 1."),
    ("why", "string", "Why it is not known; empty where it is. Not known is never zero."),
    ("assumptions", "string", "Name of the assumption set; central is the usual one."),
    ("assumptions_sha256", "string", "Hash of all its values, those changed by the user included."),
    ("demonstration", "boolean", "true where the report behind the figures is made up."),
)
"""Name, type and meaning of each column. Tables are put together and lose their description, so
each row says what its figure rests on."""
_KEY: Final = ("city", "as_of", "status", "condition", "assumptions_sha256", "tier", "figure")
_RESTS_ON: Final = (
    "seed", "status", "basis", "demonstration", "assumptions", "inputs", "missing", "warnings",
    "limits",
)  # fmt: skip
"""What the JSON of an assessment has around its figures."""


def text(assessment: Assessment) -> str:
    """Return the table as CSV (RFC 4180), the same bytes for the same assessment."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([name for name, _, _ in _FIELDS])
    fixed = [
        assessment.city.id,
        assessment.as_of.isoformat(),
        assessment.status,
        "if_built" if assessment.if_built is not None else "",
    ]
    rests_on = [
        assessment.assumptions.name,
        assessment.assumptions.sha256,
        "true" if assessment.demonstration else "false",
    ]
    for tier, figure, value in rows(assessment):
        cells = [
            *fixed, tier, figure, *map(_digits, (value.low, value.mid, value.high)), value.unit,
            value.why, *rests_on,
        ]  # fmt: skip
        writer.writerow([csv_cell(cell) for cell in cells])
    return stream.getvalue()


def schema(assessment: Assessment, name: str) -> str:
    """Return a description of the table as JSON, in the form of Frictionless data resources.

    Parameters
    ----------
    assessment
        The assessment.
    name
        Name of the file with the table.
    """
    around = assessment.model_dump(mode="json", include=set(_RESTS_ON))
    data = {
        "name": name.removesuffix(".csv").lower(),
        "path": name,
        "profile": "tabular-data-resource",
        "encoding": "utf-8",
        "title": f"{assessment.city.name.en}: figures of {assessment.as_of.isoformat()}",
        "description": " ".join(assessment.limits),
        "licenses": [{"name": "ODbL-1.0"}] if assessment.inputs.pack_sha256 else [],
        "sources": [{"title": f"{s.publisher}, {s.date}"} for s in assessment.sources],
        "schema": {
            "fields": [
                {"name": field, "type": kind, "description": meaning}
                for field, kind, meaning in _FIELDS
            ],
            "missingValues": [""],
            "primaryKey": list(_KEY),
        },
        "metadata": {
            "tool": assessment.tool,
            "counting_rule": assessment.counted.rule,
            **around,
        },
    }
    return store.canonical_json(data).decode() + "\n"


def rows(assessment: Assessment) -> Iterator[tuple[str, str, Quantity]]:
    """Yield tier, name and value of each figure, in the order of the JSON."""
    part = assessment.counted
    yield "", "cameras.count", part.count
    if part.entered is not None:
        yield "", "cameras.entered", part.entered
    yield "", "cameras.mapped", assessment.mapped
    yield "", "cameras.completeness", part.completeness
    for tier in TIERS:
        shown = assessment.shown_tiers[tier]
        yield tier, "threshold_px_m", Quantity.exactly(shown.threshold_px_m, "px/m")
        for path, value in _quantities(shown):
            yield tier, path, value


def _quantities(part: BaseModel, before: str = "") -> Iterator[tuple[str, Quantity]]:
    """Yield the quantities of a part of the model, with their paths."""
    for name in type(part).model_fields:
        yield from _of(getattr(part, name), f"{before}{name}")


def _of(value: Any, path: str) -> Iterator[tuple[str, Quantity]]:  # noqa: ANN401 - any field
    if isinstance(value, Quantity):
        yield path, value
    elif isinstance(value, BaseModel):
        yield from _quantities(value, f"{path}.")
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _of(one, f"{path}.{key}")
    elif isinstance(value, tuple):
        for one in value:
            yield from _of(one, f"{path}.{getattr(one, 'id', '')}")


def _digits(value: float | None) -> str:
    """Return a number as in the JSON."""
    return "" if value is None else repr(float(value)).removesuffix(".0")
