from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import shapely
from drawn_osm import Drawing
from drawn_towns import at, town, written

from toolkit.streets import boundary, pack, pack_zip, reader_jobs
from toolkit.streets.cities import find_city


def do(job: str, **given: Any) -> tuple[dict[str, Any], list[str]]:
    """Do a job as if it had come through a pipe, and return its result and its steps."""
    said: list[str] = []
    found = reader_jobs.JOBS[job](
        json.loads(json.dumps(given)), lambda sentence, _share: said.append(sentence)
    )
    return json.loads(json.dumps(found)), said


def test_packs_are_made_of_a_file_for_the_cities_and_boundary_given(tmp_path: Path) -> None:
    city = find_city("taunggyi").model_copy(update={"id": "mine"})
    file = written(town(Drawing(bounds=False), at(city), first=1), tmp_path / "a.osm")
    choice = boundary.to_json(boundary.parse_boundary("radius:900"))
    given = {"file": str(file), "into": str(tmp_path), "boundary": choice, "extent": "box"}
    found, said = do("import", cities=[city.model_dump(mode="json")], **given)
    assert found == {"packs": ["mine"], "left_out": []}
    made = pack.open_folder(tmp_path / "mine")
    assert made.manifest.boundary.kind == "radius"
    assert pack.folder_problems(tmp_path / "mine") == []
    assert said


def test_a_finished_pack_is_written_anew(tmp_path: Path) -> None:
    file = pack_zip.export_pack("helsinki-centre", tmp_path / "a.zip")
    found, _ = do("pack", file=str(file), into=str(tmp_path))
    assert found["packs"] == ["helsinki-centre"]
    assert found["sha256"] == pack.pack_sha256("helsinki-centre")
    assert pack.folder_problems(tmp_path / "helsinki-centre") == []


def test_a_polygon_is_read(tmp_path: Path) -> None:
    box = shapely.box(96, 17, 96.1, 17.1)
    feature = {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(box)}
    content = {"type": "FeatureCollection", "features": [feature]}
    (tmp_path / "a.geojson").write_text(json.dumps(content))
    found, _ = do("polygon", file=str(tmp_path / "a.geojson"))
    choice = boundary.from_json(found)
    assert (choice.kind, choice.name) == ("polygon", "a.geojson")
    assert choice.polygon.equals(box)
    assert boundary.to_json(choice) == found
