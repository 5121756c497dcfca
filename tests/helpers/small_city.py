"""A city of some kilometres of street: the first rows of each layer of the demonstration."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from toolkit.base import store
from toolkit.streets import mapped_cameras, pack
from toolkit.streets.schema import JUNCTION_DEGREE, LAYERS, PackLayers

PACK = "small"
N_ROWS = 150


def install(home: Path, name: str = PACK, *, city: str | None = None, rows: int = N_ROWS) -> None:
    """Install the streets, of a city of the list or as one of their own."""
    whole = pack.open_pack("helsinki-centre")
    draft = whole.manifest.model_copy(
        update={"id": name, "city": city, "parts": {}, "demonstration": False, "banner": None}
    )
    layers = PackLayers(**{layer: getattr(whole, layer).head(rows) for layer in LAYERS})
    pack.write_pack(home / pack.FOLDER / name, draft, layers)


def install_checked(home: Path, rows: int, name: str = PACK) -> None:
    """Install the first streets as a pack that agrees with itself, as one that is imported must."""
    whole = pack.open_pack("helsinki-centre")
    layers = {layer: getattr(whole, layer).head(rows) for layer in LAYERS}
    streets = layers["streets"]
    ends = {*streets["u"], *streets["v"]}
    layers["junctions"] = whole.junctions[whole.junctions["node_id"].isin(ends)]
    layers["boundary"] = whole.boundary
    length_km = round(float(streets["length_m"].sum()) / 1000, 3)
    counts = {
        **whole.manifest.counts,
        "street_km": length_km,
        **{layer: len(layers[layer]) for layer in ("streets", "buildings", "places")},
        "cameras": layers["cameras"]["osm_id"].nunique(),
        "junctions": int((layers["junctions"]["degree"] >= JUNCTION_DEGREE).sum()),
    }
    draft = whole.manifest.model_copy(
        update={
            "id": name, "city": None, "parts": {}, "demonstration": False, "banner": None,
            "counts": counts,
            "boundary": whole.manifest.boundary.model_copy(update={"length_km": length_km}),
        }
    )  # fmt: skip
    pack.write_pack(home / pack.FOLDER / name, draft, PackLayers(**layers))


def move_city(home: Path, city: str) -> None:
    """Let a built-in city lie where the streets are, or no field note on them would be taken."""
    text = (store.builtin_dir() / "cities.toml").read_text(encoding="utf-8")
    before, found, after = text.partition(f'id = "{city}"')
    assert found
    after = re.sub(r"lat = .*\nlon = .*\n", "lat = 60.17\nlon = 24.94\n", after, count=1)
    (home / "cities.toml").write_text(before + found + after, encoding="utf-8")


def note_a_camera(folder: Path, city: str, name: str = PACK) -> None:
    """Import a field note of one camera on a street of the pack; its file lies in `folder`."""
    x, y = pack.open_pack(name).streets.geometry.iloc[3].coords[0]
    file = folder / "notes.csv"
    file.write_text(f"lat,lon,seen_on\n{y:.6f},{x:.6f},2026-01-01\n", encoding="utf-8")
    mapped_cameras.import_cameras(file, city, as_of=dt.date(2026, 11, 1))
