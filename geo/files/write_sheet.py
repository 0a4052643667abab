"""What is a table that others join on: which fields, in which order, and rows that come in batches?

The writers of CSV, XLSX and Shapefile all take one of these; who fills it need not hold more than a batch.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from shapely import Point
from shapely.geometry.base import BaseGeometry

from geo.model import Layer

Value: TypeAlias = str | int | float | bool | None
SHAPE = "wkt"
"""The column that holds the shape of a row where a format has no other place for it."""


class Kind(StrEnum):
    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its name and what stands in it. Codes and ids are text."""

    name: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows, each with a value for every field, and as many shapes (lon/lat, None for none)."""

    rows: Sequence[Sequence[Value]]
    shapes: Sequence[BaseGeometry | None]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One layer as a table. `batches` may be gone through once."""

    layer: Layer
    fields: Sequence[Field]
    batches: Iterable[Batch]


def point_text(point: Point) -> str:
    """A point as WKT that reads back to the same floats."""
    return f"POINT ({point.x!r} {point.y!r})"
