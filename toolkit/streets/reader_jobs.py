"""Jobs on streets in the process that reads files of strangers."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from toolkit.base.terms import StepProgress
from toolkit.streets import boundary as boundaries
from toolkit.streets import make_packs, pack_zip
from toolkit.streets.cities import City


def packs_of_file(given: dict[str, Any], say: StepProgress) -> dict[str, Any]:
    """Make packs of a street file, see `make_packs.make_packs`."""
    cities, boundary = given["cities"], given["boundary"]
    made = make_packs.make_packs(
        given["file"],
        Path(given["into"]),
        cities=None if cities is None else [City.model_validate(city) for city in cities],
        boundary=None if boundary is None else boundaries.from_json(boundary),
        extent=given["extent"],
        progress=say,
    )
    return {"packs": made.packs, "left_out": made.left_out}


def finished_pack(given: dict[str, Any], say: StepProgress) -> dict[str, Any]:
    """Check a finished pack and write it anew, see `pack_zip.write_anew`."""
    say(f"{Path(given['file']).name}: checking the pack", None)
    name, sha256 = pack_zip.write_anew(given["file"], Path(given["into"]))
    return {"packs": [name], "left_out": [], "sha256": sha256}


def polygon(given: dict[str, Any], say: StepProgress) -> dict[str, Any]:
    """Read the polygons of a file, see `boundary.read_polygon`."""
    say(f"Reading {Path(given['file']).name}", None)
    return boundaries.to_json(boundaries.read_polygon(given["file"]))


JOBS: Final = {"import": packs_of_file, "pack": finished_pack, "polygon": polygon}
