"""Pictures of the evaluation of the siting model: cells, not places, and reliability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from toolkit.siting.validation import regression

if TYPE_CHECKING:
    from benchmarks.siting_evaluation import MeasuredCity

LEAST_BLOCKS: Final = 10
SMALL_M: Final = 250.0
"""Cells of a city of fewer than `LEAST_BLOCKS` blocks of 1 km."""


def draw(cities: Sequence[MeasuredCity], found: Mapping[str, Any], out: Path) -> None:
    """Draw sites per cell, expected for a city left out against real; cells, not places."""
    figure, axes = plt.subplots(2, len(cities), figsize=(3.2 * len(cities), 6.2))
    for column, city in enumerate(cities):
        xy, fit = city.pair.points.xy_m, city.known.fit
        side = regression.BLOCK_M if len(np.unique(fit.block)) >= LEAST_BLOCKS else SMALL_M
        cell = np.floor((xy - xy.min(axis=0)) / side).astype(int)
        shape = tuple(cell.max(axis=0) + 1)
        flat = np.ravel_multi_index(tuple(cell.T), shape)
        size = int(np.prod(shape))
        street = np.bincount(flat, weights=fit.length_m, minlength=size)
        expected = np.bincount(
            flat, weights=found[city.name]["_mean"] * fit.length_m, minlength=size
        )
        expected *= fit.sites.sum() / expected.sum()
        true = np.bincount(flat, weights=fit.sites, minlength=size)
        top = float(np.quantile(true[street > 0], 0.98)) or 1.0
        for row, (values, label) in enumerate(((expected, "expected, left out"), (true, "real"))):
            image = np.where(street > 0, values, np.nan).reshape(shape).T
            axis = axes[row, column]
            axis.imshow(image, origin="lower", vmin=0, vmax=max(top, 1.0), cmap="viridis")
            axis.set_title(f"{city.name}\n{label}", fontsize=8)
            axis.set_axis_off()
    figure.suptitle(
        "Sites per cell (1 km; Helsinki 250 m). Streets and cameras: docs/evaluation/siting.md",
        fontsize=8,
    )
    figure.tight_layout()
    figure.savefig(out / "maps.png", dpi=80, metadata={"Software": None})
    plt.close(figure)

    figure, axes = plt.subplots(1, 2, figsize=(8, 4))
    for axis, kind in zip(axes, ("within", "transfer"), strict=True):
        for city in cities:
            rows = found[city.name][kind]["reliability"]
            axis.plot(
                [r["expected"] for r in rows],
                [r["found"] for r in rows],
                "o-",
                ms=3,
                label=city.name,
            )
        edge = [1, 200]
        axis.plot(edge, edge, "k:", lw=0.8)
        axis.set(xscale="symlog", yscale="symlog", xlabel="expected sites", ylabel="real sites")
        axis.set_title(f"{kind}: tenths of street length", fontsize=9)
    axes[0].legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(out / "reliability.png", dpi=80, metadata={"Software": None})
    plt.close(figure)
