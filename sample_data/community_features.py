"""How are the parts of an invented community written as GeoJSON?"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping

from sample_data.community_houses import Houses, Shapes
from sample_data.community_ways import Way
from sample_data.frame import ORIGIN, SCALE, STEPS

Collection = dict[str, Any]


def ground_features(ground: shapely.Polygon) -> Collection:
    """The community, one feature."""
    return _collection([ground], [{"id": "com"}])


def house_features(found: Houses) -> Collection:
    """Buildings, each with its households, levels and compound."""
    rows = zip(found.households.tolist(), found.levels.tolist(), found.compounds.tolist(), strict=True)
    told = [{"id": k, "households": h, "levels": s, "compound": c} for k, (h, s, c) in enumerate(rows)]
    return _collection(found.shapes, told)


def way_features(ways: list[Way]) -> Collection:
    """Lines, each with its class."""
    return _collection([way.shape for way in ways], [{"id": k, "class": way.kind} for k, way in enumerate(ways)])


def _collection(shapes: Iterable[Any], told: list[dict[str, Any]]) -> Collection:
    """Shapes in metres around the origin become degrees on the lattice."""
    placed = shapely.transform(_array(shapes), lambda xy: (np.rint(xy / SCALE) + ORIGIN) / STEPS)
    pairs = zip(placed, told, strict=True)
    features = [{"type": "Feature", "properties": one, "geometry": mapping(shape)} for shape, one in pairs]
    return {"type": "FeatureCollection", "features": features}


def _array(shapes: Iterable[Any]) -> Shapes:
    return np.array(list(shapes), dtype=object)
