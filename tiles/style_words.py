"""Which few expressions of the style specification does every layer use?"""

from typing import Any, TypeAlias

Layer: TypeAlias = dict[str, Any]
"""A layer of a style; the source is put in by `tiles.style`."""


def by_zoom(*stops: float) -> list[Any]:
    """A width or size that grows with the zoom: pairs of zoom and value."""
    return ["interpolate", ["linear"], ["zoom"], *stops]


def has(field: str, *values: str) -> list[Any]:
    """Features whose field is one of these."""
    return ["==", ["get", field], values[0]] if len(values) == 1 else ["in", ["get", field], ["literal", list(values)]]
