"""Mounts the map: registered once per process, mounted once per page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import streamlit as st

from toolkit.app.map import classes, drawing, geometry, route, words
from toolkit.assessment.layers import Ground, Layers
from toolkit.assessment.model import Assessment
from toolkit.base import store
from toolkit.base.lru_cache import LruCache
from toolkit.base.terms import TIERS, Language, Tier
from toolkit.language.fonts import FONT_FAMILY
from toolkit.language.translate import in_numerals
from toolkit.language.words import demonstration
from toolkit.streets.cities import City
from toolkit.streets.pack import Pack

KEY: Final = "map"
"""Key of the component in the session: with one key it stays mounted, and keeps its view."""

_HTML: Final = '<div class="tk-map"></div>'
_PLAIN: Final = "#8a8a8a"
"""Colour of streets whose chance is hidden."""

_STUB: Final = """
const files = import(new URL("%s", location.origin).href);
export default function (component) {
  let unmount, gone = false;
  const host = component.parentElement.querySelector(".tk-map"), data = component.data;
  if (host && !host.firstChild) host.textContent = data.words.drawing;
  files.then(module => { if (!gone) unmount = module.%s(component); }, () => {
    if (!host) return;
    const answer = data.panel?.tiers[data.tier];
    const lines = answer ? [answer.answer, ...answer.conditions, answer.rests_on] : [];
    host.setAttribute("role", "alert");
    host.replaceChildren();
    for (const line of [data.words.failed.replace("{what}", "map.js"), data.banner, ...lines])
      host.appendChild(document.createElement("p")).textContent = line;
  });
  return () => { gone = true; if (unmount) unmount(); };
}
"""
"""Script that goes with each message; it fetches the rest by its address, which is cached."""

_encoded: Final[LruCache[bytes]] = LruCache(4)
_figures: Final[LruCache[bytes]] = LruCache(8)


@dataclass(frozen=True)
class Extras:
    """What a map shows or takes besides the streets.

    Attributes
    ----------
    key
        Key of the map in the session; each page with extras has its own.
    draw
        What users may draw; None for nothing.
    guesses
        Placements to flip through, see `guesses.data_of`; None for none.
    pins
        Places that the page names: longitude, latitude and a letter of each.
    ways
        Ways that the page shows, each of one line or more; the first is the user's own.
    hidden
        Whether the estimate is hidden: streets and names only, none of its figures is sent.
    alone
        Whether the page says what the panel would say.
    focus
        Whether the map goes to the last of the pins when they change.
    """

    key: str
    draw: drawing.Draw | None = None
    guesses: Mapping[str, Any] | None = None
    pins: Sequence[tuple[float, float, str]] = ()
    ways: Sequence[Sequence[Sequence[drawing.Place]]] = ()
    hidden: bool = False
    alone: bool = False
    focus: bool = False

    def data(self, lang: Language) -> dict[str, Any]:
        """Return them as JSON values."""
        return {
            "draw": None if self.draw is None else drawing.data_of(self.draw, lang),
            "guesses": self.guesses,
            "pins": [{"at": [lon, lat], "text": text} for lon, lat, text in self.pins],
            "ways": [[list(map(list, line)) for line in way] for way in self.ways],
            "hidden": self.hidden,
            "alone": self.alone,
            "focus": self.focus,
        }


def _component(name: str, function: str, html: str) -> Any:  # noqa: ANN401 - a Streamlit renderer
    return st.components.v2.component(name, html=html, js=_STUB % (route.SCRIPT, function))


def show(
    assessment: Assessment,
    tier: Tier,
    lang: Language,
    *,
    answer: str,
    panel: Mapping[str, Any] | None = None,
    on_tier: Callable[[Tier], None] | None = None,
    extras: Extras | None = None,
) -> tuple[drawing.Shape, ...] | None:
    """Mount the map, or change what it shows: the view stays.

    Parameters
    ----------
    assessment
        An assessment with layers.
    tier
        Tier that is shown; the user may choose another one on the map.
    lang
        Language.
    answer
        Fingerprint of all that the figures follow from.
    panel
        What is said next to the map, of each tier (`city.panel.texts`): the map shows it itself,
        so that it changes with the question at once. None for nothing.
    on_tier
        Called with the tier that the user chose on the map, before the page runs again.
    extras
        What the map shows or takes besides.

    Returns
    -------
    shapes
        What is drawn; None where nothing may be, or the browser has said nothing of it yet.
    """
    key = KEY if extras is None else extras.key

    def chosen() -> None:
        found = st.session_state[key].get("tier")
        if on_tier is not None and found in TIERS:
            on_tier(found)

    data = data_of(assessment, tier, lang, answer=answer)
    if extras is not None:
        data = {**(_hidden(data, lang) if extras.hidden else data), **extras.data(lang)}
    _component("toolkit_map", "map", _HTML)(
        key=key,
        data={**data, "panel": panel},
        on_tier_change=chosen,
        on_drawn_change=lambda: None,
    )
    if extras is None or extras.draw is None:
        return None
    return drawn(key, extras.draw)


def drawn(key: str, draw: drawing.Draw) -> tuple[drawing.Shape, ...] | None:
    """Return what is drawn on the map of a key, also before the map is shown in this run."""
    return drawing.shapes_of(st.session_state.get(key), draw)


def show_streets(
    city: City, pack: Pack, tier: Tier, lang: Language, *, panel: Mapping[str, Any]
) -> None:
    """Mount the map with the streets of a city alone, while its figures are being made.

    The figures come with `show`, at the same place in the next run: the view stays.

    Parameters
    ----------
    city, pack
        The city and its streets.
    tier
        Tier that will be shown.
    lang
        Language.
    panel
        What is said next to the map, as for `show`.
    """
    encoded = _encoded.get(pack.sha256, lambda: geometry.encode(Ground.of_pack(pack)))
    data = {
        "city": city.id,
        "geometry": route.offer(encoded, on_disk=True),
        "answer": f"streets of {pack.sha256}",
        **_blank(lang),
        "tier": tier,
        **_in_language(city.name.in_language(lang), lang),
        "banner": demonstration(lang) if city.demonstration else "",
        "foot": [pack.manifest.attribution],
        "panel": panel,
        "hidden": True,
        "pending": True,
    }
    _component("toolkit_map", "map", _HTML)(
        key=KEY, data=data, on_tier_change=lambda: None, on_drawn_change=lambda: None
    )


def _blank(lang: Language) -> dict[str, Any]:
    """Return what stands for the figures where there are none: streets all alike, and names."""
    return {
        "figures": "",
        "zones": dict.fromkeys(TIERS, ""),
        "tiers": [words.name_of_tier(tier, lang) for tier in TIERS],
        "steps": [
            {**step, "color": _PLAIN, "width": 2.4, "dash": None, "wide": False}
            for step in _steps(lang)
        ],
    }


def _hidden(data: Mapping[str, Any], lang: Language) -> dict[str, Any]:
    """Return the data of a map without anything of the estimate."""
    return {**data, "answer": f"{data['answer']} hidden", **_blank(lang)}


def forget() -> None:
    """Keep nothing of maps that were shown."""
    route.forget()
    _encoded.clear()
    _figures.clear()


def announce(city: str) -> None:
    """Say which city is being computed, so that no other one stays on the map under its name.

    To be called before the estimate, at a fixed place of the page.
    """
    data = {"city": city, "words": {}}
    _component("toolkit_map_city", "announce", "")(key=f"{KEY}_city", data=data)


def data_of(assessment: Assessment, tier: Tier, lang: Language, *, answer: str) -> dict[str, Any]:
    """Return what the component needs, as JSON values; arguments as `show`.

    Raises
    ------
    ValueError
        If the assessment has no layers.
    """
    layers = assessment.layers
    if layers is None:
        msg = "There is no map, because no streets are installed for this city."
        raise ValueError(msg)
    # Field notes of the user are in no layer, so the pack alone determines the geometry.
    pack = assessment.inputs.pack_sha256
    encoded = (
        geometry.encode(layers)
        if pack is None
        else _encoded.get(pack, lambda: geometry.encode(layers))
    )
    return {
        "city": assessment.city.id,
        "geometry": route.offer(encoded, on_disk=True),
        "answer": answer,
        "figures": route.offer(_figures.get(answer, lambda: figures_of(layers))),
        "zones": {one: _zones_at(layers, one, answer) for one in TIERS},
        "tier": tier,
        "tiers": words.every_tier(assessment, lang),
        "steps": _steps(lang),
        **_in_language(assessment.city.name.in_language(lang), lang),
        "banner": demonstration(lang) if assessment.demonstration else "",
        "foot": [layers.attribution],
    }


def _steps(lang: Language) -> list[dict[str, Any]]:
    """Return how streets of each class are drawn, and what it is called."""
    return [
        {
            "text": words.step_text(step, lang),
            "color": step.color,
            "width": step.width_px,
            "dash": step.dash,
            "wide": step.wide,
        }
        for step in classes.STEPS
    ]


def _in_language(city: str, lang: Language) -> dict[str, Any]:
    """Return what the map of a city of this name needs in a language."""
    return {
        "lang": lang,
        "digits": in_numerals("0123456789"),
        "font": FONT_FAMILY,
        "words": words.texts(city, lang),
    }


def figures_of(layers: Layers) -> bytes:
    """Return class and chance of each street at each tier, a byte each, see `classes.of_layers`."""
    found = classes.of_layers(layers)
    return found.cls.tobytes() + found.percent.tobytes()


def _zones_at(layers: Layers, tier: Tier, answer: str) -> str:
    """Return the address of the zones of a tier, which are made when a browser asks for them."""
    key = store.sha256_bytes(store.canonical_json(["zones", answer, tier]))
    return route.offer_later(key[:32], partial(_zones, layers, tier))


def _zones(layers: Layers, tier: Tier) -> bytes:
    """Return the zones of a tier as GeoJSON, which Leaflet draws."""
    return json.dumps(json.loads(layers.zones(tier).to_json(drop_id=True))).encode()
