"""Which few expressions of the style specification does every layer use?

Those that QGIS reads too (3.22, *Vector Tile Layer, Style URL*). What it does not read it leaves out without a word, so
that all streets are drawn as each class: no `in`, `!`, `case`, `coalesce`; `match` with lists of labels, and none in
another.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

Layer: TypeAlias = dict[str, Any]
"""A layer of a style; the source is put in by `tiles.style`."""


def by_zoom(*stops: float) -> list[Any]:
    """A width or size that grows with the zoom: pairs of zoom and value."""
    return ["interpolate", ["linear"], ["zoom"], *stops]


def has(field: str, *values: str) -> list[Any]:
    """Features whose field is one of these."""
    return ["match", ["get", field], list(values), True, False]


def lacks(field: str, *values: str) -> list[Any]:
    """Features whose field is none of these."""
    return ["match", ["get", field], list(values), False, True]


def by_value(field: str, colours: Mapping[str, str], other: str) -> list[Any]:
    """A colour by the value of a field."""
    return ["match", ["get", field], *(part for value, one in colours.items() for part in ([value], one)), other]
