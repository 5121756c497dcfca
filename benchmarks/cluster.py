"""Run a batch of many tiled cities on a Dask cluster of this machine, with a worker killed in it.

The cities are adjacent copies of the built-in one (`benchmarks.scale`), small ones first, so that
processor time and memory can be read against their size. Lines of sight are removed as tiles
finish. Every second the processor time and the memory of all processes and the bytes on the disk
are noted; half-way a worker is killed and another one started in its place.

    python -m benchmarks.cluster [--km 100000] [--workers 2] [--folder DIR] [--out FILE.md]

Linux and macOS only. With --out the tables are written, and a plot next to them.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import psutil

from benchmarks.scale import PACK, copies, write_claim

SIZES: Final = (1, 4, 9, 16, 36, 144)
"""Copies of the built-in city in the first cities."""
EACH: Final = 64
"""Copies in each further city, until the length is reached."""
TILE_KM: Final = 2.0
DRAWS: Final = 200
_EVERY_S: Final = 1.0
_WAIT_S: Final = 60
_MB: Final = 1e6


@dataclass
class Used:
    """What the processes of a cluster have used so far.

    Attributes
    ----------
    cpu_s
        Processor time by process id, the last that was seen.
    peak_bytes
        Highest resident memory of a worker, of the processes since `restart_peak`, and of all.
    most_disk_bytes
        Most bytes on the disk at once.
    """

    cpu_s: dict[int, float] = field(default_factory=dict)
    peak_bytes: int = 0
    highest_bytes: int = 0
    most_disk_bytes: int = 0

    def look(self, processes: Sequence[psutil.Process], folder: Path) -> None:
        """Note processor time, memory and bytes on the disk now."""
        for process in processes:
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                self.cpu_s[process.pid] = times.user + times.system
                resident = process.memory_info().rss
                self.peak_bytes = max(self.peak_bytes, resident)
                self.highest_bytes = max(self.highest_bytes, resident)
        self.most_disk_bytes = max(self.most_disk_bytes, _on_disk(folder))

    def total_s(self) -> float:
        """Return the processor time of all processes, those that have ended among them."""
        return sum(self.cpu_s.values())


@dataclass(frozen=True)
class City:
    """A city of the run, and what it took: from the end of the one before to its own."""

    name: str
    km: float
    cpu_s: float
    peak_bytes: int


def _on_disk(folder: Path) -> int:
    found = 0
    for where, _, names in os.walk(folder):  # which passes over folders removed meanwhile
        for name in names:
            with contextlib.suppress(OSError):
                found += (Path(where) / name).lstat().st_size
    return found


def install(home: Path, km: float) -> dict[str, float]:
    """Install cities until the length is reached; return the km of each by its id."""
    found: dict[str, float] = {}
    for n in SIZES:
        name, length_km = copies(n, home)
        found[name] = length_km
    first, length_km = copies(EACH, home)
    found[first] = length_km
    packs = home / "packs"
    while sum(found.values()) < km:
        # Another pack of the same streets: its id is part of what lines of sight depend on.
        name = f"{first}-{len(found)}"
        shutil.copytree(packs / first, packs / name)
        manifest = packs / name / "manifest.json"
        content = json.loads(manifest.read_bytes()) | {"id": name}
        manifest.write_text(json.dumps(content), encoding="utf-8")
        write_claim(home, name, length_km)
        found[name] = length_km
    return found


def _written(out: Path) -> dict[Path, int]:
    """Return when the streets of each finished tile were written, by their file."""
    return {p: p.stat().st_mtime_ns for p in (out / "streets").rglob("part-*.parquet")}


class Cluster:
    """A scheduler and workers of one thread each, as processes of this machine."""

    def __init__(self, folder: Path, n: int) -> None:
        self._file = folder / "scheduler.json"
        self._log = (folder / "cluster.log").open("wb")
        self._scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(self._file)
        )
        end = time.monotonic() + _WAIT_S
        while not self._file.exists():
            if time.monotonic() > end:
                msg = "The scheduler does not start."
                raise SystemExit(msg)
            time.sleep(0.1)
        self.address = json.loads(self._file.read_bytes())["address"]
        self.workers = [self._worker() for _ in range(n)]

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments, "--no-dashboard"],
            stdout=self._log, stderr=self._log, env=environment,
        )  # fmt: skip

    def _worker(self) -> subprocess.Popen[bytes]:
        return self._start(
            "worker", self.address, "--nthreads", "1", "--no-nanny", "--memory-limit", "0"
        )

    def kill_one(self) -> None:
        """Kill a worker in the middle of its work, and start another one."""
        lost = self.workers.pop(0)
        os.kill(lost.pid, signal.SIGKILL)
        lost.wait()
        self.workers.append(self._worker())

    def close(self) -> None:
        """End all processes."""
        for process in (*self.workers, self._scheduler):
            process.kill()  # all that they have is on the disk
            process.wait(_WAIT_S)
        self._log.close()


@contextlib.contextmanager
def cluster_in(folder: Path, n: int) -> Iterator[Cluster]:
    """Start a cluster, and end it whatever happens."""
    cluster = Cluster(folder, n)
    try:
        yield cluster
    finally:
        cluster.close()


def measure(folder: Path, km: float, n_workers: int) -> tuple[list[City], dict[str, float]]:
    """Run the batch; return what each city took, and figures of the whole run."""
    home, out, plan = folder / "home", folder / "out", folder / "plan.toml"
    os.environ["CAMERA_TOOLKIT_HOME"] = str(home)
    lengths = install(home, km)
    names = ", ".join(f'"{name}"' for name in lengths)
    plan.write_text(
        'format = "camera-exposure.batch/1"\nas_of = 2026-11-23\nscope = "all"\n'
        f"cities = [{names}]\ntile_km = {TILE_KM}\ndraws = {DRAWS}\n"
        "keep_lines_of_sight = false\n"
    )
    used, cities = Used(), []
    when_killed: dict[Path, int] = {}
    start = time.monotonic()
    with cluster_in(folder, n_workers) as cluster, (folder / "batch.log").open("wb") as log:
        run = subprocess.Popen(
            [sys.executable, "-m", "toolkit", "batch", str(plan), "--out", str(out),
             "--scheduler", cluster.address],
            stdout=log, stderr=log,
        )  # fmt: skip
        main, main_peak, before_s = psutil.Process(run.pid), 0, 0.0
        waiting = list(lengths)
        while run.poll() is None:
            time.sleep(_EVERY_S)
            used.look([psutil.Process(w.pid) for w in cluster.workers if w.poll() is None], folder)
            with contextlib.suppress(psutil.Error):
                main_peak = max(main_peak, main.memory_info().rss)
            while waiting and (out / "jobs" / f"{waiting[0]}.central.own.installed.json").exists():
                name = waiting.pop(0)
                cities.append(City(name, lengths[name], used.total_s() - before_s, used.peak_bytes))
                before_s, used.peak_bytes = used.total_s(), 0
                print(f"{name}: {cities[-1].cpu_s:.0f} s", file=sys.stderr, flush=True)
            done_km = sum(city.km for city in cities)
            if not when_killed and done_km > sum(lengths.values()) / 2:
                when_killed = _written(out)
                cluster.kill_one()
    if run.returncode:
        raise SystemExit((folder / "batch.log").read_text(errors="replace")[-2000:])
    said = (folder / "batch.log").read_text(errors="replace")
    parts = _written(out)
    return cities, {
        "km": sum(lengths.values()),
        "cities": float(len(lengths)),
        "tiles": float(len(parts)),
        "tiles_when_killed": float(len(when_killed)),
        "of_them_written_again": float(sum(parts[p] != when_killed[p] for p in when_killed)),
        "tasks_computed": float(said.count(": computed")),
        "workers": float(n_workers),
        "cpu_hours": used.total_s() / 3600,
        "wall_hours": (time.monotonic() - start) / 3600,
        "peak_worker_mb": used.highest_bytes / _MB,
        "peak_main_mb": main_peak / _MB,
        "most_disk_gb": used.most_disk_bytes / 1e9,
        "packs_gb": _on_disk(home) / 1e9,
        "results_gb": _on_disk(out) / 1e9,
    }


def document(cities: Sequence[City], figures: dict[str, float]) -> str:
    """Return the tables as Markdown."""
    rows = "\n".join(
        f"| {c.km:,.0f} | {c.cpu_s:,.0f} | {c.cpu_s / c.km * 1000:.0f} | "
        f"{c.peak_bytes / _MB:,.0f} |"
        for c in cities
    )
    every = "\n".join(f"| {name} | {value:.4g} |" for name, value in figures.items())
    f = figures
    return f"""# A batch on a cluster

