from __future__ import annotations

import pytest
from measure_malformed import DOC, document, rows_of


def outcome(name: str, kind: str, seconds: float = 0.1, peak_mb: float = 1.0) -> dict[str, object]:
    return {"name": name, "kind": kind, "seconds": seconds, "peak_mb": peak_mb}


def test_files_are_counted_by_kind_and_the_worst_is_named() -> None:
    rows = rows_of(
        [
            outcome("pbf: noise", "error", 0.5, 3.0),
            outcome("pbf: bomb", "died"),
            outcome("pbf: fine", "import", 0.2, 40.0),
            outcome("name con", "error"),
        ]
    )
    assert [row.kind for row in rows] == ["OpenStreetMap PBF", "names, links, devices"]
    assert (rows[0].worst_s, rows[0].worst_mb, rows[0].slowest) == (0.5, 40.0, "noise")
    text = document(rows)
    assert "| OpenStreetMap PBF | 3 | 1 | 1 | 1 | 0.50 | 40 | noise |" in text
    assert "| all | 4 | 2 | 1 | 1 | 0.50 | 40 | |" in text


def test_a_kind_without_a_title_is_not_left_out() -> None:
    with pytest.raises(ValueError, match="other"):
        rows_of([outcome("other: x", "error")])


def test_no_file_of_the_committed_table_ended_the_reader() -> None:
    rows = [line for line in DOC.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[1:]]
    assert int(cells[-1][1]) >= 250
    assert {row[4] for row in cells} == {"0"}
    assert all(float(row[5]) < 3 and float(row[6]) < 300 for row in cells)
