"""Are rings sound, and where are they at fault?

Judged as they are stored and in whole lattice steps: three nodes of one line can look like a triangle in degrees.
"""

import re

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.lattice import STEPS_PER_DEGREE

PLACE = re.compile(r"^(?P<reason>[^\[]*)(?:\[(?P<x>\S+) (?P<y>\S+)\])?")
"""The form of the reasons that GEOS gives: a phrase, and mostly a place in brackets."""
SURE_STEPS = 1_000_000
"""Extent below which rounding to doubles turns no three nodes: a coordinate is off by at most 1.5e-7 steps, so a cross
product by less than 1e-6 times the extent, and one of whole steps is at least 1."""


def are_sound(shapes: NDArray[np.object_], stepped: NDArray[np.object_] | None = None) -> NDArray[np.bool_]:
    """Whether each shape on the lattice is valid and simple; the door asks the same (`is_sound` in SQL).

    `stepped` are the same shapes from `in_steps`, where the caller has them. What is one ring and sound in whole steps
    is sound in degrees too: no three of its nodes are on a line that should not be, and the rounding of a coordinate to
    a double turns no other three as long as edges are shorter than `SURE_STEPS`.
    """
    whole = in_steps(shapes) if stepped is None else stepped
    sound = np.asarray(shapely.is_valid(whole), dtype=bool)
    unsure = np.flatnonzero(sound & ~_is_one_small_ring(whole))
    sound[unsure] = shapely.is_valid(shapes[unsure])
    return sound


def _is_one_small_ring(whole: NDArray[np.object_]) -> NDArray[np.bool_]:
    west, south, east, north = shapely.bounds(whole).reshape(-1, 4).T
    small = (east - west < SURE_STEPS) & (north - south < SURE_STEPS)
    return np.asarray(
        small
        & (shapely.get_type_id(whole) == shapely.GeometryType.POLYGON)
        & (shapely.get_num_interior_rings(whole) == 0)
    )


def is_sound(shape: BaseGeometry) -> bool:
    return bool(are_sound(np.asarray([shape], dtype=object))[0])


def solid(shape: BaseGeometry) -> BaseGeometry:
    """The shape; one with rings at fault as the ground they enclose, for measuring only."""
    return shape if shape.is_valid else shapely.make_valid(shape)


def fault_place(shape: BaseGeometry) -> tuple[shapely.Point, str]:
    """Where an unsound shape is at fault (for a ring that crosses itself: the crossing), and GEOS's phrase for it."""
    scale = STEPS_PER_DEGREE if shape.is_valid else 1
    judged = in_steps(np.asarray([shape], dtype=object))[0] if shape.is_valid else shape
    told = PLACE.match(shapely.is_valid_reason(judged))
    assert told is not None  # the pattern matches any text
    x, y = told["x"], told["y"]
    place = (
        shapely.Point(float(x) / scale, float(y) / scale)
        if x and y
        else shapely.Point(shapely.get_coordinates(shape)[0])
    )
    return place, told["reason"].strip()


def in_steps(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """The shapes with whole steps for coordinates."""
    return np.asarray(shapely.transform(shapes, lambda xy: np.rint(xy * STEPS_PER_DEGREE)), dtype=object)
