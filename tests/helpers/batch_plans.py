"""Plans of batches, and what is compared of their results."""

from __future__ import annotations

from pathlib import Path

HEAD = 'format = "camera-exposure.batch/1"\nas_of = 2026-11-23\ndraws = 20\n'
TILED = HEAD + 'cities = ["helsinki-centre", "dawei"]\ntile_km = 0.7\n'
"""Ten tasks or so of real streets, and one without streets."""


def write_plan(folder: Path, text: str) -> Path:
    """Write a plan and return its path."""
    path = folder / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return path


def tree(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder, by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def times(folder: Path, name: str) -> dict[str, int]:
    """Return when each file of that name below a folder was last written."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime_ns
        for path in sorted(folder.rglob(name))
    }
