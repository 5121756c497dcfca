"""A PDF taken apart: its text, its tags, and what it says of itself."""

from __future__ import annotations

import ctypes
import re
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pypdfium2
from pypdfium2 import raw

_LINE_END = "\ufffe"
"""What stands where a hyphen ended a line."""


@dataclass(frozen=True)
class Tag:
    """One element of the structure: its type, and the text in place of a picture."""

    kind: str
    alt: str


@dataclass(frozen=True)
class Pages:
    """Text of each page, tags in their order, language, title and metadata."""

    texts: tuple[str, ...]
    tags: tuple[Tag, ...]
    lang: str
    tagged: bool
    metadata: dict[str, str]

    @property
    def joined(self) -> str:
        """All text without spaces, which line breaks take and give."""
        return squeezed(" ".join(self.texts))


def squeezed(text: str) -> str:
    """Return a text in NFC without spaces."""
    return re.sub(r"[\s\u200b\u2060\ufffe]+", "", unicodedata.normalize("NFC", text))


def taken_apart(pdf: bytes) -> Pages:
    """Return what is in a PDF."""
    with pypdfium2.PdfDocument(pdf) as document:
        texts = []
        tags: list[Tag] = []
        for page in document:
            found = page.get_textpage()
            texts.append(found.get_text_range().replace(_LINE_END, ""))
            found.close()
            tree = raw.FPDF_StructTree_GetForPage(page)
            for k in range(raw.FPDF_StructTree_CountChildren(tree)):
                tags += _below(raw.FPDF_StructTree_GetChildAtIndex(tree, k))
            raw.FPDF_StructTree_Close(tree)
            page.close()
        return Pages(
            tuple(texts),
            tuple(tags),
            _string(raw.FPDFCatalog_GetLanguage, document),
            bool(raw.FPDFCatalog_IsTagged(document)),
            document.get_metadata_dict(),
        )


def streams(pdf: bytes) -> bytes:
    """Return a PDF with its compressed streams unpacked, to look for what it should not hold."""
    found = [pdf]
    for start in re.finditer(rb"stream\r?\n", pdf):
        end = pdf.find(b"endstream", start.end())
        try:
            found.append(zlib.decompressobj().decompress(pdf[start.end() : end]))
        except zlib.error:
            continue
    return b"\n".join(found)


def _below(element: object) -> Iterator[Tag]:
    if not element:
        return
    yield Tag(
        _string(raw.FPDF_StructElement_GetType, element),
        _string(raw.FPDF_StructElement_GetAltText, element),
    )
    for k in range(raw.FPDF_StructElement_CountChildren(element)):
        yield from _below(raw.FPDF_StructElement_GetChildAtIndex(element, k))


def _string(function: Any, of: object) -> str:
    size = function(of, None, 0)
    if size <= 0:
        return ""
    buffer = ctypes.create_string_buffer(size)
    function(of, ctypes.cast(buffer, function.argtypes[1]), size)
    return buffer.raw.decode("utf-16-le").rstrip("\0")
