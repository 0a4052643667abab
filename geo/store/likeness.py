"""Which rows have the very shape that is published, only begun at another node or drawn the other way round?

Formats and programs turn rings as they like (a shapefile's outer rings run clockwise). Such a row changes nothing.
"""

from collections.abc import Mapping
from dataclasses import replace

import shapely
from shapely.geometry.base import BaseGeometry

from geo.model import Region, Thing
from geo.store.known import Known
from geo.store.sorting import Key, Sorting


def keep_turns(sorting: Sorting, before: Mapping[Key, Thing], known: Known) -> None:
    """Give rows that differ from what is published in nothing but the turn of their rings the published shape."""
    for key, stood in before.items():
        thing = sorting.things.get(key)
        if thing is None or thing.shape is None:
            continue
        shape = stood.shape
        if isinstance(stood, Region):  # its ground is its edition's
            one = known.edition(stood.code)
            shape = None if one is None else one.boundary
        if shape is not None and shape != thing.shape and is_turned(thing.shape, shape):
            sorting.things[key] = replace(thing, shape=shape)


def is_turned(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Whether two shapes have the same rings or lines, whatever their order, first nodes and directions."""
    if shapely.get_num_coordinates(one) != shapely.get_num_coordinates(other) or one.bounds != other.bounds:
        return False
    return bool(shapely.normalize(one) == shapely.normalize(other))
