"""Bounds of the engine, and the document that shows figures beside them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from benchmarks.engine.timing import Figures

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "generated" / "performance.md"
PLOTS: Final = DOCUMENT.parent / "performance"
TEXT: Final = Path(__file__).with_name("performance.md.in")


@dataclass(frozen=True)
class Bound:
    """One figure that has a bound.

    Attributes
    ----------
    measure
        The measurement it comes from.
    what, reach
        What is said of it, and the reach of sight it holds for.
    figure
        Makes the figure of the measurement.
    limit
        Bound, in `unit`.
    at_least
        Whether the figure must be at least the bound; else at most.
    """

    measure: str
    what: str
    reach: str
    figure: Callable[[Figures], float]
    limit: float
    unit: str
    at_least: bool = False

    def holds(self, figures: Figures) -> bool:
        """Return whether the bound is kept; a figure that could not be had misses it."""
        value = self.figure(figures)
        return value >= self.limit if self.at_least else value <= self.limit


BOUNDS: Final = (
    Bound(
        "lines_of_sight", "Lines of sight, one thread, over embree's", "80 m",
        lambda f: f["own_pairs_per_s"] / f["embree_pairs_per_s"], 1.0, "times", at_least=True,
    ),
    Bound(
        "lines_of_sight", "Lines of sight, one thread, over bulk shapely", "80 m",
        lambda f: f["own_pairs_per_s"] / f["shapely_pairs_per_s"], 15.0, "times", at_least=True,
    ),
    Bound("near_band", "Near band, peak memory", "80 m", lambda f: f["peak_gb"], 1.5, "GB"),
    Bound(
        "near_band", "Near band, build over its tests alone", "80 m",
        lambda f: f["build_s"] / f["tests_s"], 1.3, "times",
    ),
    Bound("far_band", "Far band, peak memory", "80-250 m", lambda f: f["peak_gb"], 3.0, "GB"),
    Bound(
        "closed_form", "Closed form, all tiers, all points, over reading its arrays", "80 m",
        lambda f: f["closed_form_s"] / f["read_s"], 2.0, "times",
    ),
    Bound(
        "monte_carlo", "5,000 cameras, 1,000 draws, over reading and marking their rows", "80 m",
        lambda f: f["simulate_s"] / f["floor_s"], 2.0, "times",
    ),
    Bound(
        "closed_form", "Changed assumption, central value, all points", "80 m",
        lambda f: f["changed_central_s"], 0.1, "s",
    ),
    Bound(
        "closed_form", "Changed assumption, chances and intervals of 20,000 points", "80 m",
        lambda f: f["changed_intervals_sample_s"], 0.25, "s",
    ),
    Bound(
        "sample_answer", "Changed assumption, whole answer on a sample of 20,000 points", "200 m",
        lambda f: f["changed_s"], 0.3, "s",
    ),
    Bound(
        "helsinki", "Helsinki centre, whole assessment with intervals", "200 m",
        lambda f: f["changed_s"], 0.35, "s",
    ),
    Bound(
        "trips_helsinki", "Helsinki centre, 400 trips by one mode, processor time", "200 m",
        lambda f: f["one_mode_cpu_s"], 0.5, "s",
    ),
    Bound(
        "trips_helsinki", "Helsinki centre, sampling trips once, processor time", "any",
        lambda f: f["sampling_cpu_s"], 3.0, "s",
    ),
    Bound(
        "trips_helsinki", "Helsinki centre, memory of trips", "200 m",
        lambda f: f["more_mb"], 150.0, "MB",
    ),
    Bound(
        "trips_larger", "City of 187 km, 400 trips by one mode, processor time", "200 m",
        lambda f: f["one_mode_cpu_s"], 1.5, "s",
    ),
    Bound(
        "trips_larger", "City of 187 km, sampling trips once, processor time", "any",
        lambda f: f["sampling_cpu_s"], 3.0, "s",
    ),
    Bound(
        "trips_larger", "City of 187 km, memory of trips", "200 m",
        lambda f: f["more_mb"], 150.0, "MB",
    ),
    Bound(
        "new_process", "City without streets in a new process, processor time", "any",
        lambda f: f["no_streets_cpu_s"], 1.5, "s",
    ),
    Bound(
        "sensitivity", "Sensitivity of a city without streets, new process, processor time", "any",
        lambda f: f["no_streets_cpu_s"], 4.0, "s",
    ),
    Bound(
        "export", "GeoPackage of five layers, new process, processor time", "200 m",
        lambda f: f["whole_cpu_s"], 3.0, "s",
    ),
    Bound(
        "fingerprint", "Fingerprint of a question, no file changed", "any",
        lambda f: f["unchanged_ms"], 20.0, "ms",
    ),
    Bound(
        "large_pack", "Opening a pack of 80,000 streets, processor time", "any",
        lambda f: f["open_cpu_s"], 0.3, "s",
    ),
    Bound(
        "large_pack", "First answer from a pack of 80,000 streets, without lines of sight", "200 m",
        lambda f: f["first_s"], 6.0, "s",
    ),
    Bound(
        "four_threads", "Answers from four threads at once", "200 m",
        lambda f: f["answers"], 4.0, "answers", at_least=True,
    ),
)  # fmt: skip


def missed(bounds: Sequence[Bound], found: dict[str, Figures]) -> list[Bound]:
    """Return the bounds that are not kept."""
    return [bound for bound in bounds if not bound.holds(found[bound.measure])]


def table(bounds: Sequence[Bound], found: dict[str, Figures]) -> str:
    """Return figures and bounds side by side, in Markdown."""
    lines = ["| what | reach | figure | bound | kept |", "|---|---|---|---|---|"]
    for bound in bounds:
        figures = found[bound.measure]
        sign = "at least" if bound.at_least else "at most"
        lines.append(
            f"| {bound.what} | {bound.reach} | {bound.figure(figures):.3g} {bound.unit} "
            f"| {sign} {bound.limit:g} {bound.unit} | {'yes' if bound.holds(figures) else 'no'} |"
        )
    return "\n".join(lines)


def details(found: dict[str, Figures]) -> str:
    """Return all figures of all measurements but sizes, in Markdown."""
    lines = ["| measurement | figure | value |", "|---|---|---|"]
    for name, figures in found.items():
        if name == "sizes":
            continue
        lines += [f"| {name} | {key} | {value:.4g} |" for key, value in figures.items()]
    return "\n".join(lines)


_SIZE: Final = re.compile(r"(points|cameras)_(\d+)_(\w+)_s")


def by_size(figures: Figures) -> dict[tuple[str, str], list[tuple[float, float]]]:
    """Return (size, seconds) of each curve, by what grows and what is done."""
    curves: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for key, value in figures.items():
        match = _SIZE.fullmatch(key)
        if match:
            grows, size, work = match.groups()
            curves.setdefault((grows, work), []).append((float(size), value))
    return {curve: sorted(values) for curve, values in sorted(curves.items())}


def slope(curve: Sequence[tuple[float, float]], least: float) -> float:
    """Return the exponent of cost over size, among sizes of at least `least`; 1 is linear."""
    large = [(math.log(x), math.log(y)) for x, y in curve if x >= least]
    x, y = np.array(large).T
    return float(np.polyfit(x, y, 1)[0])


LINEAR_FROM: Final = {"points": 10_000.0, "cameras": 1_000.0}
_LABELS: Final = {"points": "street points", "cameras": "cameras"}


def growth(found: dict[str, Figures]) -> str:
    """Return the exponents of cost over size, in Markdown."""
    lines = ["| grows | work | from | exponent |", "|---|---|---|---|"]
    for (grows, work), curve in by_size(found["sizes"]).items():
        least = LINEAR_FROM[grows]
        lines.append(f"| {_LABELS[grows]} | {work} | {least:,.0f} | {slope(curve, least):.2f} |")
    return "\n".join(lines)


def draw(found: dict[str, Figures]) -> None:
    """Draw cost against size."""
    curves = by_size(found["sizes"])
    PLOTS.mkdir(exist_ok=True)
    with mpl.rc_context({"svg.hashsalt": "performance", "svg.fonttype": "none"}):
        for grows, label in _LABELS.items():
            figure = Figure(figsize=(6.0, 4.0), layout="constrained")
            axes = figure.add_subplot()
            for (what, work), curve in curves.items():
                if what == grows:
                    x, y = zip(*curve, strict=True)
                    axes.loglog(x, y, marker="o", label=work)
            axes.set_xlabel(label)
            axes.set_ylabel("seconds")
            axes.grid(visible=True, which="both", alpha=0.3)
            axes.legend()
            figure.savefig(PLOTS / f"{grows}.svg", metadata={"Date": None})


_CHANGED: Final = {
    "plan_cpu_s": "chances of sites",
    "placing_cpu_s": "placing cameras",
    "totals_cpu_s": "totals",
    "figures_cpu_s": "figures",
    "trips_cpu_s": "trips",
    "trips_if_cpu_s": "trips in each case",
}
_FIRST: Final = {
    "sight_cpu_s": "lines of sight",
    "geometry_cpu_s": "geometry of candidates",
    "ground_cpu_s": "ground along streets",
    "trips_cpu_s": "trips",
    "totals_cpu_s": "totals",
}
_OPEN: Final = {
    "open_checksums_cpu_s": "checksums",
    "open_texts_cpu_s": "columns and texts",
    "open_geometry_cpu_s": "geometry read",
    "open_checks_cpu_s": "geometry checked",
}


def build_over_embree(found: dict[str, Figures]) -> float:
    """Return how long the near band takes over embree's tests of its pairs, on as many threads."""
    near, sight = found["near_band"], found["lines_of_sight"]
    tested = near["pairs_kept"] / sight["own_visible_share"]
    embree_s = tested / (sight["embree_pairs_per_s"] * near["threads"])
    return near["build_s"] / embree_s


