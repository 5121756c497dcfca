"""Files made to end, fool or exhaust the process that reads them."""

from __future__ import annotations

from pathlib import Path

import pbf
import pytest

from toolkit.base.errors import InputDataError
from toolkit.streets import install

KEY_WITH_NUL = pbf.file_of([b"", b"high\0way", b"residential"], pbf.node(1, [1], [2]))
VALUE_WITH_NUL = pbf.file_of([b"", b"highway", b"traffic\0signals"], pbf.node(1, [1], [2]))


@pytest.mark.parametrize("content", [KEY_WITH_NUL, VALUE_WITH_NUL])
def test_a_file_that_ends_the_process_of_osmium_is_one_sentence(
    home: Path, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "town.osm.pbf"
    file.write_bytes(content)
    assert len(content) < 175
    for _ in range(2):
        with pytest.raises(InputDataError, match=r"town\.osm\.pbf ended the process that read it"):
            install.import_file(file)
    assert not list(home.rglob("*.parquet"))
    assert not list(home.rglob(".reading-*"))
