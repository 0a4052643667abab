"""Where do irregular streets run? Ground is cut across its shorter way, piece after piece, until all are small."""

import math
from random import Random

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.ops import substring

from sample_data.community_recipe import Recipe
from sample_data.community_ways import Way, faces

_SHARES = (-0.1, 0.2, 0.4, 0.6, 0.8, 1.1)
"""Where a cut has its points, as shares of the way across; it begins and ends outside."""


def cut(piece: Polygon, rng: Random, bend: float) -> LineString:
    """Across the shorter way of a piece near its middle; it swings by `bend` of its length."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(piece))[:4]
    if np.hypot(*(corners[1] - corners[0])) < np.hypot(*(corners[2] - corners[1])):
        corners = np.roll(corners, -1, axis=0)
    along, over = corners[1] - corners[0], corners[3] - corners[0]
    start, end = rng.uniform(0.38, 0.62), rng.uniform(0.38, 0.62)
    swing = bend * np.hypot(*over) / np.hypot(*along)
    phase, cycles = rng.uniform(0, 2 * math.pi), rng.uniform(0.3, 0.9)
    bows = [math.sin(phase + 2 * math.pi * cycles * share) + rng.uniform(-0.3, 0.3) for share in _SHARES]
    places = [start + (end - start) * share + swing * bow for share, bow in zip(_SHARES, bows, strict=True)]
    return LineString([corners[0] + over * s + along * at for s, at in zip(_SHARES, places, strict=True)])


def cut_up(pieces: list[Polygon], recipe: Recipe, rng: Random, kinds: tuple[str, str]) -> list[Way]:
    """Streets that leave pieces of about the recipe's `ground_m2`.

    Those that divide little ground are of the second of `kinds`; the share `dead_ends` of them stops halfway.
    """
    found, waiting = list[Way](), list(pieces)
    while waiting:
        piece = waiting.pop()
        rest = rng.uniform(*recipe.ground_m2)
        if piece.area < 1.6 * rest:
            continue
        knife = cut(piece, rng, recipe.bend)
        last = piece.area < 3.5 * rest
        for part in shapely.get_parts(piece.intersection(knife)):
            dead = last and rng.random() < recipe.dead_ends
            found.append(Way(_half(part, rng) if dead else part, kinds[1] if last else kinds[0]))
        waiting.extend(faces(piece, [knife]))
    return found


def into(piece: Polygon, rng: Random) -> list[LineString]:
    """A path from the edge of a piece that ends inside of it."""
    return [_half(part, rng) for part in shapely.get_parts(piece.intersection(cut(piece, rng, 0.02)))[:1]]


def _half(line: LineString, rng: Random) -> LineString:
    share = rng.uniform(0.35, 0.75)
    return substring(line, 0, share, normalized=True) if rng.random() < 0.5 else substring(line, 1 - share, 1, True)
