"""A pack as earlier schemas were, made from one of today."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq

from toolkit.base import store


def make_version_1(folder: Path) -> None:
    """Rewrite an installed pack in schema 1: streets without one-way columns for each means."""
    streets = folder / "streets.parquet"
    table = pq.read_table(streets)
    pq.write_table(table.drop_columns(["oneway_motorcycle", "oneway_foot"]), streets)
    file = folder / "manifest.json"
    manifest = json.loads(file.read_bytes())
    assert manifest["schema"] == "camera-exposure.pack/2"
    manifest |= {
        "schema": "camera-exposure.pack/1",
        "tool": "camera-exposure-toolkit packs 1",
        "parts": manifest["parts"]
        | {"streets.parquet": {"rows": len(table), "sha256": store.sha256_file(streets)}},
    }
    text = json.dumps(manifest, sort_keys=True, indent=1, ensure_ascii=False) + "\n"
    file.write_text(text, encoding="utf-8")
