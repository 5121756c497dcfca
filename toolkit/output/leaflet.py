"""Parts of a map that folium lacks: each writes its own piece of script into the page.

Whoever makes a part escapes its texts with `toolkit.base.escape`; the filters of the templates
write the values as JSON.
"""

from __future__ import annotations

from typing import Any, Final

from branca.element import MacroElement
from folium.template import Template

NARROW_PX: Final = 600
"""On a map narrower than this all frames lie in one corner, and the legend is folded up at first:
it would hide the streets."""


class _Part(MacroElement):
    """A part whose template reads its values from attributes."""

    narrow_px: Final = NARROW_PX

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 - whatever a template takes
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = type(self).__name__
        vars(self).update(values)


class Polygons(_Part):
    """Many polygons as one layer: folium's own class takes one polygon at a time."""

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
        super().__init__(polygons=polygons, options=options)


class Fit(_Part):
    """The largest view of a rectangle next to the frames, on a narrow map above them."""

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
        super().__init__(bounds=bounds)


class Scale(_Part):
    """A scale bar in metres; folium's own one shows feet, too."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        L.control.scale({position: "topright", imperial: false})
            .addTo({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )


class Frame(_Part):
    """A corner of the map that holds HTML, whose texts are escaped before."""

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
        super().__init__(position=position, content=content, lang=lang)


class Style(_Part):
    """The style sheet of the map."""

    _template = Template(
        "{% macro header(this, kwargs) %}<style>{{ this.css }}</style>{% endmacro %}"
    )

    def __init__(self, css: str) -> None:
        super().__init__(css=css)
