"""Which houses stand on the plots of an invented community? Rows of them, all plots of a fabric at once."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from sample_data.community_recipe import FABRICS, Fabric, Recipe, Span
from sample_data.community_ways import Plot, Way

Numbers = NDArray[np.int64]
Figures = NDArray[np.float64]
Shapes = NDArray[np.object_]

CLEAR_M = {"river": 15, "railway": 13, "primary": 12, "secondary": 9, "canal": 6, "lane": 2, "footway": 2, "wall": 1.5}
"""Houses keep so far from the middle of a line of a class."""
_CLEAR_ELSE_M = 5.0
EDGE_M = 3.0
"""And so far from the community's edge."""

_PLANS = {
    "rectangle": [(0, 0), (1, 0), (1, 1), (0, 1)],
    "ell": [(0, 0), (1, 0), (1, 1), (0.6, 1), (0.6, 0.6), (0, 0.6)],
    "cross": [
        (0.2, 0), (0.8, 0), (0.8, 0.22), (1, 0.22), (1, 0.78), (0.8, 0.78), (0.8, 1), (0.2, 1), (0.2, 0.78),
        (0, 0.78), (0, 0.22), (0.2, 0.22),
    ],
}  # fmt: skip
"""Ground plans, corners as shares of width and depth."""


class Houses(NamedTuple):
    """Footprints (n,), households, levels (n,), compounds (n,), texts."""

    shapes: Shapes
    households: Numbers
    levels: Numbers
    compounds: Shapes

    def taken(self, which: Numbers | NDArray[np.bool_]) -> "Houses":
        return Houses(*(values[which] for values in self))

    def joined(self, *others: "Houses") -> "Houses":
        return Houses(*(np.concatenate(parts) for parts in zip(self, *others, strict=True)))


def houses(
    plots: Sequence[Plot], ways: Sequence[Way], ground: Polygon, recipe: Recipe, rng: np.random.Generator
) -> Houses:
    """All that find room in their plot, clear of the ways and of the ground's edge."""
    nothing = Houses(*(np.zeros(0, dtype=kind) for kind in (object, np.int64, np.int64, object)))
    used = [name for name in recipe.fabrics if name in FABRICS]
    found = nothing.joined(*(_built([p for p in plots if p.fabric == f], FABRICS[f], recipe, rng) for f in used))
    return found.taken(_clear(found.shapes, ways, ground))


def _clear(shapes: Shapes, ways: Sequence[Way], ground: Polygon) -> NDArray[np.bool_]:
    """Which footprints keep their distance."""
    lines = np.array([*(way.shape for way in ways), *shapely.get_parts(ground.boundary)], dtype=object)
    away = np.array([*(CLEAR_M.get(way.kind, _CLEAR_ELSE_M) for way in ways), *[EDGE_M] * (1 + len(ground.interiors))])
    xy, line = shapely.get_coordinates(lines, return_index=True)
    same = line[1:] == line[:-1]
    stretches = shapely.linestrings(np.stack([xy[:-1], xy[1:]], axis=1)[same])
    _, near = shapely.STRtree(shapes).query(stretches, predicate="dwithin", distance=away[line[1:][same]])
    clear = shapely.contains_xy(ground, *shapely.get_coordinates(shapely.centroid(shapes)).T)
    clear[near] = False
    return np.asarray(clear)


