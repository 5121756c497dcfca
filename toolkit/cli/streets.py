"""`streets`: import or fetch street networks; list, verify, export and remove packs."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

from toolkit.base.errors import InputDataError, PermissionNotGivenError, UsageError
from toolkit.cli.common import (
    BAD_DATA,
    OK,
    Commands,
    local_path,
    messages,
    print_json,
    print_lines,
    print_table,
    printable,
    warn,
)

if TYPE_CHECKING:
    from toolkit.streets.boundary import BoundaryChoice
    from toolkit.streets.cities import City
    from toolkit.streets.install import ImportReport

_FETCH_RADIUS_M = 8000.0
"""Radius to fetch for finding the built-up core: the high end of `city.township_radius_km`."""


def register(commands: Commands) -> None:
    """Add the commands of this module."""
    streets = commands.add_parser("streets", help="street networks of cities")
    actions = streets.add_subparsers(required=True, metavar="ACTION")

    bring = actions.add_parser("import", help="make city packs of a file of streets, or of a pack")
    bring.add_argument("file", metavar="FILE")
    bring.add_argument("--city", metavar="C", help="by default every known city in the file")
    bring.add_argument("--boundary", metavar="admin|core|FILE|radius:M")
    bring.add_argument(
        "--extent",
        choices=("box", "data"),
        default="box",
        help="where an OpenStreetMap file ends that becomes one pack: at the box that it states, "
        "or with its streets",
    )
    bring.set_defaults(run=_import)

    fetch = actions.add_parser("fetch", help="get the streets of a city over the network")
    fetch.add_argument("city", metavar="C", nargs="?")
    fetch.add_argument(
        "--all",
        action="store_true",
        help="every known city without streets, one after the other; asked again it goes on",
    )
    fetch.add_argument("--boundary", metavar="core|FILE|radius:M")
    fetch.add_argument(
        "--allow-network",
        action="store_true",
        help="without it you only see what would be contacted, sent and seen",
    )
    fetch.set_defaults(run=_fetch)

    listing = actions.add_parser("list", help="list installed city packs")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=_list)

    verify = actions.add_parser("verify", help="check installed city packs against their hashes")
    verify.add_argument("pack", nargs="?")
    verify.set_defaults(run=_verify)

    export = actions.add_parser("export", help="write a pack as one file, to carry on a stick")
    export.add_argument("pack", metavar="C")
    export.add_argument("--out", metavar="F", required=True, type=local_path)
    export.set_defaults(run=_export)

    remove = actions.add_parser("remove", help="remove a pack of your own")
    remove.add_argument("pack", metavar="C")
    remove.set_defaults(run=_remove)


def progress() -> Callable[[str, float | None], None]:
    """Return a callback that reports progress on stderr, a line for each new sentence."""
    last = [""]

    def report(sentence: str, share: float | None) -> None:
        if sentence == last[0]:
            return
        last[0] = sentence
        part = "" if share is None else f"{share:4.0%}  "
        messages.print(printable(f"{part}{sentence}"))

    return report


def _import(options: argparse.Namespace) -> int:
    from toolkit.base import pasted
    from toolkit.streets.kinds import ENDINGS
    from toolkit.streets.readers import process

    options.file = pasted.local_file(options.file, ENDINGS)
    # It starts while this process loads what it needs itself.
    process.prepare(process.STREETS)
    from toolkit.streets import install, pack_zip
    from toolkit.streets.boundary import parse_boundary
    from toolkit.streets.cities import find_city
    from toolkit.streets.pack import pack_sha256

    if pack_zip.is_pack_file(options.file):
        if options.city or options.boundary:
            msg = "A finished pack has its city and boundary; leave --city and --boundary out."
            raise UsageError(msg)
        messages.print("Checking and installing the pack ...")
        made = install.import_pack(options.file)
        name = made.manifest.id
        lines = [f"{name}: {made.manifest.boundary.note}", _fingerprint(made.sha256)]
        if pack_sha256(name) != made.sha256:
            lines += ["  written anew in the format of this version:", _fingerprint_of(name)]
        print_lines(*lines)
        return OK
    report = install.import_file(
        options.file,
        cities=[find_city(options.city)] if options.city else None,
        boundary=parse_boundary(options.boundary) if options.boundary else None,
        extent=options.extent,
        progress=progress(),
    )
    return _print_report(report)


def _print_report(report: ImportReport) -> int:
    from toolkit.language.notes import of_map_data

    for made in report.installed:
        boundary = made.manifest.boundary
        length = "unknown" if boundary.length_km is None else f"{boundary.length_km:.1f} km"
        area = "unknown" if boundary.area_km2 is None else f"{boundary.area_km2:.1f} km2"
        again = ", in place of the earlier one" if made.replaced else ""
        print_lines(
            f"{made.pack}: {length} of street, {area}{again}. {boundary.note}",
            *(f"  {sentence}" for sentence in of_map_data(made.manifest.counts)),
            _fingerprint_of(made.pack),
        )
    print_lines(*(f"{city}: left out. {why}" for city, why in report.left_out))
    return OK


def _fingerprint_of(name: str) -> str:
    from toolkit.streets.pack import pack_sha256

    return _fingerprint(pack_sha256(name))


def _fingerprint(sha256: str) -> str:
    """Return the hash of a pack as two people can read it out to one another."""
    from toolkit.streets.manifest import fingerprint

    return f"  fingerprint: {fingerprint(sha256)}"


def _fetch(options: argparse.Namespace) -> int:
    from toolkit.streets.boundary import parse_boundary
    from toolkit.streets.cities import find_city
    from toolkit.streets.readers.overpass.fetch import forget_answers

    if options.all == bool(options.city):
        msg = "Name one city, or give --all for every known one."
        raise UsageError(msg)
    choice = parse_boundary(options.boundary) if options.boundary else None
    if choice and choice.kind == "admin":
        msg = (
            "Administrative boundaries are not fetched: one brings along those of the whole "
            "country. Import a country extract, or give radius:M or a polygon file."
        )
        raise UsageError(msg)
    if options.all:
        if choice and choice.polygon is not None:
            msg = "One polygon is no boundary of every city. Leave --boundary or --all out."
            raise UsageError(msg)
        return _fetch_all(choice, allow_network=options.allow_network)
    report = _fetch_one(find_city(options.city), choice, allow_network=options.allow_network)
    forget_answers()
    return _print_report(report)


def _fetch_one(city: City, choice: BoundaryChoice | None, *, allow_network: bool) -> ImportReport:
    from toolkit.streets import install
    from toolkit.streets.readers.overpass.fetch import fetched_file

    polygon = choice.polygon if choice else None
    radius_m = (choice.radius_m if choice else None) or _FETCH_RADIUS_M
    with fetched_file(
        city,
        boundary=polygon,
        radius_m=None if polygon is not None else radius_m,
        allow_network=allow_network,
        announce=messages.print,
        progress=progress(),
    ) as file:
        return install.import_file(file, cities=[city], boundary=choice, progress=progress())


def _fetch_all(choice: BoundaryChoice | None, *, allow_network: bool) -> int:
    """Fetch the cities that have no streets; what fails is said, and the others go on."""
    from toolkit.streets.cities import load_cities
    from toolkit.streets.pack import find_pack_for
    from toolkit.streets.readers.overpass.fetch import forget_answers

    known = [city for city in load_cities() if not city.demonstration]
    lacking = [city for city in known if not (city.pack or find_pack_for(city.id))]
    there = [city.id for city in known if city not in lacking]
    if there:
        messages.print(f"Streets are installed, and not fetched again: {', '.join(there)}.")
    failed = []
    for k, city in enumerate(lacking, 1):
        messages.print(f"City {k} of {len(lacking)}: {city.id}")
        try:
            _print_report(_fetch_one(city, choice, allow_network=allow_network))
        except PermissionNotGivenError as error:
            others = ", ".join(one.id for one in lacking[1:])
            msg = f"{error}\nThe same is then asked about: {others}." if others else str(error)
            raise PermissionNotGivenError(msg) from error
        except InputDataError as error:
            failed.append(city.id)
            warn(f"{city.id}: {error}")
    if failed:
        print_lines(f"Not fetched: {', '.join(failed)}. Give the same command again to go on.")
        return BAD_DATA
    forget_answers()
    return OK


def _list(options: argparse.Namespace) -> int:
    from toolkit.streets.pack import list_packs

    packs = list_packs()
    if options.json:
        return print_json([p.model_dump(mode="json", by_alias=True) for p in packs])
    return print_table(
        "Installed streets",
        ("pack", "city", "boundary", "km of street", "km2", "map data of", "licence"),
        [
            (
                p.id,
                p.name.en,
                p.boundary.kind,
                f"{p.boundary.length_km:.1f}" if p.boundary.length_km is not None else "unknown",
                f"{p.boundary.area_km2:.2f}" if p.boundary.area_km2 is not None else "unknown",
                str(p.source.osm_timestamp or "not stated"),
                p.attribution,
            )
            for p in packs
        ],
    )


def _verify(options: argparse.Namespace) -> int:
    from toolkit.streets.pack import pack_names, verify_pack

    code = OK
    for name in [options.pack] if options.pack else pack_names():
        problems = verify_pack(name)
        print_lines(*(f"{name}: {problem}" for problem in problems or ["whole"]))
        code = BAD_DATA if problems else code
    return code


def _export(options: argparse.Namespace) -> int:
    from toolkit.streets.pack_zip import export_pack

    messages.print("Writing the pack ...")
    print_lines(str(export_pack(options.pack, options.out)), _fingerprint_of(options.pack))
    return OK


def _remove(options: argparse.Namespace) -> int:
    from toolkit.streets.pack_zip import remove_pack

    remove_pack(options.pack)
    print_lines(f"{options.pack}: removed")
    return OK
