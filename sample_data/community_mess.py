"""What becomes of tidy lines when a town is surveyed in pieces, by many hands?"""

from collections.abc import Iterator, Sequence
from random import Random

import numpy as np
import shapely
from shapely import LineString
from shapely.ops import substring

from sample_data.community_recipe import Recipe
from sample_data.community_ways import BARRIERS, MAIN, Way

_PIECE_M = (40, 220)
_SHORT_M, _OVER_M = (1.0, 9.0), (0.5, 5.0)
_LOOSE_M = 0.4
"""Pieces of one line miss each other by up to this, where they do."""
_LOOSE = 0.15
"""The share of joints at which they do."""


def messy(ways: Sequence[Way], recipe: Recipe, rng: Random) -> list[Way]:
    """The ways in pieces that do not always meet, that stop short or run on, and a few of them twice."""
    found: list[Way] = []
    for way in ways:
        shape = way.shape if way.kind in MAIN | BARRIERS else _ended(way.shape, recipe, rng)
        for piece in _pieces(shape, rng) if rng.random() < recipe.pieces else [shape]:
            found += [Way(piece, way.kind)] * (2 if rng.random() < recipe.doubled else 1)
    return found


def _pieces(line: LineString, rng: Random) -> Iterator[LineString]:
    at = 0.0
    while at < line.length:
        end = at + rng.uniform(*_PIECE_M)
        end = end if end < line.length - 8 else line.length
        piece = substring(line, at, end)
        yield _loose(piece, rng) if at > 0 and rng.random() < _LOOSE else piece
        at = end


def _loose(piece: LineString, rng: Random) -> LineString:
    xy = shapely.get_coordinates(piece)
    xy[0] += (rng.uniform(-_LOOSE_M, _LOOSE_M), rng.uniform(-_LOOSE_M, _LOOSE_M))
    return LineString(xy)


def _ended(line: LineString, recipe: Recipe, rng: Random) -> LineString:
    """Each end where it should be, short of it or past it."""
    for _ in range(2):
        line, luck = line.reverse(), rng.random()
        if luck < recipe.short and line.length > 4 * _SHORT_M[1]:
            line = substring(line, rng.uniform(*_SHORT_M), line.length)
        elif luck < recipe.short + recipe.over:
            line = _longer(line, rng.uniform(*_OVER_M))
    return line


def _longer(line: LineString, metres: float) -> LineString:
    first, second = shapely.get_coordinates(line)[:2]
    before = first + (first - second) / max(float(np.hypot(*(first - second))), 1e-9) * metres
    return LineString([before, *shapely.get_coordinates(line)])
