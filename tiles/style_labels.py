"""Which names stand on the map, where and from which zoom on?"""

from collections.abc import Iterator
from typing import Any

from tiles.palette import Palette
from tiles.style_ground import UPPER
from tiles.style_things import PATHS, RIVERS, WALLS
from tiles.style_words import Layer, by_zoom, has, lacks

FONTS = ["Noto Sans SC", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "sans-serif"]
"""Whatever of these the reader's machine has."""
GRID_NAMES_FROM = 13.4


def labels(palette: Palette) -> list[Layer]:
    """Names, the most important last: later layers are placed first."""
    ink = {"text-color": palette.ink, "text-halo-color": palette.halo, "text-halo-width": 1.5}
    faint = {**ink, "text-color": palette.faint}
    small, large = by_zoom(13.4, 10, 14, 10.5, 17, 15), by_zoom(9, 10.5, 13, 14)
    upper = {"text-letter-spacing": 0.12, "text-size": by_zoom(5, 12, 9, 16, 12, 20)}
    return [
        _name("facility-name", "facilities", 16.5, faint, _BELOW, filter=_NAMED),
        _name("street-name", "lines", 14, faint, _ALONG, filter=_OF_STREETS),
        _name("water-name", "water", 15, {**ink, "text-color": palette.wet}, {"text-size": 11}, filter=_NAMED),
        _name("river-name", "lines", 12, {**ink, "text-color": palette.wet}, _ALONG, filter=_OF_RIVERS),
        *_place("grid", GRID_NAMES_FROM, ink, {"text-size": small}, which=["has", "kind"]),
        *_place("region", 0, ink, {"text-size": large}, which=_OF_REGIONS),
        *_place("region-upper", 0, ink, upper, which=has("level", *UPPER)),
    ]


_NAMED, _NAMELESS = ["!=", ["get", "name"], ""], ["==", ["get", "name"], ""]
_OF_STREETS = ["all", _NAMED, lacks("category", *RIVERS, *WALLS, *PATHS)]
_OF_RIVERS = ["all", _NAMED, has("category", *RIVERS)]
_OF_REGIONS = ["all", ["has", "level"], lacks("level", *UPPER)]
_ALONG = {"symbol-placement": "line", "text-size": by_zoom(12, 10, 17, 13), "text-max-angle": 30}
_BELOW = {"text-size": 11, "text-anchor": "top", "text-offset": [0, 0.6], "text-optional": True}


def _place(what: str, minzoom: float, paint: Layer, layout: Layer, *, which: list[Any]) -> Iterator[Layer]:
    """A place without a name of its own is called by its code."""
    for field, is_meant in (("name", _NAMED), ("code", _NAMELESS)):
        yield _name(f"{what}-{field}", "labels", minzoom, paint, layout, filter=["all", which, is_meant], field=field)


def _name(
    name: str, layer: str, minzoom: float, paint: Layer, layout: Layer, *, filter: list[Any], field: str = "name"
) -> Layer:
    text = {"text-field": ["get", field], "text-font": FONTS}
    room = {"text-max-width": 8, "text-line-height": 1.3, "text-padding": 4}
    return {
        "id": name,
        "type": "symbol",
        "source-layer": layer,
        "minzoom": minzoom,
        "filter": filter,
        "layout": {**text, **room, **layout},
        "paint": paint,
    }