def _built(plots: Sequence[Plot], fabric: Fabric, recipe: Recipe, rng: np.random.Generator) -> Houses:
    """Rows of houses on plots of one fabric, as many as lie within their plot."""
    grounds = np.array([plot.ground for plot in plots], dtype=object)
    corner, along, over = _frames(grounds, fabric.south)
    plot, x, y, width, depth = _rows(np.linalg.norm(along, axis=1), np.linalg.norm(over, axis=1), fabric, rng)
    stands = rng.random(len(plot)) >= rng.uniform(0, recipe.gaps, len(plots))[plot]
    plot, x, y, width, depth = (values[stands] for values in (plot, x, y, width, depth))
    outline = _outlines(fabric.plan, width, depth, rng) + np.stack([x, y], axis=-1)[:, None, :]
    axes = np.stack([along, over], axis=1) / np.maximum(np.linalg.norm([along, over], axis=2).T[..., None], 1e-9)
    shapes = shapely.polygons(np.einsum("nkc,nci->nki", outline, axes[plot]) + corner[plot][:, None, :])
    shapely.prepare(grounds)
    inside = shapely.contains_properly(grounds[plot], shapes)
    levels = rng.choice(fabric.levels, len(plot))
    full = rng.lognormal(0, recipe.uneven, len(plots))[plot] if fabric.stacked else 1.0
    share = rng.choice(fabric.dwellings, len(plot)) * (levels if fabric.stacked else 1)
    count = np.where(share > 0, np.maximum(1, np.rint(share * full)), 0).astype(np.int64)
    compounds = np.array([one.compound for one in plots], dtype=object)[plot]
    return Houses(shapes, count, levels, compounds).taken(inside)


def _frames(grounds: Shapes, south: bool) -> tuple[Figures, Figures, Figures]:
    """Of each plot: a corner of the rectangle round it, and its sides along the rows and across them (n, 2)."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(grounds)).reshape(-1, 5, 2)[:, :4]
    one, other = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 1]
    size, rest = np.linalg.norm(one, axis=1), np.linalg.norm(other, axis=1)
    other_is_along = np.abs(other[:, 0]) * size > np.abs(one[:, 0]) * rest if south else rest > size
    corners = np.where(other_is_along[:, None, None], np.roll(corners, -1, axis=1), corners)
    return corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 3] - corners[:, 0]


def _rows(
    along: Figures, over: Figures, fabric: Fabric, rng: np.random.Generator
) -> tuple[Numbers, Figures, Figures, Figures, Figures]:
    """Places for houses in rectangles (n,): plot, x, y of the corner, width, depth (m,)."""
    depth, behind = (_span(limits, rng, len(along)) for limits in (fabric.depth, fabric.behind))
    count = np.maximum(0, np.floor(over / (depth + behind))).astype(np.int64)
    plot = np.repeat(np.arange(len(along)), count)
    margin = (over - count * (depth + behind) + behind) / 2
    y = margin[plot] + _within(count) * (depth + behind)[plot]
    many = np.ceil(along / (fabric.width[0] + max(0, fabric.aside[0]))).astype(np.int64)[plot]
    row = np.repeat(np.arange(len(plot)), many)
    width, aside = (_span(limits, rng, len(row)) for limits in (fabric.width, fabric.aside))
    step = np.cumsum(width + aside)
    first = np.cumsum(many) - many
    before = np.concatenate([[0.0], step])
    x = before[:-1] - before[first[row]] + _span((0, 0.6 * fabric.width[1]), rng, len(plot))[row]
    fits = x + width <= along[plot][row]
    return plot[row][fits], x[fits], y[row][fits], width[fits], depth[plot][row][fits]


def _outlines(plan: str, width: Figures, depth: Figures, rng: np.random.Generator) -> Figures:
    """Corners (n, k, 2) of houses in their own frame, some mirrored."""
    shares = np.tile(np.array(_PLANS[plan], dtype=float), (len(width), 1, 1))
    mirrored = rng.random(len(width)) < 0.5
    shares[mirrored, :, 0] = 1 - shares[mirrored, :, 0]
    return np.asarray(shares * np.stack([width, depth], axis=-1)[:, None, :])


def _span(limits: Span, rng: np.random.Generator, count: int) -> Figures:
    """Evenly drawn; what is drawn below zero is zero."""
    return np.maximum(0.0, rng.uniform(*limits, count))


def _within(counts: Numbers) -> Numbers:
    """0, 1, 2 ... for each count, one after the other."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
