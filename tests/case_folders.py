"""Case folders to draw: a community of blocks with houses on them, and the same with something wrong."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geo.measure import metres_per_degree

ORIGIN = 104.05123456, 30.65234567
BLOCK_M = 100.0


def ground(shape: BaseGeometry) -> BaseGeometry:
    """A shape in metres as lon/lat, eight decimals."""
    scale = np.array(metres_per_degree(ORIGIN[1]))
    return shapely.transform(shape, lambda xy: np.round(xy / scale + ORIGIN, 8))


def square(columns: int, rows: int) -> BaseGeometry:
    return ground(shapely.box(0, 0, columns * BLOCK_M, rows * BLOCK_M))


def streets(columns: int, rows: int) -> list[dict[str, Any]]:
    """Every street of the blocks, a little too long, as such lines are."""
    wide, high = columns * BLOCK_M, rows * BLOCK_M
    across = [shapely.LineString([(-9, y * BLOCK_M), (wide + 9, y * BLOCK_M)]) for y in range(1, rows)]
    along = [shapely.LineString([(x * BLOCK_M, -9), (x * BLOCK_M, high + 9)]) for x in range(1, columns)]
    return [feature(ground(line), {"class": "residential"}) for line in (*across, *along)]


def houses(columns: int, rows: int, households: int) -> list[dict[str, Any]]:
    """Four houses a block, so many households each."""
    corners = [(x * 50.0 + 15, y * 50.0 + 15) for x in range(2 * columns) for y in range(2 * rows)]
    return [
        feature(ground(shapely.box(x, y, x + 20, y + 20)), {"id": n, "households": households, "levels": 6})
        for n, (x, y) in enumerate(corners)
    ]


def feature(shape: BaseGeometry | dict[str, Any] | None, properties: dict[str, Any]) -> dict[str, Any]:
    geometry = mapping(shape) if isinstance(shape, BaseGeometry) else shape
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(features: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": [*features]}


def case(folder: Path, **files: Any) -> Path:
    """A folder with a case of 4 x 3 blocks of 120 households; `files` by name (community, buildings ...) stand instead
    of what it has: GeoJSON, bytes, or None for no file."""
    folder.mkdir()
    whole = {
        "community": collection([feature(square(4, 3), {"id": "com"})]),
        "buildings": collection(houses(4, 3, 30)),
        "roads": collection(streets(4, 3)),
        **files,
    }
    for name, content in whole.items():
        if content is not None:
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            (folder / f"{name}.geojson").write_bytes(data)
    return folder
