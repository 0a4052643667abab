"""Where is a piece of ground cut in two, so that the cut could be a road?

All pairs of points of the ring are judged at once: does the chord part the area as asked, are both parts compact, does
it meet the ring squarely, does it carry on a road that ends there from the other side? The best chord that stays
inside is bent so that it leaves the ring at right angles.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np
import shapely
import shapely.ops
from numpy.typing import NDArray

from sample_data.curves import hermite, wavy
from sample_data.frame import Metres, Node, to_metres, to_nodes
from sample_data.mesh import Mesh, Ring

_TRIES = 60
"""Chords tried before a ring is given up as too odd to cut."""
_SQUARE = 0.72
"""Cosine of the flattest angle, about 44 degrees, at which a cut may meet the ring."""


@dataclass(frozen=True, slots=True)
class Style:
    """How the cuts of one kind of ground look; lengths in metres."""

    gap: float = 25.0
    """The least distance between two road mouths on one side."""
    vertex: float = 70.0
    """A vertex about every so many metres of a cut."""
    sway: float = 1.5
    """How far the cut swings about the smooth curve."""
    wave: float = 240.0
    """Length of one swing."""
    bend: float = 0.6
    """0: a straight chord; 1: leaves the ring at exactly right angles."""
    balance: float = 9.0
    whim: float = 0.12
    """Random part of a chord's cost."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The two rings a cut makes, the first with `share` of the area, and the chain between them."""

    first: Ring
    second: Ring
    chain: list[Node]
    goes_on: list[int]
    """Roads that the cut carries on straight."""


@dataclass(frozen=True, slots=True)
class _Mouths:
    """Points of a ring where a cut may end. `at`: ring position (edge number + part of it); `into`: unit vectors
    inward, along the road that ends there if one does; `road` its number or -1."""

    at: NDArray[np.float64]
    xy: Metres
    into: Metres
    road: NDArray[np.int64]


def cut(mesh: Mesh, ring: Ring, share: float, style: Style, rng: Random) -> Cut:
    """Cut a ring in two. Raises ValueError where no chord will do."""
    metres = to_metres(ring)
    mouths = _mouths(mesh, ring, metres, style)
    ground = shapely.Polygon(metres)
    shapely.prepare(ground)
    for i, j, flipped in _chords(metres, mouths, share, style, rng):
        line = _bent(mouths, i, j, style, rng)
        if _stays_inside(ground, line, style.gap):
            return _made(mesh, ring, mouths, (i, j), line, flipped)
    raise ValueError(f"no cut found in a ring about {metres.mean(axis=0).round()}")


def _mouths(mesh: Mesh, ring: Ring, metres: Metres, style: Style) -> _Mouths:
    step = np.roll(metres, -1, axis=0) - metres
    length = np.linalg.norm(step, axis=1)
    unit = step / length[:, None]
    turn = np.degrees(np.arctan2(*_cross_dot(np.roll(unit, 1, axis=0), unit)))
    along = np.concatenate([[0.0], np.cumsum(length)])
    meets = np.array([node in mesh.junctions for node in ring])
    spacing = float(np.clip(along[-1] / 64, 8.0, 70.0))
    free = np.arange(spacing / 2, along[-1], spacing)
    fixed = along[:-1][meets | (np.abs(turn) > 25)]
    if len(fixed):
        away = np.abs(free[:, None] - fixed[None, :])
        free = free[np.minimum(away, along[-1] - away).min(axis=1) > style.gap]
    edge = np.searchsorted(along, free, side="right") - 1
    part = (free - along[edge]) / length[edge]
    keep = (part * length[edge] > 2.0) & ((1 - part) * length[edge] > 2.0)
    edge, part = edge[keep], part[keep]
    flat = np.flatnonzero(meets & (np.abs(turn) < 25))
    through = [_carried_on(mesh, ring[k], _inward(unit[k - 1] + unit[k])) for k in flat]
    inward = np.column_stack([-unit[:, 1], unit[:, 0]])
    return _Mouths(
        np.concatenate([edge + part, flat.astype(float)]),
        np.vstack([metres[edge] + part[:, None] * step[edge], metres[flat]]),
        np.vstack([inward[edge], np.array([d for _, d in through]).reshape(-1, 2)]),
        np.concatenate([np.full(len(edge), -1), np.array([road for road, _ in through], dtype=np.int64)]),
    )


def _cross_dot(a: Metres, b: Metres) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0], (a * b).sum(axis=-1)


def _inward(along: Metres) -> Metres:
    normal = np.array([-along[1], along[0]])
    return np.asarray(normal / np.linalg.norm(normal))


def _carried_on(mesh: Mesh, node: Node, inward: Metres) -> tuple[int, Metres]:
    """The road that ends in the node from the other side and could run on inward; else no road and plain inward."""
    arrivals = [(x * inward[0] + y * inward[1], road, x, y) for road, x, y in mesh.junctions[node]]
    square, road, x, y = max(arrivals)
    return (road, np.array([x, y])) if square > 0.6 else (-1, inward)


