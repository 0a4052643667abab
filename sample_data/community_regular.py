"""What does a quarter of formal blocks look like? Straight streets, blocks of very different households, some empty."""

from random import Random

from shapely import Polygon

from sample_data.community_cuts import cut
from sample_data.community_lattice import streets
from sample_data.community_recipe import Recipe
from sample_data.community_ways import Layout, Plot, Way, faces, within

_HALVED_M2 = 7_000
"""Smaller blocks have no lane through them."""


def laid_out(ground: Polygon, passing: list[Way], recipe: Recipe, rng: Random) -> Layout:
    """Streets of a formal grid, lanes through some of its blocks."""
    ways = streets(ground, recipe, rng)
    blocks = faces(ground, [way.shape for way in [*passing, *ways]])
    wide = [block for block in blocks if block.area > _HALVED_M2 and rng.random() < recipe.halved]
    ways += [way for block in wide for way in within([Way(cut(block, rng, 0.01), "lane")], block)]
    return Layout(ways, plots(faces(ground, [way.shape for way in [*passing, *ways]]), recipe, rng))


def plots(blocks: list[Polygon], recipe: Recipe, rng: Random) -> list[Plot]:
    """One plot a block, each with one of the recipe's fabrics; empty blocks are none."""
    drawn = rng.choices(list(recipe.fabrics), list(recipe.fabrics.values()), k=len(blocks))
    pairs = enumerate(zip(blocks, drawn, strict=True))
    return [Plot(block, fabric, f"c{number}") for number, (block, fabric) in pairs if fabric != "none"]
