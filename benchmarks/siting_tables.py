"""Tables of the evaluation of the siting model, from its figures."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from benchmarks import siting_ratio, siting_rings

HEAD: Final = """\
# Siting tables

Written by `python -m benchmarks.siting_evaluation`; do not edit. What they mean:
[where cameras are](../../evaluation/siting.md). In order: AUC and log score; share of street
within 25 m of a camera, by list and over tiles; coverage by rings of the central set, the same;
street within reach of known sites over that of as many placed ones, without the correction, as
logarithms with their parts; size of the factor of districts. The last four lists test the model
fitted to the others.
"""


def document(found: Mapping[str, Any]) -> str:
    """Return all tables as Markdown."""
    fitted, checks = found["fitted"], found["checks"]
    rows = {name: one["ratio"] for name, one in (fitted | checks).items()}
    return "\n".join(
        [
            HEAD,
            tables(fitted, checks),
            ring_tables(fitted, checks),
            siting_ratio.tables(rows, found["ratio"]),
            district_table(fitted),
        ]
    )


def tables(found: Mapping[str, Any], checks: Mapping[str, Any]) -> str:
    """Return the figures of fitted cities and checks as Markdown tables."""
    lines = [
        (
            "| city | class | junction | both | within: profile | ahead of the best (90 %) "
            "| with surroundings | ahead of the best (90 %) "
            "| left out: low - mid - high | log score left out, over uniform | uniform |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, one in found.items():
        base, auc = one["baseline_auc"], one["transfer"]["auc"]
        alone, both = (one["within"][f"ahead_of_best{k}"] for k in ("_profile", ""))
        log = one["transfer"]["log_score"]
        lines.append(
            f"| {name} | {base['class']:.3f} | {base['junction']:.3f} | {base['both']:.3f} "
            f"| {one['within']['auc_profile']:.3f} | {alone['mid']:+.3f} ({alone['low']:+.3f} to "
            f"{alone['high']:+.3f}) | {one['within']['auc']:.3f} | {both['mid']:+.3f} "
            f"({both['low']:+.3f} to {both['high']:+.3f}) "
            f"| {auc['low']:.3f} - {auc['mid']:.3f} - {auc['high']:.3f} "
            f"| {log['mid']:+.3f} | {one['uniform_log_score']:.2f} |"
        )
    means = {
        k: np.mean([o["baseline_auc"][k] for o in found.values()])
        for k in ("class", "junction", "both")
    }
    alone, inside = (
        np.mean([o["within"][k] for o in found.values()]) for k in ("auc_profile", "auc")
    )
    for name, one in checks.items():
        auc, log = one["transfer"]["auc"], one["transfer"]["log_score"]
        lines.append(
            f"| {name} | | | | | | | | {auc['low']:.3f} - {auc['mid']:.3f} - {auc['high']:.3f} "
            f"| {log['mid']:+.3f} | |"
        )
    left = np.mean([o["transfer"]["auc"]["mid"] for o in found.values()])
    log = np.mean([o["transfer"]["log_score"]["mid"] for o in found.values()])
    lines += [
        (
            f"| mean of the first four | {means['class']:.3f} | {means['junction']:.3f} "
            f"| {means['both']:.3f} "
            f"| {alone:.3f} | | {inside:.3f} | | {left:.3f} | {log:+.3f} | |"
        ),
        "",
        (
            "| city | truth | by sites | truth over middle | holds "
            "| by cameras | truth over middle | holds |"
        ),
        "|---" * 8 + "|",
    ]
    for name, one in {**found, **checks}.items():
        row = one["coverage"][0]
        cells = []
        for key in ("sites siting", "cameras siting"):
            got = row[key]
            cells += [
                f"{got['low']:.4f} - {got['high']:.4f}",
                f"{row['truth'] / got['mid']:.2f}",
                "yes" if got["holds"] else "no",
            ]
        lines.append(f"| {name} | {row['truth']:.4f} | {' | '.join(cells)} |")
    lines += [
        "",
        "| given | model | tiles | hold | interval score, tiles | interval score, cities |",
        "|---|---|---|---|---|---|",
    ]
    tiles = [row for one in found.values() for row in one["coverage"][1:]]
    whole = [one["coverage"][0] for one in found.values()]
    for key in ("sites", "cameras"):
        for model in ("siting", "uniform"):
            got = [row[f"{key} {model}"] for row in tiles]
            wide = np.mean([row[f"{key} {model}"]["winkler"] for row in whole])
            lines.append(
                f"| {key} | {model} | {len(got)} | {np.mean([g['holds'] for g in got]):.0%} "
                f"| {np.mean([g['winkler'] for g in got]):.4f} | {wide:.4f} |"
            )
    return "\n".join(lines) + "\n"


RINGS_GIVEN: Final = {
    "sites": "sites and cameras",
    "sites alone": "sites alone",
    "cameras": "cameras alone",
}
"""What is known of the true cameras. Of sites alone and of cameras alone, cameras per site are not
known."""


def ring_tables(found: Mapping[str, Any], checks: Mapping[str, Any]) -> str:
    """Return coverage by rings of the central set, by list and over tiles of fitted cities."""
    lines = [
        "| city | tier | truth | "
        + " | ".join(f"{v} | truth over middle | holds" for v in RINGS_GIVEN.values())
        + " |",
        "|---|---|---|" + "---|---|---|" * len(RINGS_GIVEN),
    ]
    for name, one in {**found, **checks}.items():
        for tier, row in one["coverage"][0]["rings"].items():
            cells = []
            for given in RINGS_GIVEN:
                got = row[f"{given} siting"]
                over = np.mean(row["truth"]) / got["mid"]
                cells.append(
                    f"{got['low']:.4f} - {got['high']:.4f} | {over:.2f} | {got['holds']:.0%}"
                )
            lines.append(f"| {name} | {tier} | {np.mean(row['truth']):.4f} | {' | '.join(cells)} |")
    lines += [
        "",
        (
            f"| known | model | tier | cities hold, of {len(found)} | tests hold, of {len(checks)} "
            "| tiles hold | of means: cities | tiles | interval score, tiles "
            "| interval score, cities |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for given, model, tier in itertools.product(
        RINGS_GIVEN, ("siting", "uniform"), siting_rings.RING_TIERS
    ):
        tiles, whole = (
            [row["rings"][tier][f"{given} {model}"]
             for one in found.values() for row in one["coverage"][part]]
            for part in (slice(1, None), slice(1))
        )  # fmt: skip
        tests = [one["coverage"][0]["rings"][tier][f"{given} {model}"] for one in checks.values()]
        lines.append(
            f"| {RINGS_GIVEN[given]} | {model} | {tier} "
            f"| {np.sum([got['holds'] for got in whole]):.2f} "
            f"| {np.sum([got['holds'] for got in tests]):.2f} "
            f"| {np.mean([got['holds'] for got in tiles]):.0%} "
            f"| {np.sum([got['holds_mean'] for got in whole])} "
            f"| {np.mean([got['holds_mean'] for got in tiles]):.0%} "
            f"| {np.mean([got['winkler'] for got in tiles]):.4f} "
            f"| {np.mean([got['winkler'] for got in whole]):.4f} |"
        )
    return "\n".join(lines) + "\n"


def district_table(found: Mapping[str, Any]) -> str:
    """Return the clustering of sites by district, for each assumption of what is known."""
    given = ("length", "left out", "folds", "own")
    lines = [
        "| city | districts | street length | fit to others | other folds | the city itself |",
        "|---|---|---|---|---|---|",
    ]
    for name, one in found.items():
        cells = [
            " (".join(_size(one["cluster_size"][key][how]) for how in ("likelihood", "moments"))
            + ")"
            for key in given
        ]
        lines.append(f"| {name} | {one['districts']} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _size(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"
