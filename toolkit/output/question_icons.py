"""One picture for each of the five questions, drawn in black so that any copier keeps it."""

from __future__ import annotations

from typing import Final

from toolkit.base.terms import Tier

_SIDE: Final = 32
_DRAWN: Final[dict[Tier, str]] = {
    # An eye.
    "seen": (
        '<path d="M2 16C7 8 12 6 16 6s9 2 14 10c-5 8-10 10-14 10S7 24 2 16z"/>'
        '<circle cx="16" cy="16" r="5" fill="#1a1a1a"/>'
    ),
    # Two people, one of whom knows the other.
    "recognised": (
        '<circle cx="10" cy="9" r="4.5"/><path d="M3 28v-6a7 7 0 0 1 14 0v6z"/>'
        '<circle cx="23" cy="11" r="3.8" fill="#1a1a1a"/>'
        '<path d="M17 28v-5a6 6 0 0 1 12 0v5z" fill="#1a1a1a"/>'
    ),
    # A card with a picture and lines.
    "identified": (
        '<rect x="2" y="6" width="28" height="20" rx="2"/><circle cx="10" cy="13" r="3"/>'
        '<path d="M5 22a5 5 0 0 1 10 0zM19 12h8M19 16h8M19 20h5"/>'
    ),
    # A face between the corners of a frame.
    "face": (
        '<path d="M3 9V3h6M23 3h6v6M29 23v6h-6M9 29H3v-6"/><circle cx="16" cy="16" r="9"/>'
        '<path d="M12 20q4 3 8 0"/><circle cx="13" cy="14" r="1.2" fill="#1a1a1a"/>'
        '<circle cx="19" cy="14" r="1.2" fill="#1a1a1a"/>'
    ),
    # A plate with signs on it.
    "plate": (
        '<rect x="2" y="9" width="28" height="14" rx="2"/>'
        '<path d="M6 20l2-8 2 8M6.7 17h2.6M14 12v8M18 12h4v4h-4v4h4M26 12v8"/>'
    ),
}


def draw(tier: Tier) -> str:
    """Return the picture of a question as SVG; it says nothing that the words next to it do not."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIDE} {_SIDE}" '
        f'width="{_SIDE}" height="{_SIDE}" fill="none" stroke="#1a1a1a" stroke-width="1.8" '
        f'stroke-linejoin="round" stroke-linecap="round" aria-hidden="true">{_DRAWN[tier]}</svg>'
    )
