"""Measure how long reports take and how large they are.

    python benchmarks/reports.py [--out docs/generated/reports.md]

All cities in both languages and all formats, by the command, in a data folder of its own; single
hand-outs; and a hand-out of a large city, of copies of the built-in one side by side.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

import pandas as pd

from toolkit.assessment.assess import assess
from toolkit.assessment.model import Assessment
from toolkit.assessment.question import Question
from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.terms import LANGUAGES
from toolkit.output import report

AS_OF: Final = "2026-11-23"
LARGE_STREETS: Final = 80_000
BOUNDS: Final = {"all": 180.0, "one": 5.0}
"""Most seconds: all cities in all formats, and one hand-out."""
MOST_KB: Final = {"built-in": 500.0, "large": 1_000.0}
"""Most thousand bytes of a hand-out."""

DOCUMENT: Final = """# What reports cost

Written by `python benchmarks/reports.py --out FILE`; do not edit. Seconds of processor time:
two cores without other work take about as long or less. All cities, both languages, PDF, HTML,
GeoPackage and CSV; at most {most:.0f} s are wanted.

| `report --all` | s | files | MB |
|---|--:|--:|--:|
{rows}

A hand-out as PDF, from a finished estimate; at most {one:.0f} s, and {small:.0f} kB ({large:.0f} kB
for {streets:,} streets). As HTML it has a script and, in Burmese, a font on top; of a large city
minor ways are left out.

| hand-out | s | PDF kB | HTML kB |
|---|--:|--:|--:|
{sheets}
"""


def processor_s() -> float:
    """Return the processor time of all processes that this one has waited for, in seconds."""
    times = os.times()
    return times.children_user + times.children_system


def all_cities(detail: str, home: Path, out: Path) -> tuple[float, int, float]:
    """Return the processor seconds, the number of files and their size in MB of all cities."""
    start = processor_s()
    subprocess.run(
        [sys.executable, "-P", "-m", "toolkit", "--quiet", "report", "--all", "--out", str(out),
         "--format", "pdf,html,gpkg,csv", "--detail", detail, "--as-of", AS_OF],
        check=True, stdout=subprocess.DEVNULL,
        env={**os.environ, "CAMERA_TOOLKIT_HOME": str(home)},
    )  # fmt: skip
    seconds = processor_s() - start
    files = list(out.iterdir())
    return seconds, len(files), sum(path.stat().st_size for path in files) / 1e6


def tiled(made: Assessment, n_streets: int) -> Assessment:
    """Return an assessment of so many streets: copies of its own ones side by side."""
    layers = made.layers
    if layers is None:
        msg = "Only a city with streets can be copied."
        raise ValueError(msg)
    west, south, east, north = layers.streets.total_bounds
    copies = -(-n_streets // len(layers.streets))
    side = math.ceil(math.sqrt(copies))
    parts = []
    for k in range(copies):
        east_deg, north_deg = k % side * (east - west), k // side * (north - south)
        moved = layers.streets.geometry.translate(east_deg, north_deg)
        parts.append(layers.streets.assign(geometry=moved))
    streets = pd.concat(parts, ignore_index=True).iloc[:n_streets]
    larger = replace(layers, streets=streets, boundary=layers.boundary.iloc[:0])
    return made.with_layers(larger)


def sheets() -> list[str]:
    """Return a row for each hand-out: its name, seconds, and thousand bytes as PDF and HTML."""
    values = load_assumptions()
    day = dt.date.fromisoformat(AS_OF)
    built_in = assess(Question("helsinki-centre", day, values))
    found = []
    for name, made in (
        ("mawlamyine, no streets", assess(Question("mawlamyine", day, values))),
        ("helsinki-centre", built_in),
        (f"{LARGE_STREETS:,} streets", tiled(built_in, LARGE_STREETS)),
    ):
        claims = Question(made.city.id, day, values).load().claims
        until = report.valid_until(made, values)
        edition = report.Edition(detail="handout")
        for lang in LANGUAGES:
            start = time.process_time()
            pdf = report.one(made, claims, until, edition, lang, form="pdf")
            seconds = time.process_time() - start
            html = report.one(made, claims, until, edition, lang, form="html")
            sizes = f"{len(pdf) / 1e3:.0f} | {len(html) / 1e3:.0f}"
            found.append(f"| {name}, {lang} | {seconds:.1f} | {sizes} |")
    return found


def main() -> None:
    """Measure, and print or write the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for detail in ("handout", "full", "session"):
            seconds, files, mb = all_cities(detail, Path(folder) / "home", Path(folder) / detail)
            rows.append(f"| {detail} | {seconds:.0f} | {files} | {mb:.1f} |")
    text = DOCUMENT.format(
        rows="\n".join(rows),
        sheets="\n".join(sheets()),
        most=BOUNDS["all"],
        one=BOUNDS["one"],
        small=MOST_KB["built-in"],
        large=MOST_KB["large"],
        streets=LARGE_STREETS,
    )
    if options.out:
        store.write_text(options.out, text)
    else:
        print(text)


if __name__ == "__main__":
    main()
