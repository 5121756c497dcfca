"""`export`: layers of an assessment for a geographic information system."""

from __future__ import annotations

import argparse

from toolkit.cli.common import (
    OK,
    Commands,
    add_common,
    busy,
    local_path,
    messages,
    print_json,
    print_lines,
    question_of,
)


def register(commands: Commands) -> None:
    """Add the command of this module."""
    export = commands.add_parser(
        "export", help="streets, cells, zones, cameras and sites as GeoPackage, GeoJSON, GeoParquet"
    )
    export.add_argument("city", metavar="CITY", help="id, alias, Burmese name or pack")
    export.add_argument(
        "--out", metavar="FILE", type=local_path, required=True, help=".gpkg, .geojson or .parquet"
    )
    export.add_argument(
        "--layer",
        metavar="NAME,...",
        help="some of streets, cells, zones, cameras, sites; by default all in a .gpkg, streets "
        "in another file; docs/reference/exports.md explains their columns",
    )
    export.add_argument("--json", action="store_true", help="the metadata of the file as JSON")
    add_common(export)
    export.set_defaults(run=_export)


def _export(options: argparse.Namespace) -> int:
    from toolkit.assessment.assess import assess_layers
    from toolkit.output import exports, gis_files
    from toolkit.streets.stored_notes import cameras_sha256

    gis_files.check_suffix(options.out)
    every = exports.LAYERS if options.out.suffix.lower() == gis_files.SEVERAL else ("streets",)
    names = every if options.layer is None else options.layer.split(",")
    names = tuple(name.strip() for name in names)
    exports.check_names(names)
    gis_files.check_layers(options.out, names)
    question = question_of(options.city, options)
    with busy(f"Estimating {options.city} ..."):
        found = assess_layers(question)
    with busy(f"Writing {', '.join(names)} ..."):
        cell_m = question.assumptions.value(exports.CELL_M)
        data = exports.write_export(found, names, options.out, cell_m=cell_m)
    if cameras_sha256(found.city.id) is not None:
        messages.print(
            "Your field notes count in the figures. The notes themselves are not in the file."
        )
    if options.json:
        return print_json(data)
    print_lines(*(f"{options.out}: {name}, {rows} rows" for name, rows in data["rows"].items()))
    return OK