Written by `python -m benchmarks.cluster --out FILE`; do not edit. Cities are copies of
`{PACK}` side by side, in tiles of {TILE_KM:g} km, with {DRAWS} draws; lines of sight are removed
as tiles finish. Workers are processes of one machine with one thread each. Processor time of a
city: of all workers, from the end of the city before to its own.

- {f["km"]:,.0f} km of street in {f["cities"]:.0f} cities and {f["tiles"]:,.0f} tiles
- {f["cpu_hours"]:.2f} processor hours, {f["wall_hours"]:.2f} hours on {f["workers"]:.0f} workers
- at most {f["most_disk_gb"]:.2f} GB on the disk at any time, {f["results_gb"]:.2f} GB of results
- one worker killed after {f["tiles_when_killed"]:,.0f} tiles: {f["of_them_written_again"]:.0f} of
  them were computed again, and none is missing

![Processor seconds and memory against km of a city](cluster.svg)

| km of the city | processor s | processor s per 1,000 km | peak MB of a worker |
|--:|--:|--:|--:|
{rows}

| all figures | value |
|---|--:|
{every}
"""


def plot(cities: Sequence[City], path: Path) -> None:
    """Draw processor time and memory of the cities against their length."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    km = np.array([city.km for city in cities])
    with mpl.rc_context({"svg.hashsalt": "cluster", "svg.fonttype": "none"}):
        figure = Figure(figsize=(7.0, 3.0), layout="constrained")
        for axes, values, label in zip(
            figure.subplots(1, 2),
            ([c.cpu_s for c in cities], [c.peak_bytes / _MB for c in cities]),
            ("processor seconds", "peak MB of a worker"),
            strict=True,
        ):
            axes.loglog(km, values, "o", color="#1b4f72")
            axes.set_xlabel("km of street in the city")
            axes.set_ylabel(label)
            axes.grid(visible=True, which="major", alpha=0.4)
        figure.savefig(path, metadata={"Date": None})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--km", type=float, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where the run is; a temporary folder if none")
    parser.add_argument("--out", type=Path, help="file to write")
    options = parser.parse_args(arguments)
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        cities, figures = measure(folder, options.km, options.workers)
    text = document(cities, figures)
    if options.out is None:
        print(text)
    else:
        options.out.write_text(text, encoding="utf-8")
        plot(cities, options.out.with_suffix(".svg"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
