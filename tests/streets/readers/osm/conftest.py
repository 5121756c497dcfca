"""What tests of extracts read with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from drawn_osm import Drawing

from toolkit.streets.readers.extract import Extract
from toolkit.streets.readers.osm.file import read_osm


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Extract]:
    def reader(drawing: Drawing, **options: object) -> Extract:
        path = tmp_path / "drawn.osm"
        path.write_text(drawing.text(), encoding="utf-8")
        return read_osm(path, **options)

    return reader
