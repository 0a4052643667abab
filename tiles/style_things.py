"""How are water, streets, buildings and facilities drawn? The whole basemap of a closed network."""

from typing import Any

from tiles.palette import Palette
from tiles.style_words import Layer, by_zoom, has, lacks

RIVERS = "river", "canal", "stream"
RAILS = "railway", "rail", "light_rail", "subway"
WALLS = "wall", "fence", "hedge", "gate"
PATHS = "footway", "path", "steps", "cycleway", "bridleway", "track", "pedestrian"
CLASSES: dict[str, tuple[float, ...]] = {
    "motorway": (8, 0.6, 12, 2, 15, 5, 18, 16),
    "trunk": (8, 0.5, 12, 1.8, 15, 4.6, 18, 15),
    "primary": (9, 0.5, 12, 1.5, 15, 4, 18, 14),
    "secondary": (10, 0.4, 13, 1.5, 15, 3.2, 18, 11),
    "tertiary": (12, 0.5, 13, 1, 15, 2.2, 18, 8),
}
"""Streets by class, each with its ramps, the widest first: pairs of zoom and width in pixels."""
OTHERS = 13, 0.2, 14, 0.6, 15, 1.2, 18, 5
"""Any other class is a small street."""


def water(palette: Palette) -> list[Layer]:
    """Water surfaces, and lines that stand for water."""
    return [
        {"id": "water", "type": "fill", "source-layer": "water", "paint": {"fill-color": palette.water}},
        _line("water-line", palette.water, (8, 0.5, 12, 1.6, 15, 4, 18, 12), has("category", *RIVERS)),
    ]


def streets(palette: Palette) -> list[Layer]:
    """Lesser ones first, so that the greater run over them; then what is no street."""
    all_named = *CLASSES, *(f"{name}_link" for name in CLASSES), *PATHS, *RIVERS, *RAILS, *WALLS
    found = [_line("path", palette.path, (15, 0.5, 18, 2), has("category", *PATHS), minzoom=15, dashes=[3, 1.5])]
    found += _street("street", palette, OTHERS, lacks("category", *all_named))
    for name, widths in reversed(CLASSES.items()):
        found += _street(name, palette, widths, has("category", name, f"{name}_link"))
    rails, walls = has("category", *RAILS), has("category", *WALLS)
    return [
        *(one for one in found if one["id"].endswith("-casing")),
        *(one for one in found if not one["id"].endswith("-casing")),
        _line("railway", palette.railway, (9, 0.5, 13, 1, 18, 2.5), rails),
        _line("railway-ties", palette.street, (14, 0.6, 18, 1.6), rails, minzoom=14, dashes=[6, 6]),
        _line("wall", palette.wall, (14, 0.5, 18, 1.6), walls, minzoom=14),
    ]


def buildings(palette: Palette) -> list[Layer]:
    """Footprints; they come out of the ground one zoom after the streets."""
    shown = {"fill-color": palette.building, "fill-opacity": by_zoom(14, 0.12, 15, 0.24, 16, 0.32)}
    return [{"id": "building", "type": "fill", "source-layer": "buildings", "minzoom": 14, "paint": shown}]


def facilities(palette: Palette) -> list[Layer]:
    """A dot each; their names are in `tiles.style_labels`."""
    return [
        {
            "id": "facility",
            "type": "circle",
            "source-layer": "facilities",
            "minzoom": 15,
            "filter": ["==", ["geometry-type"], "Point"],
            "paint": {
                "circle-radius": by_zoom(15, 1.8, 18, 4.5),
                "circle-color": palette.facility,
                "circle-stroke-color": palette.halo,
                "circle-stroke-width": by_zoom(15, 0.6, 18, 1.4),
            },
        }
    ]


def _street(name: str, palette: Palette, widths: tuple[float, ...], which: list[Any]) -> list[Layer]:
    """A street with an edge, which tells it from the borders of grids that run along it."""
    wider = tuple(value + (0 if number % 2 == 0 else 1) for number, value in enumerate(widths))
    return [
        _line(f"{name}-casing", palette.casing, wider, which, minzoom=13 if name in CLASSES else 14),
        _line(name, palette.street, widths, which),
    ]


def _line(
    name: str,
    colour: str,
    widths: tuple[float, ...],
    which: list[Any],
    *,
    minzoom: float | None = None,
    dashes: list[float] | None = None,
) -> Layer:
    paint = {"line-color": colour, "line-width": by_zoom(*widths)}
    return {
        "id": name,
        "type": "line",
        "source-layer": "lines",
        "minzoom": widths[0] if minzoom is None else minzoom,
        "filter": which,
        "layout": {"line-join": "round", "line-cap": "butt" if dashes else "round"},
        "paint": {**paint, "line-dasharray": dashes} if dashes else paint,
    }
