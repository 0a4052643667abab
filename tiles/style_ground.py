"""How are grids and regions drawn: their ground, their borders?"""

from typing import Any

from tiles.palette import Palette
from tiles.style_words import Layer, by_value, by_zoom, has, lacks

GRIDS_FROM = 13
"""Below, regions stand for grids."""
STREET = "street", "town", "township", "subdistrict", "subdistrict-area"
UPPER = "district", "county", "city", "prefecture", "province"
"""Levels as most cities call them; others are drawn as communities are."""


def ground(palette: Palette) -> list[Layer]:
    """What lies below all: nobody's ground, and that of regions where grids are not shown yet."""
    return [
        {"id": "outside", "type": "background", "paint": {"background-color": palette.outside}},
        {
            "id": "region-ground",
            "type": "fill",
            "source-layer": "regions",
            "paint": {"fill-color": palette.ground, "fill-antialias": False},
        },
    ]


def grids(palette: Palette, told: str) -> list[Layer]:
    """The ground of grids in the colour of their `verdict` or `kind`. By verdict: right size, too small, too large; and
    by kind where no size is asked for."""
    kinds = {"rural": palette.rural, "special": palette.special}
    if told == "kind":
        return [_grid("grid", by_value("kind", {"residential": palette.residential, **kinds}, palette.none))]
    wrong = {"low": palette.low, "high": palette.high}
    return [
        _grid("grid", by_value("kind", kinds, palette.good), has("verdict", "good")),
        _grid("grid-wrong", by_value("verdict", wrong, palette.none), has("verdict", *wrong)),
        _grid("grid-other", by_value("kind", kinds, palette.none), lacks("verdict", "good", *wrong)),
    ]


def _grid(name: str, colour: list[Any], which: list[Any] | None = None) -> Layer:
    return {
        "id": name,
        "type": "fill",
        "source-layer": "grids",
        "minzoom": GRIDS_FROM,
        **({} if which is None else {"filter": which}),
        # soft edges would let the ground below shine through between two grids
        "paint": {"fill-color": colour, "fill-antialias": False},
    }


def borders(palette: Palette) -> list[Layer]:
    """Borders of grids, over the streets that they run along; those of provisional grids are broken."""
    line = {"source-layer": "grids", "type": "line", "minzoom": GRIDS_FROM, "layout": {"line-join": "round"}}
    paint = {"line-color": palette.border, "line-width": by_zoom(13, 0.5, 15, 0.9, 18, 1.8)}
    broken = {**paint, "line-dasharray": [4, 3]}
    return [
        {"id": "grid-border", **line, "filter": lacks("standing", "provisional"), "paint": paint},
        {"id": "grid-border-provisional", **line, "filter": has("standing", "provisional"), "paint": broken},
    ]


def outlines(palette: Palette) -> list[Layer]:
    """Borders of regions, over everything but names; those of higher ones over those of lower ones."""
    strong, upper = by_zoom(7, 0.4, 10, 1, 13, 1.6, 18, 3), by_zoom(4, 0.8, 8, 1.4, 11, 2.2, 15, 2.8, 18, 4)
    return [
        _outline("region-border", None, palette.divided, by_zoom(8, 0.2, 11, 0.6, 13, 0.9, 16, 1.8, 18, 2.4), 0.8),
        _outline("region-border-street", STREET, palette.upper, strong, 0.55),
        _outline("region-border-upper", UPPER, palette.upper, upper, 0.85),
    ]


def _outline(name: str, levels: tuple[str, ...] | None, colour: str, width: Any, opacity: float) -> Layer:
    is_meant = lacks("level", *STREET, *UPPER) if levels is None else has("level", *levels)
    return {
        "id": name,
        "type": "line",
        "source-layer": "regions",
        "filter": is_meant,
        "layout": {"line-join": "round", "line-cap": "round"},
        "paint": {"line-color": colour, "line-width": width, "line-opacity": opacity},
    }