def _chords(
    metres: Metres, mouths: _Mouths, share: float, style: Style, rng: Random
) -> Iterator[tuple[int, int, bool]]:
    """The best chords, cheapest first; `flipped` when the part from i to j is the second, not the first."""
    order = np.argsort(mouths.at)
    i, j = (order[k] for k in np.triu_indices(len(order), 1))
    chord = mouths.xy[j] - mouths.xy[i]
    length = np.maximum(np.linalg.norm(chord, axis=1), 1e-6)
    u = chord / length[:, None]
    part, rim, total, rim_total = _parts(metres, mouths, i, j)
    off, flipped = _off_balance(part / total, share)
    round_first = (rim + length) ** 2 / np.maximum(part, 1.0)
    round_second = (rim_total - rim + length) ** 2 / np.maximum(total - part, 1.0)
    leaving, arriving = (u * mouths.into[i]).sum(axis=1), -(u * mouths.into[j]).sum(axis=1)
    cost = style.balance * off**2 + 0.022 * (round_first + round_second) + 0.9 * (2 - leaving**2 - arriving**2)
    for mouth, cosine in ((i, leaving), (j, arriving)):
        carried = mouths.road[mouth] >= 0
        cost -= np.where(carried & (cosine > 0.85), 0.55, 0.0) - np.where(carried & (cosine < 0.85), 0.3, 0.0)
    cost += style.whim * np.random.default_rng(rng.getrandbits(48)).random(len(cost))
    cost[(leaving < _SQUARE) | (arriving < _SQUARE) | (length < 1.2 * style.gap)] = np.inf
    for k in np.argsort(cost, kind="stable")[:_TRIES]:
        if np.isfinite(cost[k]):
            yield int(i[k]), int(j[k]), bool(flipped[k])


def _parts(
    metres: Metres, mouths: _Mouths, i: NDArray[np.int64], j: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], float, float]:
    """Area cut off and length of ring between mouths i and j, and both for the whole ring."""
    nxt = np.roll(metres, -1, axis=0)
    cross = np.concatenate([[0.0], np.cumsum(metres[:, 0] * nxt[:, 1] - metres[:, 1] * nxt[:, 0])])
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(nxt - metres, axis=1))])
    edge = np.minimum(mouths.at.astype(int), len(metres) - 1)
    here = metres[edge]
    swept = cross[edge] + here[:, 0] * mouths.xy[:, 1] - here[:, 1] * mouths.xy[:, 0]
    walked = along[edge] + np.linalg.norm(mouths.xy - here, axis=1)
    closing = mouths.xy[j, 0] * mouths.xy[i, 1] - mouths.xy[j, 1] * mouths.xy[i, 0]
    return (swept[j] - swept[i] + closing) / 2, walked[j] - walked[i], float(cross[-1]) / 2, float(along[-1])


def _off_balance(part: NDArray[np.float64], share: float) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """How far the parts are from what was asked, in shares of the smaller one, whichever way round is nearer."""
    small = min(share, 1 - share)
    straight, turned = np.abs(part - share) / small, np.abs(1 - part - share) / small
    return np.minimum(straight, turned), turned < straight


def _bent(mouths: _Mouths, i: int, j: int, style: Style, rng: Random) -> Metres:
    start, end = mouths.xy[i], mouths.xy[j]
    length = float(np.linalg.norm(end - start))
    u = (end - start) / length
    count = max(1, round(length / style.vertex) - 1) if length > 0.8 * style.vertex else 0
    out, into = (style.bend * d + (1 - style.bend) * u for d in (mouths.into[i], -mouths.into[j]))
    inner = hermite(start, end, out * length, into * length, count)
    line = np.vstack([start, inner, end])
    return wavy(line, rng, style.sway, style.wave) if count else line


def _stays_inside(ground: shapely.Polygon, line: Metres, gap: float) -> bool:
    """Nowhere outside, and away from the ring but near its own ends."""
    whole = shapely.LineString(line)
    inner = shapely.ops.substring(whole, 0.02, 0.98, normalized=True)
    middle = shapely.ops.substring(whole, 0.2, 0.8, normalized=True)
    room = min(0.6 * gap, 0.12 * whole.length)
    return bool(ground.contains(inner)) and float(ground.exterior.distance(middle)) > room


def _made(mesh: Mesh, ring: Ring, mouths: _Mouths, pair: tuple[int, int], line: Metres, flipped: bool) -> Cut:
    ends = []
    for k, xy in ((pair[0], line[0]), (pair[1], line[-1])):
        edge = int(mouths.at[k])
        if mouths.at[k] == edge:
            ends.append(ring[edge])
            continue
        node = to_nodes([xy])[0]
        mesh.put(*mesh_edge(mesh, ring[edge], ring[(edge + 1) % len(ring)], node), node)
        ends.append(node)
    chain = [ends[0], *to_nodes(line[1:-1]), ends[1]]
    now = mesh.whole(ring)
    a, b = now.index(ends[0]), now.index(ends[1])
    round_trip = now[a:] + now[:a]
    b = (b - a) % len(now)
    first, second = round_trip[: b + 1] + chain[-2:0:-1], [*round_trip[b:], round_trip[0], *chain[1:-1]]
    goes_on = sorted({int(mouths.road[k]) for k in pair if mouths.road[k] >= 0})
    return Cut(second, first, chain, goes_on) if flipped else Cut(first, second, chain, goes_on)


def mesh_edge(mesh: Mesh, a: Node, b: Node, node: Node) -> tuple[Node, Node]:
    """The part of edge a-b on which a node lies; the first mouth of a cut may have parted the edge of the second."""
    chain = np.array(mesh.chain(a, b))
    along = np.array(b) - np.array(a)
    k = int(np.searchsorted((chain - chain[0]) @ along, (np.array(node) - chain[0]) @ along)) - 1
    return (int(chain[k][0]), int(chain[k][1])), (int(chain[k + 1][0]), int(chain[k + 1][1]))