def instead(found: dict[str, Figures]) -> str:
    """Return what the toolkit takes beside what one would use instead, in Markdown."""
    sight, trips, drawn = (found[k] for k in ("lines_of_sight", "instead_trips", "instead_map"))
    rows = [
        (f"{name}, million pairs a second", sight["own_pairs_per_s"] / 1e6, what, other / 1e6)
        for name, what, other in (
            ("Lines of sight", "embree", sight["embree_pairs_per_s"]),
            ("Lines of sight", "shapely, in bulk", sight["shapely_pairs_per_s"]),
        )
    ]
    rows += [
        (
            f"{trips['trips']:.0f} ways on foot, s", trips["own_sampling_cpu_s"],
            "networkx, Dijkstra of each", trips["networkx_paths_cpu_s"],
        ),
        (
            "Cameras on them in 200 placements, s", trips["own_200_placements_cpu_s"],
            "shapely, sites in plain discs", trips["shapely_200_placements_cpu_s"],
        ),
        (
            f"{drawn['streets']:,.0f} streets for a map, s", drawn["own_cpu_s"],
            "folium, GeoJson", drawn["folium_cpu_s"],
        ),
        ("the same, MB", drawn["own_mb"], "folium, GeoJson", drawn["folium_mb"]),
    ]  # fmt: skip
    lines = ["| what | toolkit | instead | its figure |", "|---|--:|---|--:|"]
    lines += [f"| {what} | {own:.3g} | {name} | {other:.3g} |" for what, own, name, other in rows]
    return "\n".join(lines)


