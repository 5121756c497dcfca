"""Where the scripts and the files that do not come with the project are found."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))


@pytest.fixture(scope="session")
def test_data_dir() -> Path:
    """Return the folder of test data; skip where there is none."""
    named = os.environ.get("CAMERA_TOOLKIT_TEST_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("there is no folder of test data (CAMERA_TOOLKIT_TEST_DATA can name one)")
    return folder
