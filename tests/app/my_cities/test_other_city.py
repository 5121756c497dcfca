"""A city that is not in the list: its name, its middle, and a file cut around it."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_screens import part

from toolkit.app.my_cities import bring_in, other_city
from toolkit.app.my_cities.bring_in import Job
from toolkit.base.errors import InputDataError
from toolkit.streets import pack

STREETS = """{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {"highway": "primary"},
 "geometry": {"type": "LineString", "coordinates": [[9.51, 47.14], [9.53, 47.14]]}},
{"type": "Feature", "properties": {"highway": "residential"},
 "geometry": {"type": "LineString", "coordinates": [[9.61, 47.24], [9.62, 47.24]]}}]}
"""


@pytest.mark.parametrize(
    ("name", "middle", "says"),
    [
        ("", "47.1, 9.5", "Give the city a name"),
        ("Yangon", "47.1, 9.5", "in the list"),
        ("Vaduz", "north", "The middle of the city"),
        ("Vaduz", "95, 9.5", "The middle of the city"),
    ],
)
def test_what_is_wrong_is_said_and_how_to_correct_it(name: str, middle: str, says: str) -> None:
    with pytest.raises(InputDataError, match=says):
        other_city.city_of(name, middle)


def test_a_name_without_latin_letters_has_an_id_of_its_own() -> None:
    one, other = (other_city.city_of(name, "47.1, 9.5") for name in ("ဗာဒုဇ်", "ဗာဒု"))
    assert one.id != other.id
    assert one.name.en == "ဗာဒုဇ်"


def test_a_file_is_cut_around_the_middle(tmp_path: Path, home: Path) -> None:
    file = tmp_path / "streets.geojson"
    file.write_text(STREETS, encoding="utf-8")
    job = Job(str(file), None, other_city.OTHER, "radius:2000", other=("Vaduz", "47.14, 9.52"))
    found = bring_in.bring_in(job, lambda *_: None)
    assert found.outcome == "installed", found.detail
    assert [one.manifest.id for one in found.made] == ["vaduz"]
    made = pack.open_pack("vaduz")
    assert made.manifest.boundary.kind == "radius"
    assert made.manifest.name.en == "Vaduz"
    assert 1.3 < (made.manifest.boundary.length_km or 0) < 1.7
    assert (home / pack.FOLDER / "vaduz").is_dir()


def test_without_a_middle_the_whole_file_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "streets.geojson"
    file.write_text(STREETS, encoding="utf-8")
    job = Job(str(file), None, other_city.OTHER, "core", other=("Vaduz", ""))
    found = bring_in.bring_in(job, lambda *_: None)
    assert [one.manifest.boundary.kind for one in found.made] == ["extract"]


def test_a_wrong_middle_is_no_wrong_file(tmp_path: Path) -> None:
    file = tmp_path / "streets.geojson"
    file.write_text(STREETS, encoding="utf-8")
    job = Job(str(file), None, other_city.OTHER, "core", other=("Vaduz", "north"))
    assert bring_in.bring_in(job, lambda *_: None).outcome == "city"


def test_the_boxes_come_with_the_option() -> None:
    script = "from toolkit.app.my_cities import bring_in\nbring_in.show_form('en')\n"
    page = part(script)
    assert len(page.text_input) == 1
    page.selectbox(key="streets_city:en").set_value(other_city.OTHER).run()
    assert len(page.text_input) == 3
    page.text_input[1].set_value("Vaduz").run()
    page.text_input[2].set_value("47.14, 9.52").run()
    page.button(key="streets_go").click().run()
    assert page.session_state["streets_job"].other == ("Vaduz", "47.14, 9.52")


def test_the_city_of_the_map_page_is_chosen_before_the_page_is_opened() -> None:
    lines = (
        "from toolkit.app.my_cities import bring_in",
        "bring_in.want('dawei')",
        "bring_in.show_form('en')",
    )
    page = part("\n".join(lines))
    assert page.selectbox(key="streets_city:en").value == "dawei"
    assert page.selectbox(key="fetch_city:en").value == "dawei"
