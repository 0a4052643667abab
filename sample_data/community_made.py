"""How is a community made as it was ordered?"""

from dataclasses import replace
from random import Random
from typing import NamedTuple

import numpy as np
from shapely import Polygon

from sample_data import community_oldtown, community_regular, community_rural, community_superblock
from sample_data.community_houses import Houses, houses
from sample_data.community_mess import messy
from sample_data.community_oddities import TALL, giants, with_oddities
from sample_data.community_outline import outline
from sample_data.community_passing import halted, passing, rim
from sample_data.community_recipe import RECIPES, Recipe
from sample_data.community_seeds import Order
from sample_data.community_ways import Way, within

LAID_OUT = {
    "regular": community_regular.laid_out,
    "oldtown": community_oldtown.laid_out,
    "superblock": community_superblock.laid_out,
    "rural": community_rural.laid_out,
}
_BEYOND_M = 30.0
"""Lines are shown so far beyond the edge."""
_ROOM = 1.12
"""There is to be room for about so many times the households wished for; what is too much is left out."""
_TRIES = 9
_WALLED = 0.3
"""The share of estates with a wall, where there are walls."""


class Made(NamedTuple):
    """Metres around the origin."""

    ground: Polygon
    houses: Houses
    ways: list[Way]


def made(order: Order) -> Made:
    """Ground, houses and lines. They are made anew, larger or smaller, until there is room enough."""
    recipe = replace(RECIPES[order.kind], walled=_WALLED) if order.walls else RECIPES[order.kind]
    ground_m2, tries = order.households / recipe.density * 10_000, list[tuple[float, Made]]()
    for number in range(_TRIES):
        tried = _tried(order, recipe, ground_m2, number)
        room = int(tried.houses.households.sum()) / order.households
        tries.append((abs(room - _ROOM) + (room < 1), tried))
        if 1 <= room <= 2 * _ROOM - 1:
            break
        ground_m2 *= min(1.6, max(0.6, _ROOM / max(room, 0.01)))
    ground, found, ways = min(tries, key=lambda one: one[0])[1]
    rng = np.random.default_rng([order.seed, _TRIES])
    found, paths = with_oddities(_thinned(found, order.households, rng), ways, ground, recipe, rng)
    return Made(ground, found, within([*ways, *paths], ground.buffer(_BEYOND_M)))


def _tried(order: Order, recipe: Recipe, ground_m2: float, number: int) -> Made:
    """Ground of a size, its lines as they were surveyed, and all houses that find room."""
    rng = Random(f"{order.kind} {order.seed} {number}")
    ground = outline(order.outline, ground_m2, rng, lake=order.lake)
    through = passing(ground, rng, river=order.river, railway=order.railway, banks=recipe.banks)
    layout = LAID_OUT[order.kind](ground, through, recipe, rng)
    edge = [rim(ground, rng)] if rng.random() < recipe.rim else []
    tidy = halted([*through, *layout.ways, *edge], ground, recipe.bridged, rng)
    ways = messy(tidy, recipe, rng)
    numbers = np.random.default_rng([order.seed, number])
    found = houses(layout.plots, [*tidy, *ways], ground, recipe, numbers)
    return Made(ground, giants(found, recipe, numbers), ways)


def _thinned(found: Houses, households: int, rng: np.random.Generator) -> Houses:
    """Without houses, taken anywhere, until no more can go; giants and houses without households stay."""
    spare, stays = int(found.households.sum()) - households, np.ones(len(found.shapes), dtype=bool)
    for house in rng.permutation(len(found.shapes)).tolist():
        count = int(found.households[house])
        if 0 < count <= min(spare, TALL[0] - 1):
            spare, stays[house] = spare - count, False
    return found.taken(stays)
