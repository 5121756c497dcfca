"""The version in every answer is the one that is released."""

from __future__ import annotations

import tomllib
from pathlib import Path

import toolkit
from toolkit.base.version import __version__

ROOT = Path(__file__).resolve().parents[2]


def test_it_is_that_of_the_distribution():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert __version__ == project["version"] == toolkit.__version__
