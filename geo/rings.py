"""Where is a ring at fault?"""

import re

import shapely
from shapely.geometry.base import BaseGeometry

PLACE = re.compile(r"^(?P<reason>[^\[]*)(?:\[(?P<x>\S+) (?P<y>\S+)\])?")
"""The form of the reasons that GEOS gives: a phrase, and mostly a place in brackets."""


def fault_place(shape: BaseGeometry) -> tuple[shapely.Point, str]:
    """Where an invalid shape is at fault (for a ring that crosses itself: the crossing), and GEOS's phrase for it."""
    told = PLACE.match(shapely.is_valid_reason(shape))
    assert told is not None  # the pattern matches any text
    x, y = told["x"], told["y"]
    place = shapely.Point(float(x), float(y)) if x and y else shapely.Point(shapely.get_coordinates(shape)[0])
    return place, told["reason"].strip()
