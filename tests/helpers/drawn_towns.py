"""Towns drawn as OpenStreetMap files, at the places of known cities and far from all of them."""

from __future__ import annotations

from pathlib import Path

from drawn_osm import LAT, LON, STEP, Drawing

from toolkit.streets.cities import City

FAR = (-140.0, -40.0)
"""A place far from every known city, in columns and rows of the drawing's grid."""


def at(city: City) -> tuple[float, float]:
    """Return where a city lies on the drawing's grid."""
    return (city.lon - LON) / STEP, (city.lat - LAT) / STEP


def town(
    drawing: Drawing, middle: tuple[float, float], *, first: int, size: int = 12, step: float = 2
) -> Drawing:
    """Draw a square grid of streets about 220 m apart, with one police post."""

    def number(a: int, b: int) -> int:
        return first + a * (size + 1) + b

    for a in range(size + 1):
        for b in range(size + 1):
            drawing.node(
                number(a, b), middle[0] + (a - size / 2) * step, middle[1] + (b - size / 2) * step
            )
    for k in range(size + 1):
        across = [number(a, k) for a in range(size + 1)]
        along = [number(k, b) for b in range(size + 1)]
        drawing.way(first + k, across, highway="residential", name=f"Street {k}")
        drawing.way(first + 100 + k, along, highway="tertiary" if k % 3 == 0 else "residential")
    drawing.node(first + 900, *middle, amenity="police")
    return drawing


def written(drawing: Drawing, path: Path) -> Path:
    path.write_text(drawing.text(), encoding="utf-8")
    return path
