"""`doctor`: versions, state of the data, caches, and what could leave the machine."""

from __future__ import annotations

import argparse
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

from toolkit.cli.common import BAD_DATA, OK, Commands, busy, print_json, print_lines, print_table

_PACKAGES = ("numpy", "numba", "shapely", "geopandas", "osmnx", "streamlit", "folium")
_BYTES_PER_MB = 1e6
_CACHES = {"lines of sight": "sight", "answers to streets fetch": "fetch", "all": ""}
"""Folders of the cache, by what is in them."""


def register(commands: Commands) -> None:
    """Add the command of this module."""
    doctor = commands.add_parser(
        "doctor", help="versions, packs, settings, caches, and what could leave the machine"
    )
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(run=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    with busy("Looking at versions, packs, caches and settings ..."):
        found = examine()
    if options.json:
        print_json(found)
    else:
        for title, rows in found["tables"].items():
            print_table(title, list(rows[0]), [[str(v) for v in row.values()] for row in rows])
        print_lines(*(f"Problem: {line}" for p in found["problems"] for line in p.splitlines()))
    return BAD_DATA if found["problems"] else OK


def examine() -> dict[str, Any]:
    """Return tables of rows, and a list of problems in words.

    They hold no path, host or user name, so that they can be passed on.
    """
    from toolkit.assumptions.sets import load_assumptions
    from toolkit.base import egress, store
    from toolkit.base.errors import ToolkitError
    from toolkit.base.version import __version__
    from toolkit.optics.catalogue import load_catalogue
    from toolkit.siting.candidates import load_siting
    from toolkit.siting.named_places import load_places
    from toolkit.siting.profiles import load_profiles
    from toolkit.streets import pack
    from toolkit.streets.reference_networks import load_networks

    problems: list[str] = []
    versions = [
        {"what": "toolkit", "version": __version__},
        {"what": "Python", "version": platform.python_version()},
    ]
    for name in _PACKAGES:
        try:
            versions.append({"what": name, "version": metadata.version(name)})
        except metadata.PackageNotFoundError:
            problems.append(f"The package {name} is not installed. Run the set-up again.")
    packs = []
    for name in pack.pack_names():
        found = pack.verify_pack(name)
        packs.append({"pack": name, "state": "; ".join(found) or "whole"})
        problems += [f"Pack {name}: {problem}" for problem in found]
    data = []
    for what, load in (
        ("cities and evidence", _load_evidence),
        ("assumptions (central)", load_assumptions),
        ("camera types", load_catalogue),
        ("siting", load_siting),
        ("operator profiles", load_profiles),
        ("named places", lambda: load_places(None)),
        ("reference networks", load_networks),
    ):
        try:
            load()
            data.append({"data": what, "state": "read without problems"})
        except ToolkitError as error:
            data.append({"data": what, "state": "cannot be used"})
            problems.append(str(error))
    return {
        "tables": {
            "Versions": versions,
            "City packs": packs or [{"pack": "none", "state": ""}],
            "Data": data,
            "Caches": [
                {"what": what, "MB": f"{_bytes(store.cache_dir() / folder) / _BYTES_PER_MB:.1f}"}
                for what, folder in _CACHES.items()
            ],
            "What could leave this machine": [
                {"what": d.what, "to whom": d.where, "state": d.state} for d in egress.departures()
            ],
        },
        "problems": problems,
    }


def _bytes(folder: Path) -> int:
    """Return the size of the files below a folder, which may not exist."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _load_evidence() -> None:
    from toolkit.evidence.load import load_claims
    from toolkit.streets.cities import load_cities

    for city in load_cities():
        load_claims(city.id)
