"""Which directed edges of some polygons does no other edge of theirs cancel?"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

Edge = tuple[tuple[int, int], tuple[int, int]]


def rings(geometry: dict[str, Any]) -> Iterator[list[tuple[int, int]]]:
    """All rings of a polygon or multipolygon as whole lattice steps."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        for ring in polygon:
            assert ring[0] == ring[-1]
            yield [(round(x * 10_000_000), round(y * 10_000_000)) for x, y in ring]


def cancelled(geometries: list[dict[str, Any]]) -> Counter[Edge]:
    """Directed edges that no other edge cancels; outer rings must run counter-clockwise."""
    left: Counter[Edge] = Counter()
    for geometry in geometries:
        for ring in rings(geometry):
            for a, b in pairwise(ring):
                assert a != b
                left[a, b] += 1
    return Counter({(a, b): n - left[b, a] for (a, b), n in left.items() if n > left[b, a]})
