"""Evidence of the user's own: one claim, one observation, and the file they are written to."""

from __future__ import annotations

from pathlib import Path

CLAIM = """
[source.mine]
publisher = "Mine"
title = "A list"
date = 2026-01-01

[[claim]]
id = "mine"
says = "There are 40 cameras."
topic = "count"
status = "installed"
quantity = { low = 40, unit = "cameras", wording = "exact", kind = "stock" }
scope = "public"
said = 2026-01-01
valid = 2026-01-01
source = "mine"
origins = ["mine"]
confidence = { grade = "B2", reason = "Counted." }
"""
OBSERVATION = "\n[[observation]]\nwalked_km = 5\nseen = 40\n"


def write_evidence(folder: Path, city: str, content: str) -> Path:
    """Write the evidence about a city into a folder and return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{city}.toml"
    head = f'format = "camera-exposure.evidence/1"\ncity = "{city}"\n'
    file.write_text(head + content, encoding="utf-8")
    return file
