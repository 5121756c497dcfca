"""What tests of tables read with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from drawn_tables import write_parquet

from toolkit.streets.readers.extract import Extract
from toolkit.streets.readers.tables.read import read_tables


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Extract]:
    """Read what a table says, by way of GeoParquet."""

    def reader(table: gpd.GeoDataFrame, **how: Any) -> Extract:
        return read_tables(write_parquet(table, tmp_path / "read"), **how)

    return reader
