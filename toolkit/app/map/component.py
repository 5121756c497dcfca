"""Mounts the map: registered once per process, mounted once per page."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import streamlit as st

from toolkit.app.map import classes, geometry, route, words
from toolkit.assessment.layers import Layers
from toolkit.assessment.model import Assessment
from toolkit.base import store
from toolkit.base.lru_cache import LruCache
from toolkit.base.terms import TIERS, Language, Tier
from toolkit.language.fonts import FONT_FAMILY
from toolkit.language.translate import in_numerals
from toolkit.language.words import demonstration

KEY: Final = "map"
"""Key of the component in the session: with one key it stays mounted, and keeps its view."""

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
_coloured: Final[LruCache[dict[str, str]]] = LruCache(8)


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
) -> None:
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
    """

    def chosen() -> None:
        found = st.session_state[KEY].get("tier")
        if on_tier is not None and found in TIERS:
            on_tier(found)

    _component("toolkit_map", "map", '<div class="tk-map"></div>')(
        key=KEY,
        data={**data_of(assessment, tier, lang, answer=answer), "panel": panel},
        on_tier_change=chosen,
    )


def forget() -> None:
    """Keep nothing of maps that were shown."""
    route.forget()
    _encoded.clear()
    _coloured.clear()


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
        "geometry": route.offer(encoded),
        "answer": answer,
        **_coloured.get(answer, lambda: _colours(layers)),
        "zones": {one: _zones_at(layers, one, answer) for one in TIERS},
        "tier": tier,
        "tiers": words.every_tier(assessment, lang),
        "steps": [
            {
                "text": words.step_text(step, lang),
                "color": step.color,
                "width": step.width_px,
                "dash": step.dash,
                "wide": step.wide,
            }
            for step in classes.STEPS
        ],
        "lang": lang,
        "digits": in_numerals("0123456789"),
        "font": FONT_FAMILY,
        "words": words.texts(assessment, lang),
        "banner": demonstration(lang) if assessment.demonstration else "",
        "foot": [layers.attribution],
    }


def _colours(layers: Layers) -> dict[str, str]:
    """Return class and chance of each street at each tier, as text of base 64."""
    found = classes.of_layers(layers)
    return {
        name: base64.b64encode(values.tobytes()).decode()
        for name, values in (("classes", found.cls), ("percent", found.percent))
    }


def _zones_at(layers: Layers, tier: Tier, answer: str) -> str:
    """Return the address of the zones of a tier, which are made when a browser asks for them."""
    key = store.sha256_bytes(store.canonical_json(["zones", answer, tier]))
    return route.offer_later(key[:32], partial(_zones, layers, tier))


def _zones(layers: Layers, tier: Tier) -> bytes:
    """Return the zones of a tier as GeoJSON, which Leaflet draws."""
    return json.dumps(json.loads(layers.zones(tier).to_json(drop_id=True))).encode()
