"""Folders that are replaced as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from toolkit.streets import folder_swap


def filled(folder: Path, text: str) -> Path:
    made = folder_swap.scratch_folder(folder)
    (made / "file").write_text(text, encoding="utf-8")
    return made


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a file that says "old"."""
    folder = tmp_path / "packs" / "here"
    folder_swap.put_in_place(filled(folder, "old"), folder)
    return folder


def test_a_folder_is_replaced_and_nothing_else_is_left(place: Path) -> None:
    folder_swap.put_in_place(filled(place, "new"), place)
    assert (place / "file").read_text(encoding="utf-8") == "new"
    assert list(place.parent.iterdir()) == [place]
    assert place.stat().st_mode & 0o777 == 0o755


def test_the_next_write_restores_the_folder_of_an_interrupted_one(place: Path) -> None:
    left = filled(place, "half")
    place.rename(folder_swap.replaced_path(place))
    made = folder_swap.scratch_folder(place)
    assert (place / "file").read_text(encoding="utf-8") == "old"
    assert not left.exists()
    assert set(place.parent.iterdir()) == {place, made}


def test_the_name_is_the_same_while_a_folder_is_replaced(place: Path) -> None:
    assert folder_swap.plain_name(place) == "here"
    assert folder_swap.plain_name(folder_swap.replaced_path(place)) == "here"
