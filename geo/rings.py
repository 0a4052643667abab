"""Are rings sound, and where are they at fault?

Judged as they are stored and in whole lattice steps: three nodes of one line can look like a triangle in degrees.
"""

import re

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.lattice import STEPS_PER_DEGREE, to_steps

PLACE = re.compile(r"^(?P<reason>[^\[]*)(?:\[(?P<x>\S+) (?P<y>\S+)\])?")
"""The form of the reasons that GEOS gives: a phrase, and mostly a place in brackets."""


def are_sound(shapes: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Whether each shape on the lattice is valid and simple; the door asks the same (`is_sound` in SQL)."""
    valid = np.asarray(shapely.is_valid(shapes), dtype=bool)
    valid[valid] = shapely.is_valid(_in_steps(shapes[valid]))
    return valid


def is_sound(shape: BaseGeometry) -> bool:
    return bool(are_sound(np.asarray([shape], dtype=object))[0])


def fault_place(shape: BaseGeometry) -> tuple[shapely.Point, str]:
    """Where an unsound shape is at fault (for a ring that crosses itself: the crossing), and GEOS's phrase for it."""
    scale = STEPS_PER_DEGREE if shape.is_valid else 1
    judged = _in_steps(np.asarray([shape], dtype=object))[0] if shape.is_valid else shape
    told = PLACE.match(shapely.is_valid_reason(judged))
    assert told is not None  # the pattern matches any text
    x, y = told["x"], told["y"]
    place = (
        shapely.Point(float(x) / scale, float(y) / scale)
        if x and y
        else shapely.Point(shapely.get_coordinates(shape)[0])
    )
    return place, told["reason"].strip()


def _in_steps(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """The shapes with whole steps for coordinates."""
    return np.asarray(shapely.transform(shapes, lambda xy: to_steps(xy).astype(np.float64)), dtype=object)
