"""`cameras`: field notes of cameras, kept apart from city packs."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from toolkit.cli.common import (
    BAD_DATA,
    OK,
    Commands,
    as_of_date,
    local_path,
    print_lines,
    print_table,
)
from toolkit.cli.streets import progress

if TYPE_CHECKING:
    from toolkit.streets.readers.field_notes.read import FieldNotes


def register(commands: Commands) -> None:
    """Add the commands of this module."""
    cameras = commands.add_parser("cameras", help="field notes of cameras you have seen")
    actions = cameras.add_subparsers(required=True, metavar="ACTION")

    bring = actions.add_parser("import", help="store the field notes of a CSV or GeoJSON file")
    bring.add_argument("file", metavar="FILE")
    bring.add_argument("--city", metavar="C", required=True)
    bring.add_argument("--add", action="store_true", help="to the notes there, not in their place")
    bring.set_defaults(run=_import)

    listing = actions.add_parser("list", help="list the stored field notes of a city")
    listing.add_argument("city", metavar="C")
    listing.set_defaults(run=_list)

    check = actions.add_parser("check", help="read a file and store nothing")
    check.add_argument("file", metavar="FILE")
    check.add_argument("--city", metavar="C")
    check.set_defaults(run=_check)

    export = actions.add_parser("export", help="write the field notes of a city, to pass them on")
    export.add_argument("city", metavar="C")
    export.add_argument("--out", metavar="F.geojson", required=True, type=local_path)
    export.set_defaults(run=_export)

    remove = actions.add_parser("remove", help="delete the field notes of a city")
    remove.add_argument("city", metavar="C")
    remove.set_defaults(run=_remove)


def _city_id(name: str) -> str:
    """Return the id of a city, or of an installed pack without one."""
    from toolkit.streets.cities import find_city
    from toolkit.streets.pack import pack_names

    return name if name in pack_names() else find_city(name).id


def _print_read(read: FieldNotes) -> int:
    bad = len({problem.row for problem in read.problems})
    print_lines(f"{read.n_notes - bad} notes can be used, {bad} cannot.")
    for problem in read.problems:
        print_lines(f"row {problem.row}, {problem.column}: {problem.reason}")
    if read.ignored_columns:
        names = ", ".join(read.ignored_columns)
        print_lines(f"Columns that are not known are not stored: {names}")
    return BAD_DATA if read.problems else OK


def _import(options: argparse.Namespace) -> int:
    from toolkit.streets.stored_notes import import_cameras

    report = import_cameras(
        options.file,
        _city_id(options.city),
        as_of=as_of_date(None),
        add=options.add,
        progress=progress(),
    )
    code = _print_read(report.read)
    print_lines(f"{report.city}: {report.n_before} rows before, {report.n_stored} now.")
    return code


def _check(options: argparse.Namespace) -> int:
    from toolkit.streets.stored_notes import check_cameras

    city = _city_id(options.city) if options.city else None
    return _print_read(
        check_cameras(options.file, as_of=as_of_date(None), city_id=city, progress=progress())
    )


def _list(options: argparse.Namespace) -> int:
    from toolkit.streets.stored_notes import list_cameras

    notes = list_cameras(_city_id(options.city))
    columns = (
        "kind", "direction_deg", "width_deg", "height_m", "operator", "seen_on", "status", "note",
    )  # fmt: skip
    return print_table(
        "Field notes",
        ("lat", "lon", *columns),
        [
            (f"{point.y:.5f}", f"{point.x:.5f}", *(_cell(row[c]) for c in columns))
            for point, (_, row) in zip(notes.geometry, notes.iterrows(), strict=True)
        ],
    )


def _export(options: argparse.Namespace) -> int:
    from toolkit.streets.stored_notes import export_cameras

    n_rows = export_cameras(_city_id(options.city), options.out)
    print_lines(f"{options.out}: {n_rows} rows")
    return OK


def _cell(value: object) -> str:
    return "" if value is None or value != value else str(value)  # noqa: PLR0124 - not a number


def _remove(options: argparse.Namespace) -> int:
    from toolkit.streets.stored_notes import remove_cameras

    city = _city_id(options.city)
    print_lines(f"{city}: {remove_cameras(city)} rows removed")
    return OK
