"""What is odd about some buildings? Giants, podiums, houses known twice, overlaps, paths through houses."""

import numpy as np
import shapely
from shapely import LineString, Polygon

from sample_data.community_houses import EDGE_M, Houses, Numbers, Shapes
from sample_data.community_recipe import Recipe
from sample_data.community_ways import Way

TALL, HUGE = (301, 430), (505, 640)
"""Households of a tower that is nearly a grid, and of one that is more than one."""
_FEW_GRIDS = 1_200
_FROM_LEVELS = 18
_TOP_LEVELS = 45
_PODIUM = 460
"""Towers on one podium have no more households together: they cannot be parted."""
_PODIUM_M, _NEAR_M = 3.0, 36.0
_SHIFT_M = EDGE_M - 1


def giants(found: Houses, recipe: Recipe, rng: np.random.Generator) -> Houses:
    """Some towers have far more households than others; none where a few grids are all there is."""
    if found.households.sum() < _FEW_GRIDS:
        return found
    towers = np.flatnonzero((found.levels >= _FROM_LEVELS) & (found.households > 0))
    tall = towers[rng.random(len(towers)) < recipe.tall]
    huge = rng.permutation(towers)[:1] if rng.random() < recipe.huge else towers[:0]
    households, levels = found.households.copy(), found.levels.copy()
    for chosen, limits in ((tall, TALL), (huge, HUGE)):
        households[chosen] = rng.integers(*limits, len(chosen))
        levels[chosen] = _TOP_LEVELS
    return found._replace(households=households, levels=levels)


def with_oddities(
    found: Houses, ways: list[Way], ground: Polygon, recipe: Recipe, rng: np.random.Generator
) -> tuple[Houses, list[Way]]:
    """The same households in odder houses, and paths through a few of them."""
    found = _overlapping(found, _some(found, recipe.overlapping, rng), rng)
    paths = [_path(shape) for shape in found.shapes[_some(found, recipe.run_through, rng)]]
    return _podiums(_twice(found, recipe, rng), ways, ground, recipe, rng), [Way(path, "footway") for path in paths]


def _some(found: Houses, share: float, rng: np.random.Generator) -> Numbers:
    return np.flatnonzero(rng.random(len(found.shapes)) < share)


def _overlapping(found: Houses, chosen: Numbers, rng: np.random.Generator) -> Houses:
    """Some houses moved a little: where they touched they overlap."""
    shapes = found.shapes.copy()
    turn = rng.uniform(0, 2 * np.pi, len(chosen))
    moves = _SHIFT_M * np.column_stack([np.cos(turn), np.sin(turn)])
    xy, which = shapely.get_coordinates(shapes[chosen], return_index=True)
    shapes[chosen] = shapely.set_coordinates(shapes[chosen], xy + moves[which])
    return found._replace(shapes=shapes)


def _twice(found: Houses, recipe: Recipe, rng: np.random.Generator) -> Houses:
    """Some houses in two rows of the table, the same footprint with a part of the households each."""
    chosen = np.flatnonzero((rng.random(len(found.shapes)) < recipe.twice) & (found.households > 1))
    part = found.households[chosen] // 2
    households = found.households.copy()
    households[chosen] -= part
    return found._replace(households=households).joined(found.taken(chosen)._replace(households=part))


def _path(shape: Polygon) -> LineString:
    """Right through a house, across its longer side."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(shape))
    sides = sorted((corners[1] - corners[0], corners[2] - corners[1]), key=lambda side: float(np.hypot(*side)))
    middle, out = corners[:4].mean(axis=0), sides[0] / np.hypot(*sides[0])
    reach = np.hypot(*sides[0]) / 2 + 9.0
    return LineString([middle - out * reach, middle + out * reach])


def _podiums(found: Houses, ways: list[Way], ground: Polygon, recipe: Recipe, rng: np.random.Generator) -> Houses:
    """Flat shops under some pairs of neighbouring towers, where nothing else stands."""
    one, other = _pairs(found)
    wanted = rng.random(len(one)) < recipe.podiums
    one, other = one[wanted], other[wanted]
    both = shapely.union(found.shapes[one], found.shapes[other])
    flats = shapely.buffer(shapely.oriented_envelope(both), _PODIUM_M, join_style="mitre")
    free = shapely.contains_properly(ground.buffer(-1.0), flats) & _alone(flats, found.shapes, 2)
    free &= _alone(flats, np.array([way.shape for way in ways], dtype=object), 0) & _alone(flats, flats, 1)
    nobody = np.zeros(int(free.sum()), dtype=np.int64)
    return found.joined(Houses(flats[free], nobody, nobody + 3, found.compounds[one[free]]))


def _pairs(found: Houses) -> tuple[Numbers, Numbers]:
    """Neighbours of one compound, both of many levels, that together are small enough for one grid."""
    high = np.flatnonzero(found.levels >= 6)
    one, other = shapely.STRtree(found.shapes[high]).query(found.shapes[high], predicate="dwithin", distance=_NEAR_M)
    one, other = high[one], high[other]
    fits = (one < other) & (found.compounds[one] == found.compounds[other])
    fits &= found.households[one] + found.households[other] <= _PODIUM
    return one[fits], other[fits]


def _alone(shapes: Shapes, others: Shapes, at_most: int) -> np.ndarray:
    """Which shapes meet no more than so many others."""
    met, _ = shapely.STRtree(others).query(shapes, predicate="intersects")
    return np.bincount(met, minlength=len(shapes)) <= at_most
