"""Do two regions keep apart, with one border between them?

Compares whole lattice steps: no tolerance, no overlay. The same proof stands in SQL behind the publish door
(`migrations/`); property tests hold the two equal.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.faces import Loose
from geo.faults import ground_finding, node_finding, overlapping, unmatched
from geo.lattice import Keys, Steps, directed_edges, steps_of
from geo.model import Finding, Ground, Region, Rule
from geo.noding import sounder

ROWS_AT_ONCE = 512
"""Edges compared with all of the other border at a time: bounds the memory of a long border."""
MAX_EXTENT_DEGREES = 10.0
"""Widest divided region that can be proven: products of its steps stay far inside 64 bits, here and in SQL."""


def are_apart(one: Ground, other: Ground) -> bool:
    """Two valid regions share no ground, and every node on their common border stands on both sides.

    No proper crossing, no node inside a foreign segment, no edge twice in one direction, none inside the other.
    """
    mine, theirs = _edges(one), _edges(other)
    mine_keys, their_keys = _packed(mine), _packed(theirs)
    if np.isin(mine_keys, their_keys).any():
        return False
    mine_alone = tuple(part[~np.isin(mine_keys, _packed(theirs[::-1]))] for part in mine)
    theirs_alone = tuple(part[~np.isin(their_keys, _packed(mine[::-1]))] for part in theirs)
    if _meet(mine_alone, theirs_alone):
        return False
    return not (_enters(mine, mine_alone, theirs) or _enters(theirs, theirs_alone, mine))


def findings(regions: Sequence[Region]) -> Iterator[Finding]:
    """Ground that two of the regions (valid outlines) claim, and nodes that a border between them lacks on one side."""
    shapes = [region.shape for region in regions if region.shape is not None]
    codes = [region.code for region in regions if region.shape is not None]
    if not shapes:
        return
    one, two = shapely.STRtree(shapes).query(
        shapes
    )  # by boxes: what touches on the lattice may miss by a float's noise
    near = [(a, b) for a, b in zip(one.tolist(), two.tolist(), strict=True) if a < b]
    clashing = [(a, b) for a, b in near if not are_apart(shapes[a], shapes[b])]
    if not clashing:
        return
    faulty = sorted({n for pair in clashing for n in pair})
    suspects, named = [shapes[n] for n in faulty], [codes[n] for n in faulty]
    loose = Loose.of(suspects, against_first=False)
    found = [*unmatched(named, loose)]
    for a, b, piece in overlapping(np.asarray(sounder(loose.net.shapes(suspects), suspects), dtype=object)):
        found.append(ground_finding(Rule.OVERLAP, sorted([named[a], named[b]]), piece))
    yield from found
    for a, b in clashing:
        if not any({codes[a], codes[b]} <= set(finding.codes) for finding in found):
            yield node_finding(sorted([codes[a], codes[b]]), _touching(shapes[a], shapes[b]))


def _touching(one: Ground, other: Ground) -> shapely.Point:
    """A place where two borders come together: never silent about an overlap too thin to be told."""
    return shapely.Point(shapely.shortest_line(shapely.boundary(one), shapely.boundary(other)).coords[0])


Edges = tuple[Keys, ...]


def _edges(shape: Ground) -> Edges:
    start, end, _ = directed_edges([shape])
    return start, end


def _packed(edges: Edges) -> NDArray[np.void]:
    """Start and end of an edge as one comparable value."""
    both = np.ascontiguousarray(np.column_stack(edges))
    return both.view(np.dtype((np.void, 16))).ravel()


def _meet(one: Edges, other: Edges) -> bool:
    """Whether two edges that are not one border cross, or a node of one lies inside an edge of the other."""
    a, b, c, d = (steps_of(part) for part in (*one, *other))
    if len(a) == 0 or len(c) == 0:
        return False
    near_a, near_c = _reaching(a, b, c, d), _reaching(c, d, a, b)
    a, b, c, d = a[near_a], b[near_a], c[near_c], d[near_c]
    for start in range(0, len(a), ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        first, second = np.nonzero(_boxes_touch(a[rows, None], b[rows, None], c[None], d[None]))
        if _any_meet(a[rows][first], b[rows][first], c[second], d[second]):
            return True
    return False


def _any_meet(a: Steps, b: Steps, c: Steps, d: Steps) -> bool:
    """Whether any of the pairs of edges a-b and c-d crosses or touches elsewhere than at common ends."""
    side_c, side_d, side_a, side_b = _side(a, b, c), _side(a, b, d), _side(c, d, a), _side(c, d, b)
    crossing = (side_c * side_d < 0) & (side_a * side_b < 0)
    inside = _inside(side_c, c, a, b) | _inside(side_d, d, a, b) | _inside(side_a, a, c, d) | _inside(side_b, b, c, d)
    return bool((crossing | inside).any())


def _reaching(a: Steps, b: Steps, c: Steps, d: Steps) -> NDArray[np.bool_]:
    """The edges a-b whose boxes meet the box of all edges c-d."""
    return _boxes_touch(a, b, np.minimum(c, d).min(axis=0), np.maximum(c, d).max(axis=0))


def _boxes_touch(a: Steps, b: Steps, c: Steps, d: Steps) -> NDArray[np.bool_]:
    low, high = np.minimum(a, b), np.maximum(a, b)
    return np.asarray(((np.minimum(c, d) <= high) & (np.maximum(c, d) >= low)).all(axis=-1))


def _side(a: Steps, b: Steps, p: Steps) -> Steps:
    """Sign of the turn a, b, p: 1 left, -1 right, 0 on the line. Broadcasts over one of the three."""
    ab, ap = b - a, p - a
    return np.asarray(np.sign(ab[..., 0] * ap[..., 1] - ab[..., 1] * ap[..., 0]), dtype=np.int64)


def _inside(side: Steps, p: Steps, a: Steps, b: Steps) -> NDArray[np.bool_]:
    """Whether p, known to lie on the line of a and b or not, is strictly between them."""
    within = ((p >= np.minimum(a, b)) & (p <= np.maximum(a, b))).all(axis=-1)
    at_end = (p == a).all(axis=-1) | (p == b).all(axis=-1)
    return np.asarray((side == 0) & within & ~at_end)


def _enters(every: Edges, alone: Edges, other: Edges) -> bool:
    """Whether a stretch of one border runs inside the other region; the two are already known not to cross.

    A stretch can only change sides at a node both have, so one edge behind each such node is asked, and one edge of
    every ring that has none. Asked at the middle of the edge, in half steps, so that it stays a whole number.
    """
    start, end = alone
    shared_node = np.isin(start, other[0])
    asked = shared_node | np.isin(start, _free_ring_starts(every, other))
    middles = steps_of(start[asked]) + steps_of(end[asked])
    c, d = 2 * steps_of(other[0]), 2 * steps_of(other[1])
    return any(_covers(c, d, middle) for middle in middles)


def _free_ring_starts(edges: Edges, other: Edges) -> Keys:
    """The first node of each ring (edges come ring by ring) that has no node in common with the other border."""
    start, end = edges
    new_ring = np.r_[True, start[1:] != end[:-1]]
    ring = np.cumsum(new_ring) - 1
    touched = np.zeros(ring[-1] + 1, dtype=bool)
    np.logical_or.at(touched, ring, np.isin(start, other[0]))
    return start[new_ring][~touched]


def _covers(c: Steps, d: Steps, p: Steps) -> bool:
    """Crossing number of a point that lies on no edge, in whole numbers."""
    upward = (c[:, 1] <= p[1]) & (d[:, 1] > p[1])
    downward = (d[:, 1] <= p[1]) & (c[:, 1] > p[1])
    side = _side(c, d, p)
    return bool((np.count_nonzero(upward & (side > 0)) + np.count_nonzero(downward & (side < 0))) % 2)
