"""Where do borders run midway between buildings that no straight line parts?

Along the edges of the Voronoi diagram of points on their walls (Okabe, Boots, Sugihara and Chiu 2000): everything
nearest to one building is its ground.
"""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon

APART_M = 2.0
"""Points on walls are no farther from each other: borders keep about as clear of corners as of walls."""
BEYOND_M = 0.2
"""A line reaches so far over the ground it cuts: after rounding it still crosses the edge."""
PLAIN_M = 1.0
"""Borders that stay this near to the midway have fewer nodes, where they stay clear of walls."""


def midways(ground: Polygon, buildings: NDArray[np.object_]) -> list[LineString]:
    """Lines, metres, that part the ground between each two of the buildings (n,), which share none, n > 1."""
    walls = shapely.segmentize(shapely.boundary(buildings), APART_M)
    xy, owner = shapely.get_coordinates(walls, return_index=True)
    places, first = np.unique(np.round(xy, 3), axis=0, return_index=True)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(places), extend_to=ground, ordered=True))
    own = owner[first]
    nearest = [shapely.union_all(cells[own == number]) for number in range(len(buildings))]
    edges = shapely.union_all(shapely.boundary(nearest))
    inside = shapely.get_parts(shapely.line_merge(edges.intersection(ground.buffer(BEYOND_M))))
    lines = [line for line in inside if isinstance(line, LineString) and line.length > BEYOND_M]
    plain = shapely.simplify(np.array(lines, dtype=object), PLAIN_M)
    clear = ~np.isin(np.arange(len(lines)), shapely.STRtree(buildings).query(plain, predicate="intersects")[0])
    return [short if free else line for line, short, free in zip(lines, plain, clear, strict=True)]
