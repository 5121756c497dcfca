"""Print how completely installed packs are mapped, as rows of geodata/map_data.toml.

    python scripts/measure_map_data.py [PACK ...]

Without names, of all installed packs. What a source does not hold is left out.
"""

from __future__ import annotations

import sys

from toolkit.streets.map_data import map_data
from toolkit.streets.pack import open_pack, pack_names


def row(name: str) -> str:
    """Return the row of one pack."""
    pack = open_pack(name)
    found, missing = map_data(pack), pack.manifest.counts
    figures = {
        "buildings_near": None if pack.buildings.empty else found.buildings_near,
        "classes_known": None if missing.get("missing_classes") else found.classes_known,
        "lights_per_100_junctions": None
        if missing.get("missing_signals")
        else found.lights_per_100_junctions,
    }
    lines = [f"{key} = {value:.3g}" for key, value in figures.items() if value is not None]
    return "\n".join(["[[area]]", f'name = "{pack.manifest.name.en}"', *lines])


if __name__ == "__main__":
    print("\n\n".join(map(row, sys.argv[1:] or pack_names())))
