"""What a city pack says of itself: ``manifest.json``."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from toolkit.base import store
from toolkit.base.clean_text import is_plain
from toolkit.base.record import Record
from toolkit.base.terms import Boundary, Names

SCHEMA: Final = "camera-exposure.pack/2"
WRITER: Final = "camera-exposure-toolkit packs 2"
"""Recorded in every manifest; increased when the same file yields different layers."""
ODBL: Final = "ODbL-1.0"
OSM_ATTRIBUTION: Final = "© OpenStreetMap contributors, ODbL"
_MAX_ID_LENGTH: Final = 64
ID: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?", re.ASCII)

_Line = Annotated[str, StringConstraints(min_length=1, max_length=500)]
_Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_Slug = Annotated[
    str, StringConstraints(pattern=rf"^{ID.pattern}$"), AfterValidator(store.checked_name)
]


class PackOrigin(Record):
    """Provenance of a pack: the file it was made from."""

    name: _Line
    sha256: _Sha256
    osm_timestamp: (
        Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")] | None
    )
    """Time of the last OpenStreetMap edit included, None if unknown."""
    origin: _Line
    """Where the file came from, in words."""


class Part(Record):
    """One file of a pack."""

    sha256: _Sha256
    rows: int = Field(ge=0)


class Manifest(Record):
    """Description and provenance of a pack, with the hash of each of its files."""

    schema_: Literal["camera-exposure.pack/1", "camera-exposure.pack/2"] = Field(
        default=SCHEMA, alias="schema"
    )
    id: _Slug
    name: Names
    city: _Slug | None
    """Id of the city whose streets these are; None for a pack of no known city."""
    demonstration: bool
    banner: Names | None
    """Sentence shown on every map of this pack."""
    crs: Annotated[str, StringConstraints(pattern=r"^EPSG:\d{4,6}$")]
    """Metric CRS for distances in this city (UTM zone)."""
    boundary: Boundary
    source: PackOrigin
    licence: _Line
    attribution: _Line
    tool: _Line
    counts: dict[str, int | float]
    parts: dict[str, Part] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _plain_names(self) -> Self:
        names = [
            *self.name.in_all_languages(),
            *(self.banner.in_all_languages() if self.banner else ()),
        ]
        if not all(map(is_plain, names)):
            msg = "a name is plain text of one line, without marks that turn its direction"
            raise ValueError(msg)
        return self

    def to_bytes(self) -> bytes:
        """Serialise to ``manifest.json``: equal manifests give equal bytes."""
        data = self.model_dump(mode="json", by_alias=True)
        return (json.dumps(data, sort_keys=True, indent=1, ensure_ascii=False) + "\n").encode()


def id_of(text: str) -> str:
    """Return the id of a pack for a text; empty if it has no Latin letter or digit.

    Examples
    --------
    >>> id_of("Old Town (2026)")
    'old-town-2026'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_MAX_ID_LENGTH].strip("-")


def fingerprint(sha256: str) -> str:
    """Return the first 80 bits of the hash of a pack, in groups of four, to be compared aloud.

    It shows that two people hold the same pack, not who made it.

    Examples
    --------
    >>> fingerprint("0123456789abcdef0123456789abcdef")
    '0123 4567 89ab cdef 0123'
    """
    return " ".join(sha256[k : k + 4] for k in range(0, 20, 4))
