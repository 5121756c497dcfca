"""Manifests of city packs."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from toolkit.streets.manifest import SCHEMA, Manifest, fingerprint
from toolkit.streets.pack import open_pack


@pytest.fixture(scope="module")
def manifest() -> Manifest:
    return open_pack("helsinki-centre").manifest


def test_it_is_written_and_read_back_the_same(manifest: Manifest) -> None:
    data = manifest.to_bytes()
    assert Manifest.model_validate_json(data) == manifest
    assert Manifest.model_validate_json(data).to_bytes() == data
    assert json.loads(data)["schema"] == SCHEMA


@pytest.mark.parametrize(
    "change",
    [{"id": "../x"}, {"crs": "EPSG:4326; x"}, {"crs": "local"}, {"licence": ""}, {"extra": 1},
     {"schema": "camera-exposure.pack/3"}],
)  # fmt: skip
def test_what_does_not_fit_is_refused(manifest: Manifest, change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Manifest.model_validate({**json.loads(manifest.to_bytes()), **change})


def test_a_fingerprint_is_the_beginning_of_the_hash() -> None:
    digest = open_pack("helsinki-centre").sha256
    shown = fingerprint(digest)
    assert digest.startswith(shown.replace(" ", ""))
    assert [len(part) for part in shown.split()] == [4] * 5
