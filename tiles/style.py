"""What does a map of the tiles look like? Documents of the MapLibre style specification, version 8.

Labels are drawn with the fonts of the reader's machine: there is no `glyphs` and no `sprite`, so a map asks for nothing
but tiles, and Chinese needs no glyph server. `layers` are all of the one source `SOURCE`, lowest first.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from tiles.palette import DAY, NIGHT, Palette
from tiles.style_ground import borders, grids, ground, outlines
from tiles.style_labels import labels
from tiles.style_things import buildings, facilities, streets, water

SOURCE = "wangge"
STYLES: Final[Mapping[str, tuple[Palette, str]]] = MappingProxyType(
    {"verdict": (DAY, "verdict"), "kind": (DAY, "kind"), "night": (NIGHT, "verdict")}
)
"""Colours by name of the style, and what they tell of a grid."""


def style(name: str, tilejson: str) -> dict[str, Any]:
    """The style of a name of `STYLES` on the tiles that the TileJSON at this address tells of."""
    palette, told = STYLES[name]
    layers = [
        *ground(palette),
        *grids(palette, told),
        *water(palette),
        *buildings(palette),
        *streets(palette),
        *borders(palette),
        *outlines(palette),
        *facilities(palette),
        *labels(palette),
    ]
    return {
        "version": 8,
        "name": f"wangge {name}",
        "sources": {SOURCE: {"type": "vector", "url": tilejson}},
        "layers": [one if one["type"] == "background" else {**one, "source": SOURCE} for one in layers],
    }
