"""Is every edge led through the very squares that it goes through?"""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.hot_pixels import led

FAR = 4096
"""Beyond all that is drawn here: no line is crossed that squares are cut along."""


def triangles(seed: int, count: int, wide: float, size: float) -> np.ndarray:
    """In a field of that width, at places that are not whole."""
    chance = np.random.default_rng(seed)
    corners = chance.uniform(100, 100 + wide, (count, 1, 2)) + chance.uniform(-size, size, (count, 3, 2))
    return np.asarray(shapely.polygons(np.concatenate([corners, corners[:, :1]], axis=1)), dtype=object)


def expected(shape: shapely.Polygon, hot: np.ndarray) -> list[tuple[float, float]]:
    """The nodes of a ring, one square asked after the other."""
    nodes = list[tuple[float, float]]()
    for a, b in pairwise(np.asarray(shape.exterior.coords)):
        run = shapely.LineString([a, b])
        met = [one for one in hot if shapely.intersection(run, shapely.box(*(one - 0.5), *(one + 0.5))).length > 0]
        met = [np.rint(a), *sorted(met, key=lambda one: float((one - a) @ (b - a))), np.rint(b)]
        nodes += [tuple(one) for one, after in pairwise(met) if (one != after).any()]
    return nodes


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    count=st.integers(1, 12),
    wide=st.floats(1, 300),
    size=st.sampled_from([2.0, 20.0, 60.0]),
)
def test_squares_that_edges_go_through(seed: int, count: int, wide: float, size: float) -> None:
    shapes = triangles(seed, count, wide, size)
    hot = np.unique(np.rint(shapely.get_coordinates(shapes)), axis=0)
    rings = led(shapes, FAR, 0)
    for number, shape in enumerate(shapes):
        own = [tuple(node) for node in rings.node[rings.ring == number].tolist()]
        assert own == expected(shape, hot)


@pytest.mark.parametrize("count", [0, 1])
def test_few_shapes(count: int) -> None:
    assert len(led(triangles(1, count, 10.0, 5.0), FAR, 0).shape) == count
