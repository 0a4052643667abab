"""How probable is it that the true place lies on this grid's ground, when a position is only so good?

The error is a circular normal one. Its mass on a polygon is an integral along the polygon's edges (Green): an edge that
turns by an angle as seen from the point adds the mass of its whole wedge, less what lies behind the edge,

    (1 / 2 pi) * integral of (1 - exp(-rho^2 / 2 sigma^2)) d theta.

The second part is T(h, a) of D. B. Owen, "Tables for computing bivariate normal probabilities", Annals of Mathematical
Statistics 27 (1956). Along the edge, not along the angle, the integrand is smooth everywhere: a point on an edge or on
a vertex needs no case of its own, and what two claims share cancels between them.
"""

import math
from collections.abc import Sequence
from functools import cache
from typing import Literal, TypeAlias

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.measure import metres_per_degree

Floats: TypeAlias = NDArray[np.float64]
Numbers: TypeAlias = NDArray[np.int64]
Plane: TypeAlias = NDArray[np.complex128]
"""Places in the plane as numbers of their own: x is real, y imaginary."""

BEYOND = 1e-4
"""Mass outside the radius that `reach_m` gives: claims farther away are not worth naming."""
NOTHING = 1e-10
"""Mass outside the circle beyond which an edge counts by its angle alone."""
LEAST_SIGMA_M = 1e-3
"""A smaller error is none, metres: the lattice is coarser."""
FULL_TURN = 2.0 * math.pi
RULES = ((0.05, 2), (0.5, 4), (2.0, 8), (math.inf, 32))
"""Length of an edge inside that circle, in sqrt(2) sigma, up to which so many nodes are enough: to 1e-9."""


def sigma_m(accuracy_m: float, level: Literal[68, 95] = 68) -> float:
    """Standard deviation along each axis, metres, of an error whose `level` percent lie within `accuracy_m`."""
    return accuracy_m / math.sqrt(-2.0 * math.log1p(-level / 100.0))


def reach_m(sigma: float) -> float:
    """The radius, metres, outside of which less than `BEYOND` of the error lies."""
    return max(sigma, LEAST_SIGMA_M) * math.sqrt(-2.0 * math.log(BEYOND))


def shares(start: Floats, end: Floats, claim: Numbers, count: int, sigma: float) -> Floats:
    """The share of the error on the ground of each of `count` claims, shape (count,), each from 0 to 1.

    `start`, `end`: directed edges (n, 2), metres from the point, the ground on their left (holes run the other way
    round); `claim`: whose edge it is (n,). All edges of a claim have to be there. Where claims tile the ground around
    the point, the shares sum to 1 within 1e-9; ground claimed twice counts twice (`apart` before).
    Each is right within 2e-9; within 3e-7 where the point lies less than a micrometre from an edge, and not on it.
    """
    unit = math.sqrt(2.0) * max(sigma, LEAST_SIGMA_M)
    masses = _masses(_plane(start / unit), _plane(end / unit))
    return np.clip(np.bincount(claim, weights=masses, minlength=count), 0.0, 1.0)


def edges_of(
    shapes: Sequence[BaseGeometry] | NDArray[np.object_], lon: float, lat: float
) -> tuple[Floats, Floats, Numbers]:
    """Start, end and claim of every edge of polygons in degrees, for `shares`; metres on the point's own scale."""
    oriented = shapely.orient_polygons(np.asarray(shapes, dtype=object), exterior_cw=False)
    parts, claim = shapely.get_parts(oriented, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    metres = (xy - (lon, lat)) * metres_per_degree(lat)
    follows = np.flatnonzero(ring[1:] == ring[:-1])
    return metres[follows], metres[follows + 1], claim[part[ring[follows]]]


def apart(shapes: Sequence[BaseGeometry] | NDArray[np.object_]) -> NDArray[np.object_]:
    """The shapes, ground that several of them cover left to the first: for claims in the order of the owner rule.

    Only faulty (provisional) ground needs it.
    """
    ground = np.array(shapes, dtype=object)
    later, first = shapely.STRtree(ground).query(ground, "intersects")
    earlier = first < later
    later, first = later[earlier], first[earlier]
    twice = shapely.relate_pattern(ground[later], ground[first], "T********")
    for number in np.unique(later[twice]):
        above = shapely.union_all(ground[first[twice & (later == number)]])
        ground[number] = _ground(shapely.difference(ground[number], above))
    return ground


def _ground(shape: BaseGeometry) -> BaseGeometry:
    """The polygons of a shape: what is left of a claim may touch along lines."""
    parts = shapely.get_parts(shape)
    return shapely.multipolygons(parts[shapely.get_dimensions(parts) == 2])


def _plane(xy: Floats) -> Plane:
    return np.ascontiguousarray(xy).view(np.complex128)[:, 0]


def _masses(start: Plane, end: Plane) -> Floats:
    """What each edge adds: integrated inside the circle, its angle outside; lengths in sqrt(2) sigma."""
    limit = -math.log(NOTHING)
    turn, along = start.conj() * end, end - start
    from_start, from_end, length2 = _square(start), _square(end), _square(along)
    foot = -(start.conj() * along).real
    comes_near = (turn.imag**2 < limit * length2) & (foot > 0.0) & (foot < length2)
    enters = (np.minimum(from_start, from_end) <= limit) | comes_near
    leaves = np.maximum(from_start, from_end) > limit
    result = np.where(enters, 0.0, np.angle(turn) / FULL_TURN)
    inside, cut = np.flatnonzero(enters & ~leaves), np.flatnonzero(enters & leaves)
    root = np.sqrt(np.maximum(limit * length2[cut] - turn.imag[cut] ** 2, 0.0))
    into, out = (
        start[cut] + along[cut] * np.clip((foot[cut] + sign * root) / length2[cut], 0.0, 1.0) for sign in (-1.0, 1.0)
    )
    result[cut] = (np.angle(start[cut].conj() * into) + np.angle(out.conj() * end[cut])) / FULL_TURN
    result[np.concatenate([inside, cut])] += _inner(
        np.concatenate([start[inside], into]), np.concatenate([end[inside], out])
    )
    return result


def _inner(start: Plane, end: Plane) -> Floats:
    """The integral along edges inside the circle."""
    result = np.empty(len(start))
    length = np.abs(end - start)
    shorter = 0.0
    for longest, nodes in RULES:
        these = np.flatnonzero((length >= shorter) & (length < longest))
        if len(these):
            result[these] = _by_nodes(start[these], end[these], nodes)
        shorter = longest
    return result


def _by_nodes(start: Plane, end: Plane, nodes: int) -> Floats:
    """At each node (1 - exp(-r^2)) / r^2, which is 1 at the point itself; times the cross product over 2 pi."""
    at, weights = _nodes(nodes)
    r2 = np.maximum(_square(start[:, None] + np.outer(end - start, at)), np.finfo(np.float64).tiny)
    return np.asarray(-(np.expm1(-r2) / r2) @ weights * (start.conj() * end).imag / FULL_TURN, dtype=np.float64)


def _square(of: Plane) -> Floats:
    return np.asarray(of.real**2 + of.imag**2, dtype=np.float64)


@cache
def _nodes(count: int) -> tuple[Floats, Floats]:
    """Places from 0 to 1 and their weights, after Gauss and Legendre."""
    at, weights = np.polynomial.legendre.leggauss(count)
    return (at + 1.0) / 2.0, weights / 2.0
