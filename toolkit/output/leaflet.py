"""Parts of a map that the map library lacks: each writes its own piece of script into the page.

What they hold is made harmless before: texts as HTML by `toolkit.base.escape`, the rest as JSON by
the library's filters.
"""

from __future__ import annotations

from typing import Any, Final

from branca.element import MacroElement
from folium.template import Template

NARROW_PX: Final = 600
"""Below this width of the map its frames stand in one corner, and the legend is folded up at
first: it would hide the streets."""


class Polygons(MacroElement):
    """Many polygons as one: the map library's own class takes one polygon at a time."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.polygon(
            {{ this.polygons|tojson }}, {{ this.options|tojson }}
        ).addTo({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, polygons: list[list[list[list[float]]]], options: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Polygons"
        self.polygons = polygons
        self.options = options


class Fit(MacroElement):
    """Show a rectangle as large as can be beside the frames, on a narrow map above them."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        (function (map) {
            var left = map._controlCorners.bottomleft, right = map._controlCorners.bottomright;
            map.fitBounds({{ this.bounds|tojson }}, map.getSize().x < {{ this.narrow_px|tojson }}
                ? {padding: [4, 4], paddingBottomRight: [4, left.offsetHeight + 4]}
                : {paddingTopLeft: [left.offsetWidth + 14, 6],
                   paddingBottomRight: [14, right.offsetHeight + 8]});
        })({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, bounds: list[list[float]]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Fit"
        self.bounds = bounds
        self.narrow_px = NARROW_PX


class Scale(MacroElement):
    """A bar of metres; the map library's own one has feet, too."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        L.control.scale({position: "topright", imperial: false})
            .addTo({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Scale"


class Frame(MacroElement):
    """A corner of the map that holds HTML, made harmless by whoever made it."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = L.control({
            position: {{ this._parent.get_name() }}.getSize().x < {{ this.narrow_px|tojavascript }}
                ? "bottomleft" : {{ this.position|tojavascript }}
        });
        {{ this.get_name() }}.onAdd = function (map) {
            var box = L.DomUtil.create("div", "toolkit-frame");
            box.lang = {{ this.lang|tojavascript }};
            box.innerHTML = {{ this.content|tojavascript }};
            var folding = box.querySelector("details");
            if (folding && map.getSize().x < {{ this.narrow_px|tojavascript }})
                folding.removeAttribute("open");
            L.DomEvent.disableClickPropagation(box);
            L.DomEvent.disableScrollPropagation(box);
            return box;
        };
        {{ this.get_name() }}.addTo({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, position: str, content: str, lang: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Frame"
        self.position = position
        self.content = content
        self.lang = lang
        self.narrow_px = NARROW_PX


class Style(MacroElement):
    """The style sheet of the map."""

    _template = Template(
        "{% macro header(this, kwargs) %}<style>{{ this.css }}</style>{% endmacro %}"
    )

    def __init__(self, css: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Style"
        self.css = css
