"""How are buildings set out on a block: in rows, or along its streets?"""

import math
from dataclasses import dataclass
from itertools import pairwise
from random import Random

import numpy as np
import shapely
from numpy.typing import NDArray

from sample_data.footprints import Corners, ell, horseshoe, placed, slab, tower
from sample_data.frame import Metres

_CLEAR_M = 2.5
"""Least distance between two buildings, metres."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to build on a block; lengths in metres, each a range."""

    kind: str
    depth: tuple[float, float]
    length: tuple[float, float]
    gap: tuple[float, float]
    """Between buildings of a row."""
    rows: tuple[float, float]
    """Between rows."""
    levels: tuple[int, int]
    flat_m2: float = 0.0
    """Gross floor a household takes; 0 where nobody lives."""
    plans: tuple[str, ...] = ("slab",)
    edge: bool = False
    """Buildings along the streets first, rows in the court behind."""
    most: int = 999


@dataclass(frozen=True, slots=True)
class Footprint:
    """A building before anybody lives in it."""

    shape: shapely.Polygon
    recipe: Recipe


def packed(ground: shapely.Polygon, recipe: Recipe, rng: Random) -> list[Footprint]:
    """Buildings of one recipe on a block's free ground; nearest-the-street ones first."""
    angle = direction(ground)
    found: list[Metres] = []
    court = ground
    if recipe.edge:
        found = _along_streets(ground, recipe, rng)
        court = ground.buffer(-(recipe.depth[1] + 0.8 * recipe.rows[0]), quad_segs=1)
    for part in shapely.get_parts(court):
        if part.area > 250:
            found += _in_rows(part, recipe, angle, rng)
    return [Footprint(shape, recipe) for shape in _apart(found, ground)[: recipe.most]]


def direction(ground: shapely.Polygon) -> float:
    """The direction of the block's side that runs nearest to east-west, radians: rows look south where they can."""
    box = shapely.get_coordinates(shapely.minimum_rotated_rectangle(ground))
    x, y = box[1] - box[0]
    angle = math.atan2(y, x)
    return float((angle + math.pi / 4) % (math.pi / 2) - math.pi / 4)


def _plan(recipe: Recipe, w: float, d: float, room: float, rng: Random) -> Corners:
    """Corners of a building w wide and d deep with `room` for wings behind it."""
    choice = recipe.plans[rng.randrange(len(recipe.plans))]
    if choice == "tower":
        return tower(w, d, rng)
    wing = d + min(room, rng.uniform(0.6, 1.1) * d)
    if choice == "ell" and w > 1.8 * d and wing > 1.4 * d:
        return ell(w, d, wing, rng)
    if choice == "horseshoe" and w > 2.6 * d and wing > 1.4 * d:
        return horseshoe(w, d, wing)
    return slab(w, d, rng)


def _in_rows(ground: shapely.Polygon, recipe: Recipe, angle: float, rng: Random) -> list[Metres]:
    c, s = math.cos(angle), math.sin(angle)
    turn = np.array([[c, -s], [s, c]])
    rings = [shapely.get_coordinates(r) @ turn for r in (ground.exterior, *ground.interiors)]
    sides = np.vstack([np.hstack([r[:-1], r[1:]]) for r in rings])
    low, high = float(sides[:, 1].min()), float(sides[:, 1].max())
    found = []
    y = low + rng.uniform(0.5, 4.0)
    while y < high:
        d, behind = rng.uniform(*recipe.depth), rng.uniform(*recipe.rows)
        for a, b in _free(sides, y, d):
            found += [
                placed(corners, (x * c - y * s, x * s + y * c), angle)
                for x, corners in _row(a, b, d, behind, recipe, rng)
            ]
        y += d + behind
    return found


def _row(a: float, b: float, d: float, behind: float, recipe: Recipe, rng: Random) -> list[tuple[float, Corners]]:
    """Buildings from x = a to x = b, with the x of each."""
    row = []
    x = a + rng.uniform(0.3, 2.5)
    while b - x >= recipe.length[0]:
        w = min(rng.uniform(*recipe.length), b - x)
        row.append((x, _plan(recipe, w, d, behind - 7.0, rng)))
        x += w + rng.uniform(*recipe.gap)
    slack = max(0.0, b - (row[-1][0] + max(p[0] for p in row[-1][1]))) if row else 0.0
    return [(x + slack * (k + 0.5) / len(row) * 0.9, corners) for k, (x, corners) in enumerate(row)]


def _free(sides: NDArray[np.float64], y: float, d: float) -> list[tuple[float, float]]:
    """Stretches of x that are inside at y, y + d/2 and y + d."""
    stretches = [(-math.inf, math.inf)]
    for level in (y, y + d / 2, y + d):
        here = sides[(sides[:, 1] <= level) != (sides[:, 3] <= level)]
        part = (level - here[:, 1]) / (here[:, 3] - here[:, 1])
        xs = np.sort(here[:, 0] + part * (here[:, 2] - here[:, 0]))
        inside = [(float(p), float(q)) for p, q in zip(xs[::2], xs[1::2], strict=False)]
        stretches = [(max(a, p), min(b, q)) for a, b in stretches for p, q in inside if max(a, p) < min(b, q)]
    return stretches


def _along_streets(ground: shapely.Polygon, recipe: Recipe, rng: Random) -> list[Metres]:
    corners = shapely.get_coordinates(shapely.simplify(ground, 2.0).exterior)
    if not shapely.is_ccw(shapely.LinearRing(corners)):
        corners = corners[::-1]
    found = []
    for a, b in pairwise(corners):
        x, y = b - a
        side = math.hypot(x, y)
        at = rng.uniform(0.5, 2.0)
        while side - at >= recipe.length[0]:
            w, d = min(rng.uniform(*recipe.length), side - at), rng.uniform(*recipe.depth)
            foot = a + (b - a) * at / side
            found.append(
                placed(_plan(recipe, w, d, recipe.rows[0], rng), (float(foot[0]), float(foot[1])), math.atan2(y, x))
            )
            at += w + rng.uniform(*recipe.gap)
    return found


def _apart(found: list[Metres], ground: shapely.Polygon) -> list[shapely.Polygon]:
    """Those inside the ground that keep clear of all before them."""
    if not found:
        return []
    shapes = np.array([shapely.Polygon(corners) for corners in found], dtype=object)
    shapely.prepare(ground)
    shapes = shapes[shapely.contains(ground.buffer(0.6), shapes)]
    tree = shapely.STRtree(list(shapes))
    one, other = tree.query(shapes, predicate="dwithin", distance=_CLEAR_M)
    near: dict[int, set[int]] = {}
    for i, j in zip(one.tolist(), other.tolist(), strict=True):
        if i != j:
            near.setdefault(i, set()).add(j)
    kept: list[int] = []
    taken: set[int] = set()
    for k in range(len(shapes)):
        if not near.get(k, set()) & taken:
            kept.append(k)
            taken.add(k)
    return [shapes[k] for k in kept]
