"""The inputs of a question with other streets of the same city: another boundary."""

from __future__ import annotations

from dataclasses import replace

from toolkit.assessment.question import Loaded
from toolkit.base.errors import InputDataError


def with_streets(loaded: Loaded, pack_id: str | None) -> Loaded:
    """Return the inputs of the same question with other streets of the city.

    Raises
    ------
    InputDataError
        If the data have changed since the first ones were loaded: rows would not be comparable.
    """
    if loaded.manifest is None or loaded.manifest.id == pack_id:
        return loaded
    found = replace(loaded.question, pack=pack_id).load()
    if _of_the_city(found, pack_id) != _of_the_city(loaded, pack_id):
        msg = f"The data about {loaded.city.name.en} changed meanwhile. Try again."
        raise InputDataError(msg)
    return found


def _of_the_city(loaded: Loaded, pack_id: str | None) -> list[object]:
    """Return the hashes of what is the same with other streets, and of some streets."""
    of_streets = ("pack_sha256", "cameras_sha256", "named_places")
    hashes = {name: value for name, value in loaded.hashes.items() if name not in of_streets}
    return [hashes, loaded.unused_hashes["boundaries"][pack_id], loaded.unused_hashes["files"]]
