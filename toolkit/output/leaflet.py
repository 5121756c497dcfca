"""The map that travels inside a page: made by folium, from the bundled Leaflet only.

folium names files of other machines and gives its elements random ids; here neither gets into a
page. Streets and texts are drawn by a script of the page, see `toolkit.output.report.live_map`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, Final

import folium
from branca.element import Element, MacroElement
from folium.template import Template

LEAFLET_FILES: Final = ("leaflet/leaflet.js", "leaflet/leaflet.css")
"""Below `fonts.ASSETS`: the script that must run before that of a map, and its style sheet."""


class _Scale(MacroElement):
    """A scale bar in metres; folium's own one shows feet, too."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        L.control.scale({imperial: false}).addTo({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Scale"


class _Script(MacroElement):
    """A script that draws on the map, which it knows as ``map``."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        (function (map) {
        {{ this.text }}
        })({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, text: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Script"
        self.text = text


@functools.cache
def empty_map(script: str) -> tuple[str, str]:
    """Return the element of a map without streets, and the script that makes it.

    Parameters
    ----------
    script
        What is done with the map, which it knows as ``map``. No text of data is in it.

    Returns
    -------
    element, script
        The same for the same argument; `LEAFLET_FILES` belong into the same page.
    """
    # Leaflet's own attribution would link to the site of its makers.
    drawn = folium.Map(tiles=None, prefer_canvas=True, zoom_snap=0.25, attribution_control=False)
    drawn.add_child(_Scale())
    drawn.add_child(_Script(script))
    root: Any = drawn.get_root()
    for count, element in enumerate(_walk(root)):
        element._id = f"{count:08x}"  # noqa: SLF001 - else random
    root.render()
    return str(root.html.render()), str(root.script.render())


def _walk(element: Element) -> Iterator[Element]:
    """Yield an element and all below it."""
    yield element
    for child in element._children.values():  # noqa: SLF001
        yield from _walk(child)