def shares(figures: Figures, whole: str, parts: Mapping[str, str]) -> str:
    """Return how much of a figure its parts make up, the largest first, as words.

    Parameters
    ----------
    figures
        Figures of one measurement.
    whole
        Key of the whole.
    parts
        What each part is called, by its key.
    """
    order = sorted(parts, key=lambda key: -figures[key])
    return ", ".join(f"{parts[key]} {figures[key] / figures[whole]:.0%}" for key in order).replace(
        "%", " %"
    )


def write(found: dict[str, Figures]) -> None:
    """Write the document and its plots."""
    draw(found)
    text = TEXT.read_text(encoding="utf-8")
    for mark, part in (
        ("{bounds}", table(BOUNDS, found)),
        ("{build_over_embree}", f"{build_over_embree(found):.2g}"),
        ("{floor_s}", f"{found['monte_carlo']['floor_s']:.2g}"),
        ("{start_s}", f"{found['export']['start_cpu_s']:.2g}"),
        ("{zones_s}", f"{found['export']['zones_cpu_s']:.2g}"),
        ("{streets_s}", f"{found['export']['streets_cpu_s']:.2g}"),
        ("{file_s}", f"{found['export']['cells_and_file_cpu_s']:.2g}"),
        ("{changed_parts}", shares(found["sample_answer"], "changed_cpu_s", _CHANGED)),
        ("{first_parts}", shares(found["large_pack"], "first_cpu_s", _FIRST)),
        ("{open_parts}", shares(found["large_pack"], "open_cpu_s", _OPEN)),
        ("{growth}", growth(found)),
        ("{instead}", instead(found)),
        ("{details}", details(found)),
    ):
        text = text.replace(mark, part)
    DOCUMENT.write_text(text, encoding="utf-8")
