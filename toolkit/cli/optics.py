"""`optics`: what one camera can do, on the ground and in metres."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from toolkit.base.errors import UsageError
from toolkit.cli.common import (
    OK,
    Commands,
    local_path,
    messages,
    print_json,
    print_lines,
    print_table,
    printable,
)


def register(commands: Commands) -> None:
    """Add the command of this module."""
    optics = commands.add_parser(
        "optics",
        help="what one camera can do: density, fields of view, rings, and why a ring is empty",
        description="Without --camera: list the types and models that are known.",
    )
    optics.add_argument("--camera", metavar="TYPE|MODEL")
    optics.add_argument("--height-m", type=float, metavar="H", help="height of the lens")
    optics.add_argument("--focal-mm", type=float, metavar="F", help="focal length")
    optics.add_argument(
        "--aim-m", type=float, metavar="A", help="where the middle of the picture meets a face"
    )
    optics.add_argument("--night", action="store_true", help="draw the rings at night")
    optics.add_argument("--assumptions", metavar="NAME|FILE", default="central")
    optics.add_argument("--lang", choices=["en", "my"], default="en")
    optics.add_argument("--json", action="store_true")
    optics.add_argument("--out", metavar="FILE.svg", type=local_path, help="plan and side view")
    optics.set_defaults(run=_optics)


def _optics(options: argparse.Namespace) -> int:
    if options.camera is None:
        _refuse_without_camera(options)
        return _list(options)
    from toolkit.assumptions.sets import load_assumptions
    from toolkit.base import store
    from toolkit.optics import drawing, words
    from toolkit.optics.catalogue import load_catalogue
    from toolkit.optics.one_camera import camera_of
    from toolkit.optics.sheet import make_sheet
    from toolkit.optics.thresholds import load_thresholds

    catalogue = load_catalogue()
    camera = camera_of(
        catalogue,
        catalogue.find(options.camera),
        height_m=options.height_m,
        focal_mm=options.focal_mm,
        aim_m=options.aim_m,
    )
    changes = {"optics.night": 1.0} if options.night else None
    sheet = make_sheet(camera, load_assumptions(options.assumptions, changes), load_thresholds())
    if options.out is not None:
        store.write_text(_svg_path(options.out), drawing.draw(sheet, options.lang))
        messages.print(f"Written: {printable(str(options.out))}")
    if options.json:
        return print_json(sheet.to_dict())
    print_lines(words.title(sheet, options.lang), "")
    for table in words.tables(sheet, options.lang):
        print_table(table.caption, table.head, table.rows)
        print_lines("")
        sys.stdout.flush()
    remarks = (*words.notes(sheet, options.lang), camera.note, *words.sources(sheet))
    print_lines(*(f"- {text}" for text in remarks if text))
    return OK


def _refuse_without_camera(options: argparse.Namespace) -> None:
    """Refuse options that change one camera where none is named.

    Raises
    ------
    UsageError
        If there is one.
    """
    given = [
        name
        for name, value in (
            ("--height-m", options.height_m),
            ("--focal-mm", options.focal_mm),
            ("--aim-m", options.aim_m),
            ("--night", options.night or None),
            ("--out", options.out),
        )
        if value is not None
    ]
    if given:
        msg = f"{given[0]} needs a camera: name a type or model with --camera."
        raise UsageError(msg)


def _svg_path(path: Path) -> Path:
    """Return the path after checking that it names an SVG file.

    Raises
    ------
    UsageError
        If it does not end in .svg.
    """
    if path.suffix.lower() != ".svg":
        msg = f"--out {str(path)!r}: the drawing is an SVG file. Give a name that ends in .svg."
        raise UsageError(msg)
    return path


def _list(options: argparse.Namespace) -> int:
    """List types and models, each at its usual lens."""
    from toolkit.optics import words
    from toolkit.optics.catalogue import CameraType, Model, load_catalogue
    from toolkit.optics.one_camera import camera_of

    catalogue = load_catalogue()
    known: tuple[CameraType | Model, ...] = (*catalogue.types, *catalogue.models)
    rows, shown = [], []
    for found in known:
        camera = camera_of(catalogue, found)
        name = found.model if isinstance(found, Model) else found.id
        maker = found.maker if isinstance(found, Model) else None
        published = camera.published_hfov_deg
        rows.append(
            {
                "name": name,
                "maker": maker,
                "kind": camera.kind,
                "focal_mm": camera.focal_mm,
                "constant_px": round(camera.constant_px),
                "hfov_deg": round(camera.hfov_deg, 1),
                "published_hfov_deg": published,
                "night_m": camera.night_m,
            }
        )
        shown.append(
            (
                name,
                maker or "",
                words.kind_name(camera.kind, options.lang),
                f"{camera.focal_mm:g}",
                f"{camera.constant_px:.0f}",
                f"{camera.hfov_deg:.1f}",
                "" if published is None else f"{published:g}",
                f"{camera.night_m:g}",
            )
        )
    if options.json:
        return print_json(rows)
    head = ("name", "maker", "sort", "mm", "K px", "HFOV deg", "published deg", "light m")
    return print_table("Cameras", head, shown)
