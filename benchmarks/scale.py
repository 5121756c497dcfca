"""Measure the cost of a batch per km of street, on adjacent copies of the built-in city.

Each run is a process of its own on one processor core: wall time, processor time and peak memory
(of the run and its workers), and the bytes it leaves on the disk. The copies make a city of any
size whose streets, buildings and junctions are real; at the seams no street goes across.

    python benchmarks/scale.py [--copies 1,4,9] [--first-pass 36] [--tile-km 2]

Linux and macOS only. Copies of a city compress better than a real one of that size, and the
centre of Helsinki has more ways on foot and fewer buildings per km than most cities.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

PACK: Final = "helsinki-centre"
CAMERAS_PER_KM: Final = 4
"""Reported cameras per km of street: between the reports on Myanmar and dense systems."""
_BYTES_PER_KIB: Final = 1024 if platform.system() != "Darwin" else 1
_IDS: Final = {
    "streets": ("street_id", "osm_way_id", "u", "v"),
    "junctions": ("node_id",),
    "buildings": ("osm_id",),
    "places": ("osm_id",),
    "cameras": ("osm_id",),
}
_ID_STEP: Final = 1 << 40


@dataclass(frozen=True)
class Run:
    """Resources that one process used, and what it wrote."""

    wall_s: float
    cpu_s: float
    peak_bytes: int


def measured(command: list[str], home: Path) -> Run:
    """Run a command on one core."""
    environment = {
        **os.environ,
        "CAMERA_TOOLKIT_HOME": str(home),
        "NUMBA_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        msg = f"{' '.join(command)} ended with {process.returncode}"
        raise SystemExit(msg)
    cpu_s = usage.ru_utime + usage.ru_stime
    return Run(time.monotonic() - start, cpu_s, usage.ru_maxrss * _BYTES_PER_KIB)


def folder_bytes(folder: Path) -> int:
    """Return the size of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def copies(n: int, home: Path) -> tuple[str, float]:
    """Install a pack of n copies of the built-in one; return its id and its km of street."""
    from toolkit.streets.pack import FOLDER, open_pack, write_pack
    from toolkit.streets.schema import LAYERS, PackLayers

    pack = open_pack(PACK)
    crs = pack.manifest.crs
    columns = math.ceil(math.sqrt(n))
    west, south, east, north = pack.boundary.to_crs(crs).total_bounds
    frames: dict[str, Any] = {}
    for layer in LAYERS:
        metric = getattr(pack, layer).to_crs(crs)
        parts = []
        for k in range(n):
            offset = np.array([(k % columns) * (east - west), (k // columns) * (north - south)])
            part = metric.copy()
            part["geometry"] = shapely.transform(metric.geometry.array, offset.__add__)
            for name in _IDS.get(layer, ()):
                text = part[name].dtype.kind not in "iu"
                part[name] = part[name] + (f"-{k}" if text else k * _ID_STEP)
            parts.append(part)
        frames[layer] = pd.concat(parts, ignore_index=True).to_crs(4326)
    whole = shapely.union_all(frames["boundary"].geometry.array)
    frames["boundary"] = frames["boundary"].iloc[:1].set_geometry([whole])
    km = (pack.manifest.boundary.length_km or 0.0) * n
    area = (pack.manifest.boundary.area_km2 or 0.0) * n
    name = f"copies-{n}"
    manifest = pack.manifest.model_copy(
        update={
            "id": name,
            "demonstration": False,
            "banner": None,
            "boundary": pack.manifest.boundary.model_copy(
                update={"length_km": km, "area_km2": area}
            ),
            "counts": {key: value * n for key, value in pack.manifest.counts.items()},
            "parts": {},
        }
    )
    write_pack(home / FOLDER / name, manifest, PackLayers(**frames))
    write_claim(home, name, km)
    return name, km


def write_claim(home: Path, name: str, km: float) -> None:
    """Write the claim on the number of cameras of a made-up city."""
    evidence = home / "evidence" / f"{name}.toml"
    evidence.parent.mkdir(parents=True, exist_ok=True)
    evidence.write_text(_EVIDENCE.format(name=name, n=round(CAMERAS_PER_KM * km)))


_EVIDENCE: Final = """
format = "camera-exposure.evidence/1"
city = "{name}"
[source.x]
publisher = "Benchmark"
title = "No such report exists"
date = 2026-01-01
[[claim]]
id = "{name}-made-up"
says = "Made up."
topic = "count"
status = "installed"
quantity = {{ low = {n}, unit = "cameras", wording = "exact", kind = "stock" }}
scope = "all"
said = 2026-01-01
valid = 2026-01-01
source = "x"
origins = ["made-up"]
confidence = {{ grade = "F6", reason = "Invented, to have something to compute with." }}
"""


def batch(name: str, home: Path, out: Path, tile_km: float | None) -> Run:
    """Measure a batch of one job on one core."""
    plan = out.with_suffix(".toml")
    tiles = "" if tile_km is None else f"tile_km = {tile_km}\n"
    plan.write_text(
        'format = "camera-exposure.batch/1"\nas_of = 2026-11-23\n'
        f'cities = ["{name}"]\nscope = "all"\n{tiles}'
    )
    return measured(
        [sys.executable, "-m", "toolkit", "--quiet", "batch", str(plan), "--out", str(out),
         "--processes", "1"],
        home,
    )  # fmt: skip


def first_pass(name: str, tile_km: float) -> None:
    """Do what every worker does for a whole city before its tiles; the process is measured."""
    import datetime as dt

    from toolkit.assessment import tiles
    from toolkit.assessment.inputs import make_inputs
    from toolkit.assessment.question import Question
    from toolkit.assessment.site_plan import plan_sites

    inputs = make_inputs(Question(name, dt.date(2026, 11, 23), scope="all").load())
    city = tiles.open_city(inputs.loaded, tile_km)
    plan_sites(inputs, city.pack, city.geometry)


def row(label: str, km: float, run: Run, disk_bytes: int) -> str:
    """Return a row of the table."""
    return (
        f"| {label} | {km:,.0f} | {run.wall_s:.0f} | {run.cpu_s:.0f} | "
        f"{run.cpu_s / km * 1000:.0f} | {run.peak_bytes / 1e6:,.0f} | {disk_bytes / km / 1e3:.0f} |"
    )


def main() -> int:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--copies", default="1,4,9")
    parser.add_argument("--first-pass", type=int, default=36, help="copies for the first pass")
    parser.add_argument("--tile-km", type=float, default=2.0)
    parser.add_argument("--only", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        first_pass(options.only, options.tile_km)
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        os.environ["CAMERA_TOOLKIT_HOME"] = str(folder)
        print("| run | km | wall s | core s | core s per 1,000 km | peak MB | kB on disk per km |")
        print("|---|---|---|---|---|---|---|")
        runs: dict[str, list[tuple[float, Run]]] = {}
        for n in (int(text) for text in options.copies.split(",")):
            for label, tile_km in (("one piece", None), ("tiles", options.tile_km)):
                home = folder / f"{n}-{label[:3]}"
                os.environ["CAMERA_TOOLKIT_HOME"] = str(home)
                name, km = copies(n, home)
                for again in ("first set", "next set"):
                    out = folder / f"out-{n}-{label[:3]}-{again[:4]}"
                    run = batch(name, home, out, tile_km)
                    runs.setdefault(f"{label}, {again}", []).append((km, run))
                    disk = folder_bytes(home / "cache" if again == "first set" else out)
                    what = "sight" if again == "first set" else "results"
                    line = row(f"{label}, {again} (disk: {what})", km, run, disk)
                    print(line, flush=True)
        name, km = copies(options.first_pass, home)
        run = measured([sys.executable, __file__, "--only", name], home)
        pack = folder_bytes(home / "packs" / name)
        print(row("first pass of a large city (disk: pack)", km, run, pack))
        print("\nFurther km, without what a run takes to start:")
        for label, found in runs.items():
            (km0, small), (km1, large) = found[0], found[-1]
            if km1 > km0:
                per = (large.cpu_s - small.cpu_s) / (km1 - km0)
                print(f"  {label}: {per * 1000:.0f} core s per 1,000 km")
    return 0


if __name__ == "__main__":
    sys.exit(main())
