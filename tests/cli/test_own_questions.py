"""Own questions in a full report: answered, and kept nowhere but in its text."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from pdf_pages import streams
from private_values import kept_in

AS_OF = ("--as-of", "2026-11-23")
CITY = "helsinki-centre"
TRACK = (
    '<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1"><trk>'
    "<name>To Khin's house</name><trkseg>"
    '<trkpt lat="60.165917" lon="24.936418"/><trkpt lat="60.169931" lon="24.941433"/>'
    "</trkseg></trk></gpx>"
)
VALUES = [
    b"60.165917", b"24.936418", b"60.169931", b"24.941433", b"60.170112", b"24.942233", b"Khin",
    b"secret",
]  # fmt: skip


@pytest.fixture
def few_placements(monkeypatch: pytest.MonkeyPatch) -> None:
    """Place the cameras less often."""
    from toolkit.threats import city

    monkeypatch.setattr(city.open_city, "__kwdefaults__", {
        **city.open_city.__kwdefaults__, "n_placements": 400,
    })  # fmt: skip


@pytest.mark.usefixtures("few_placements")
def test_a_full_report_answers_them_and_holds_nothing_of_where(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    track = tmp_path / "secret-way.gpx"
    track.write_text(TRACK, "utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("60.170112,24.942233\n"))
    folder = tmp_path / "out"
    code, out, err = run(
        "report", CITY, "--out", folder, "--detail", "full", "--lang", "en", "--route", track,
        "--place", "-", "--vehicles", *AS_OF,
    )  # fmt: skip
    assert code == 0, err
    names = sorted(path.name for path in folder.iterdir())
    assert names == [f"{CITY}-own-2026-11-23-en.{form}" for form in ("html", "pdf")]
    page = (folder / names[0]).read_text("utf-8")
    for label in ("Answers to your own questions", "Route", "Place", "Vehicles"):
        assert f">{label}</h" in page
    part = page.split('<section class="own">')[1].split("</section>")[0]
    assert not any(value.decode()[:7] in part for value in VALUES)
    assert not any(value in streams((folder / names[1]).read_bytes()) for value in VALUES)
    assert kept_in([folder], VALUES) == []
    assert not any(value.decode() in out + err for value in VALUES)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((CITY, "--vehicles"), "CITY --detail full"),
        ((CITY, "dawei", "--vehicles", "--detail", "full"), "on one city"),
        (("--all", "--place", "1,2", "--detail", "full"), "on one city"),
        ((CITY, "--link-min", "5", "--detail", "full"), "give --route twice"),
    ],
)
def test_they_are_part_of_one_full_report(run, tmp_path: Path, arguments, sentence: str) -> None:
    code, out, err = run("report", *arguments, "--out", tmp_path / "r")
    assert (code, out) == (2, "")
    assert sentence in err
    assert not (tmp_path / "r").exists()
