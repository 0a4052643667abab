"""What does a quarter of walled estates look like? Few streets, rows of towers, paths that end inside."""

from random import Random

import shapely
from shapely import Polygon
from shapely.ops import substring

from sample_data.community_cuts import cut, into
from sample_data.community_lattice import streets
from sample_data.community_recipe import Recipe
from sample_data.community_regular import plots
from sample_data.community_ways import Layout, Plot, Way, faces, within

_SHARED_M2 = 40_000
"""Smaller superblocks have one estate only."""
_WALL_M = (3.0, 8.0)
"""From the middle of the street to the wall of an estate."""
_GATE_M = (6, 12)


def laid_out(ground: Polygon, passing: list[Way], recipe: Recipe, rng: Random) -> Layout:
    """Streets far apart, superblocks of one estate or two."""
    ways = streets(ground, recipe, rng)
    blocks = faces(ground, [way.shape for way in [*passing, *ways]])
    wide = [block for block in blocks if block.area > _SHARED_M2 and rng.random() < recipe.halved]
    between = "wall" if recipe.walled else "residential"
    ways += [way for block in wide for way in within([Way(cut(block, rng, 0.0), between)], block)]
    estates = plots(faces(ground, [way.shape for way in [*passing, *ways]]), recipe, rng)
    return Layout([*ways, *(way for estate in estates for way in _inside(estate, recipe, rng))], estates)


def _inside(estate: Plot, recipe: Recipe, rng: Random) -> list[Way]:
    """An estate's paths, and its wall if it has one that is drawn."""
    found = [Way(path, "footway") for _ in range(rng.choice((0, 1, 1, 2))) for path in into(estate.ground, rng)]
    if rng.random() < recipe.walled:
        found += _wall(estate.ground, rng)
    return found


def _wall(ground: Polygon, rng: Random) -> list[Way]:
    """Along the estate's edge, with a gate; none where the estate is too narrow to have one."""
    inner = ground.buffer(-rng.uniform(*_WALL_M), join_style="mitre")
    if inner.geom_type != "Polygon" or inner.is_empty:
        return []
    ring = shapely.simplify(inner.exterior, 0.5)
    return [Way(substring(ring, rng.uniform(*_GATE_M), ring.length), "wall")]
