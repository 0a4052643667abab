"""What does an old town look like? Crooked streets and lanes, many of them dead ends, small houses that touch."""

from random import Random

import numpy as np
from shapely import Polygon

from sample_data.community_cuts import cut_up
from sample_data.community_recipe import Recipe
from sample_data.community_regular import plots
from sample_data.community_ways import Layout, Way, across, faces, radius

_APART_M = 420
"""Main streets of one direction lie about so far from each other."""


def laid_out(ground: Polygon, passing: list[Way], recipe: Recipe, rng: Random) -> Layout:
    """Main streets right across, what lies between them cut up by smaller and smaller streets."""
    ways = _main_streets(ground, rng)
    pieces = faces(ground, [way.shape for way in [*passing, *ways]])
    ways += cut_up(pieces, recipe, rng, ("residential", "lane"))
    return Layout(ways, plots(faces(ground, [way.shape for way in [*passing, *ways]]), recipe, rng))


def _main_streets(ground: Polygon, rng: Random) -> list[Way]:
    far, turn = radius(ground), rng.uniform(0, np.pi)
    found: list[Way] = []
    for angle in (turn, turn + np.pi / 2 + rng.uniform(-0.3, 0.3)):
        at = -far + rng.uniform(0.3, 0.9) * _APART_M
        while at < far:
            line = across(ground, angle + rng.uniform(-0.12, 0.12), at, rng, rng.uniform(8, 30))
            found.append(Way(line, rng.choice(("primary", "secondary", "tertiary"))))
            at += rng.uniform(0.7, 1.5) * _APART_M
    return found
