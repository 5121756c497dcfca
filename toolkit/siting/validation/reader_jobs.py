"""The job on known cities in the process that reads files of strangers."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final

from toolkit.base.terms import StepProgress
from toolkit.siting.validation import known_city
from toolkit.siting.validation.through_json import packed


def files_of_city(given: dict[str, Any], say: StepProgress) -> dict[str, Any]:
    """Read the files of a city, see `known_city.load_files`."""
    layers, xy, direction_deg = known_city.load_files(
        given["streets"], given["cameras"], given["places"], progress=say
    )
    return {
        "layers": {one.name: packed(getattr(layers, one.name)) for one in fields(layers)},
        "xy": packed(xy),
        "direction_deg": packed(direction_deg),
    }


JOBS: Final = {"city": files_of_city}
