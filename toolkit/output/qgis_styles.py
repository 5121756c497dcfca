"""Styles that QGIS opens a GeoPackage with: the colours and widths of the maps, with a legend.

QGIS reads them from the table `layer_styles` of the file. A layer with figures of several tiers has
a style for each; the first is the default.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from xml.etree import ElementTree as ET

from toolkit.base.terms import EXPOSURE_CLASSES, TIERS, ExposureClass, Tier
from toolkit.language import words
from toolkit.output import map_scale
from toolkit.output.map_scale import STEPS, Step

_MM_PER_PX: Final = 25.4 / 96
_GEOMETRY: Final = {"marker": "0", "line": "1", "fill": "2"}
_CAMERA: Final = "#0b5cad"
_CHANGES: Final = (
    ("more", "More in the second, beyond its uncertainty", "#7a0c2e", 4.4),
    ("less", "Less in the second, beyond its uncertainty", "#1d5f8a", 4.4),
    ("within", "Too small a difference to tell", "#b8a06a", 1.6),
    ("unknown", "No data", "#7a7a7a", 1.6),
)
"""As in the map of a comparison."""


@dataclass(frozen=True)
class Style:
    """One style of a layer, as QGIS keeps it."""

    name: str
    description: str
    qml: str


@dataclass(frozen=True)
class _Rule:
    """One entry of a legend: which rows it is of, and how they are drawn."""

    label: str
    filter: str
    color: str
    width_px: float = 1.0
    dash: str | None = None


def of_layer(layer: str) -> tuple[Style, ...]:
    """Return the styles of a layer, the default first; none for a layer that has none.

    Parameters
    ----------
    layer
        A key of `exports.SPECS`.
    """
    by_tier: dict[str, Callable[[Tier], Style]] = {
        "streets": partial(_of_steps, kind="line"),
        "cells": partial(_of_steps, kind="fill"),
        "zones": _of_zones,
        "differences": _of_changes,
    }
    if layer in by_tier:
        return tuple(by_tier[layer](tier) for tier in TIERS)
    points = {"cameras": "Mapped cameras", "sites": "Sites of mapped cameras"}
    return (_of_points(points[layer]),) if layer in points else ()


def _of_steps(tier: Tier, kind: str) -> Style:
    rules = [
        _Rule(
            map_scale.step_name(step, "en"),
            _filter(step, tier),
            step.color,
            step.width_px,
            step.dash if kind == "line" else None,
        )
        for step in STEPS
    ]
    return _style(_title(tier), words.tier_meaning(tier, "en"), kind, rules)


def _filter(step: Step, tier: Tier) -> str:
    text = f"\"{tier}_class\" = '{step.cls}'"
    if step.cls != "possible":
        return text
    return f'{text} AND "{tier}_mid" >= {step.at_least:g} AND "{tier}_mid" < {step.below:g}'


def _of_zones(tier: Tier) -> Style:
    color: dict[ExposureClass, str] = {}
    for step in STEPS:
        color.setdefault(step.cls, step.color)
    rules = [
        _Rule(
            words.class_name(cls, "en"),
            f"\"tier\" = '{tier}' AND \"exposure_class\" = '{cls}'",
            color[cls],
        )
        for cls in EXPOSURE_CLASSES
    ]
    return _style(_title(tier), words.tier_meaning(tier, "en"), "fill", rules)


def _of_changes(tier: Tier) -> Style:
    rules = [
        _Rule(label, f"\"{tier}_change\" = '{change}'", color, width)
        for change, label, color, width in _CHANGES
    ]
    return _style(_title(tier), "Second less first, street by street.", "line", rules)


def _of_points(name: str) -> Style:
    return _style(name, words.limits("en")[1], "marker", [_Rule(name, "", _CAMERA)])


def _title(tier: Tier) -> str:
    condition = words.tier_condition(tier, "en")
    name = words.tier_name(tier, "en")
    return f"{name} ({condition})" if condition else name


def _style(name: str, description: str, kind: str, rules: Sequence[_Rule]) -> Style:
    root = ET.Element("qgis", version="3.22.0", styleCategories="Symbology")
    renderer = ET.SubElement(
        root, "renderer-v2", type="RuleRenderer", forceraster="0", symbollevels="0",
        enableorderby="0",
    )  # fmt: skip
    listed = ET.SubElement(renderer, "rules", key="{root}")
    symbols = ET.SubElement(renderer, "symbols")
    for number, rule in enumerate(rules):
        made = {"key": f"{{rule-{number}}}", "symbol": str(number), "label": rule.label}
        ET.SubElement(listed, "rule", made | ({"filter": rule.filter} if rule.filter else {}))
        symbol = ET.SubElement(
            symbols, "symbol", name=str(number), type=kind, alpha="1", clip_to_extent="1",
            force_rhr="0",
        )  # fmt: skip
        _layer(symbol, kind, rule)
    ET.SubElement(root, "layerGeometryType").text = _GEOMETRY[kind]
    return Style(name, description, ET.tostring(root, encoding="unicode"))


def _layer(symbol: ET.Element, kind: str, rule: _Rule) -> None:
    """Add how a rule is drawn, in the form of QGIS from 3.22 on and in that before."""
    width = f"{rule.width_px * _MM_PER_PX:.2f}"
    options: dict[str, Any]
    if kind == "line":
        options = {"line_color": _rgba(rule.color), "line_width": width, "line_width_unit": "MM"}
        options |= {"line_style": "dash" if rule.dash else "solid", "capstyle": "round"}
        name = "SimpleLine"
    elif kind == "fill":
        options = {"color": _rgba(rule.color, 150), "style": "solid", "outline_style": "no"}
        name = "SimpleFill"
    else:
        options = {"color": _rgba(rule.color), "name": "circle", "size": "2", "size_unit": "MM"}
        options |= {"outline_color": "255,255,255,255", "outline_width": "0.2"}
        name = "SimpleMarker"
    layer = ET.SubElement(
        symbol, "layer", {"class": name, "enabled": "1", "locked": "0", "pass": "0"}
    )
    group = ET.SubElement(layer, "Option", type="Map")
    for key, value in options.items():
        ET.SubElement(group, "Option", name=key, value=value, type="QString")
    for key, value in options.items():
        ET.SubElement(layer, "prop", k=key, v=value)


def _rgba(color: str, alpha: int = 255) -> str:
    red, green, blue = (int(color[k : k + 2], 16) for k in (1, 3, 5))
    return f"{red},{green},{blue},{alpha}"
