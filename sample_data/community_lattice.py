"""Where do the streets of a formal grid run? Two families of lines, nearly straight, with main streets among them."""

import math
from random import Random

import numpy as np
from shapely import LineString, Polygon

from sample_data.community_recipe import Recipe, Span
from sample_data.community_ways import Way
from sample_data.frame import Metres

_DUAL_M = (8.0, 13.0)
"""From the middle of a dual carriageway to each of its lines."""
_WAVE_M = 600.0
"""Long waves swing streets by the recipe's `bend` of so much, or of the ground's reach if that is less."""
_TILT = 0.025
"""Lines of one family are parallel but for so much (radians)."""


def streets(ground: Polygon, recipe: Recipe, rng: Random) -> list[Way]:
    """Streets all over the ground and beyond its edge; of minor ones some stretches are missing."""
    reach = max(float(np.abs(ground.bounds).max()) * 1.45, 2 * recipe.street_m[1])
    turn = rng.uniform(-0.35, 0.35)
    wave = [(rng.uniform(0, 2 * math.pi), rng.uniform(0.5, 1.2) * reach) for _ in range(4)]
    columns, rows = (_lines(reach, recipe.street_m, rng) for _ in range(2))
    nodes = np.array([[(x + ta * y, y + tb * x) for y, tb in rows] for x, ta in columns])
    nodes = _turned(_swung(nodes, wave, recipe.bend * min(reach, _WAVE_M)), turn)
    found: list[Way] = []
    for family in (nodes, nodes.transpose(1, 0, 2)):
        main = rng.randrange(3)
        for number, line in enumerate(family):
            if number == main:
                main += rng.choice((2, 3, 3, 4))
                found += _main(line, recipe, rng)
            else:
                kind = rng.choice(("residential", "residential", "tertiary"))
                found += [Way(LineString(run), kind) for run in _runs(line, recipe.missing, rng)]
    return found


def _lines(reach: float, apart: Span, rng: Random) -> list[tuple[float, float]]:
    """Where the lines of a family cross the axis, and how far they tilt."""
    found, at = list[tuple[float, float]](), -reach
    while at < reach:
        found.append((at, rng.uniform(-_TILT, _TILT)))
        at += rng.uniform(*apart)
    return found


def _main(line: Metres, recipe: Recipe, rng: Random) -> list[Way]:
    """A main street: one line, two, or one with a pavement beside it."""
    kind, middle = rng.choice(("primary", "secondary", "secondary")), LineString(line)
    if rng.random() < recipe.dual:
        away = rng.uniform(*_DUAL_M)
        return [Way(middle.offset_curve(away), kind), Way(middle.offset_curve(-away), kind)]
    beside = [Way(middle.offset_curve(rng.uniform(7, 9)), "footway")] if rng.random() < recipe.pavements else []
    return [Way(middle, kind), *beside]


def _runs(line: Metres, missing: float, rng: Random) -> list[Metres]:
    """The line without the stretches that were never built."""
    kept = [rng.random() >= missing for _ in line[1:]]
    breaks = [k for k in range(1, len(kept)) if kept[k] != kept[k - 1]]
    spans = zip([0, *breaks], [*breaks, len(kept)], strict=True)
    return [line[a : b + 1] for a, b in spans if kept[a]]


def _swung(nodes: Metres, wave: list[tuple[float, float]], metres: float) -> Metres:
    """All nodes moved by long waves, so that no street is quite straight and no block quite square."""
    x, y = nodes[..., 0], nodes[..., 1]
    (p, a), (q, b), (r, c), (s, d) = ((phase, 2 * math.pi / long) for phase, long in wave)
    east = np.sin(p + a * y) + 0.5 * np.sin(q + b * x)
    north = np.sin(r + c * x) + 0.5 * np.sin(s + d * y)
    return nodes + metres * np.stack([east, north], axis=-1)


def _turned(nodes: Metres, angle: float) -> Metres:
    c, s = math.cos(angle), math.sin(angle)
    return np.asarray(nodes @ np.array([[c, s], [-s, c]]))
