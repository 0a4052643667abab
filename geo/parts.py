"""Are rows with one id parts of one thing, which maps cut at the edges of tiles, and which thing is it whole?

Footprints hang together, and so does the ground of a facility. A street or a river may have pieces apart: it leaves a
map and comes back. Buildings may differ in their counts; of everything else the rows must say the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo import footprints
from geo.model import Building, Facility, Ground, Line, Thing, Water

ONCE: Mapping[type[Thing], bool] = {Building: True, Facility: True, Line: False, Water: False}
"""What maps cut, and whether its parts have to hang together."""


def joined(parts: Sequence[Thing]) -> Thing | None:
    """One thing of its parts, all of one layer and id; None where they are several things under one id."""
    first = parts[0]
    shapes = [part.shape for part in parts if part.shape is not None]
    if type(first) not in ONCE or len(shapes) < len(parts) or not _can_be_joined(first, shapes):
        return None
    if not isinstance(first, Building) and any(replace(part, shape=first.shape) != first for part in parts):
        return None
    if ONCE[type(first)] and len(footprints.clusters(shapes)) > 1:
        return None
    whole = _line(shapes) if isinstance(first, Line) else footprints.joined(shapes)
    told: Any = _counted(parts) if isinstance(first, Building) else first
    return None if whole is None else replace(told, shape=whole)


def pieces(thing: Thing) -> int:
    """How many pieces of a joined thing lie apart: more than one is a street or a water with a gap in it."""
    return 0 if thing.shape is None else len(footprints.clusters(list(shapely.get_parts(thing.shape))))


def _can_be_joined(first: Thing, shapes: Sequence[BaseGeometry]) -> bool:
    """Lines always; ground where its rings are sound; points never."""
    return isinstance(first, Line) or all(isinstance(shape, Ground) and shape.is_valid for shape in shapes)


def _line(shapes: Sequence[BaseGeometry]) -> BaseGeometry:
    """The pieces end to end where they meet; nothing is noded, and a piece that came twice is there once."""
    parts = shapely.get_parts(np.asarray(shapes, dtype=object))
    _, first = np.unique(shapely.to_wkb(shapely.normalize(parts)), return_index=True)
    whole: BaseGeometry = shapely.line_merge(shapely.MultiLineString(list(parts[np.sort(first)])))
    return whole


def _counted(parts: Sequence[Any]) -> Any:
    """Each part carries the count of the whole building; where they differ the largest is taken."""
    counted = [part for part in parts if part.households is not None]
    return max(counted, key=lambda part: (not part.estimated, part.households), default=parts[0])
