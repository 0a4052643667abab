"""Which nodes has the ground of many claims, and whose ground lies across each edge, as flat columns of numbers?

Columns of whole numbers can be written to a file and read in place by many processes; shapes cannot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.edges import Floats, Numbers, Shapes, spread
from geo.lattice import STEPS_PER_DEGREE, keys, to_steps
from geo.model import Ground

END, NOBODY = -2, -1
"""In `across`: no edge begins at the last node of a ring; nobody's ground, or that of several, lies across."""
HOLE, TURNED = 1, 2
MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
"""Odd constants that spread the keys of two nodes over 64 bits."""


@dataclass(frozen=True, slots=True)
class Nodes:
    """Rings of sound shapes on the lattice, ground to the left of each edge, claim after claim, each ring closed.

    `x`, `y` int32 (n,) lattice steps; `of` int32 (n,) the claim; `across` int32 (n,) the one claim on the other side of
    the edge that begins at a node, `NOBODY` or `END`; `first` int64 (claims + 1,) the first node of each claim; `box`
    int32 (claims, 4) its west, south, east and north; `odd` bool (claims,) whether its rings cross themselves, as
    provisional ones may: their ground is what an odd number of edges goes round. How the shapes came: `several` bool
    (claims,) as multipolygons; `rings` int64 (claims + 1,) the first ring of each claim, `ring` int8 (rings,) `HOLE`,
    `TURNED` (the other way round than here), both or neither.
    """

    x: NDArray[np.int32]
    y: NDArray[np.int32]
    of: NDArray[np.int32]
    across: NDArray[np.int32]
    first: Numbers
    box: NDArray[np.int32]
    odd: NDArray[np.bool_]
    several: NDArray[np.bool_]
    rings: Numbers
    ring: NDArray[np.int8]

    @classmethod
    def among(cls, shapes: Shapes, sound: int) -> "Nodes":
        """The nodes of the shapes (n,): polygons of one or several parts; the first `sound` are known to be valid."""
        odd = np.zeros(len(shapes), dtype=bool)
        odd[sound:] = ~shapely.is_valid(shapes[sound:])
        parts, owner = shapely.get_parts(shapes, return_index=True)
        rings, part = shapely.get_rings(shapely.orient_polygons(parts, exterior_cw=False), return_index=True)
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        steps = to_steps(xy)
        of = owner[part[ring]].astype(np.int32)
        ends = np.append(ring[1:] != ring[:-1], True)[: len(ring)]
        first = np.searchsorted(of, np.arange(len(shapes) + 1))
        x, y = steps.astype(np.int32).T.copy()
        across, box = _across(steps, of, ends), _boxes(x, y, first)
        return cls(x, y, of, across, first, box, odd, *_ways(shapes, parts, owner[part], part))

    @classmethod
    def joined(cls, parts: "Sequence[Nodes]", source: Numbers, claim: Numbers) -> "Nodes":
        """Claims of several others: of the part `source`, its `claim` (both (claims,)); what lies across is found
        anew."""
        begins = np.cumsum([0, *(len(part.x) for part in parts)])
        claims = np.cumsum([0, *(len(part.odd) for part in parts)])
        first = np.concatenate([part.first[:-1] + begin for part, begin in zip(parts, begins, strict=False)])
        size = np.concatenate([np.diff(part.first) for part in parts])
        taken = claims[source] + claim
        of, place = spread(first[taken], size[taken])
        x, y, across = (np.concatenate([getattr(part, name) for part in parts])[place] for name in ("x", "y", "across"))
        own = ("box", "odd", "several")
        box, odd, several = (np.concatenate([getattr(part, name) for part in parts])[taken] for name in own)
        kinds = np.cumsum([0, *(len(part.ring) for part in parts)])
        ring = np.concatenate([part.rings[:-1] + begin for part, begin in zip(parts, kinds, strict=False)])[taken]
        count = np.concatenate([np.diff(part.rings) for part in parts])[taken]
        ways = np.concatenate([part.ring for part in parts])[spread(ring, count)[1]]
        owner = of.astype(np.int32)
        across = _across(np.column_stack([x, y]).astype(np.int64), owner, across == END)
        begin, rings = (np.append(0, np.cumsum(one)) for one in (size[taken], count))
        return cls(x, y, owner, across, begin, box, odd, several, rings, ways)

    @classmethod
    def read(cls, columns: Mapping[str, NDArray[np.generic]]) -> "Nodes":
        return cls(**{part.name: columns[f"node.{part.name}"] for part in fields(cls)})  # type: ignore[arg-type]

    @property
    def columns(self) -> dict[str, NDArray[np.generic]]:
        return {f"node.{part.name}": getattr(self, part.name) for part in fields(self)}

    def edges(self, claim: int) -> tuple[Floats, Floats, Floats, Floats, NDArray[np.int32]]:
        """Start (x, y) and end of each edge of a claim in degrees, and the claim across it."""
        one = slice(self.first[claim], self.first[claim + 1])
        x, y = self.x[one] / STEPS_PER_DEGREE, self.y[one] / STEPS_PER_DEGREE
        begins = self.across[one] != END
        if begins[:-1].all():  # one ring
            return x[:-1], y[:-1], x[1:], y[1:], self.across[one][:-1]
        own = np.flatnonzero(begins)
        return x[own], y[own], x[own + 1], y[own + 1], self.across[one][own]

    def ground(self, claim: int) -> Ground:
        """The shape of a claim, to the byte as it came."""
        one, own = slice(self.first[claim], self.first[claim + 1]), slice(self.rings[claim], self.rings[claim + 1])
        xy = np.column_stack([self.x[one], self.y[one]]) / float(STEPS_PER_DEGREE)
        ways, cuts = self.ring[own], np.flatnonzero(self.across[one] == END)[:-1] + 1
        drawn = [ring[::-1] if way & TURNED else ring for ring, way in zip(np.split(xy, cuts), ways, strict=True)]
        shells = np.flatnonzero(ways & HOLE == 0).tolist()
        parts = [
            shapely.Polygon(drawn[begin], drawn[begin + 1 : end])
            for begin, end in zip(shells, [*shells[1:], len(drawn)], strict=True)
        ]
        return shapely.MultiPolygon(parts) if self.several[claim] else parts[0]


def _ways(
    shapes: Shapes, parts: Shapes, owner: Numbers, part: Numbers
) -> tuple[NDArray[np.bool_], Numbers, NDArray[np.int8]]:
    """How shapes came: as multipolygons or not, the first ring of each, and the kind of each ring."""
    hole = np.append(False, part[1:] == part[:-1])[: len(part)]
    turned = shapely.is_ccw(shapely.get_rings(parts)) == hole
    kinds = hole * HOLE + turned * TURNED
    several = shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOLYGON
    return several, np.searchsorted(owner, np.arange(len(shapes) + 1)), kinds.astype(np.int8)


def _boxes(x: NDArray[np.int32], y: NDArray[np.int32], first: Numbers) -> NDArray[np.int32]:
    if len(first) == 1:
        return np.empty((0, 4), dtype=np.int32)
    ends = [end.reduceat(column, first[:-1]) for end in (np.minimum, np.maximum) for column in (x, y)]
    return np.column_stack(ends)


def _across(steps: Numbers, of: NDArray[np.int32], ends: NDArray[np.bool_]) -> NDArray[np.int32]:
    """The claim across each edge: an edge that two claims have, in opposite directions, and no third."""
    across = np.where(ends, END, NOBODY).astype(np.int32)
    own = np.flatnonzero(~ends)
    if not len(own):
        return across
    node = keys(steps)
    start, end = node[own], node[own + 1]
    low, high = np.minimum(start, end), np.maximum(start, end)
    mixed = low * MIX[0] ^ high * MIX[1]
    order = np.argsort(mixed)
    same = mixed[order[1:]] == mixed[order[:-1]]
    alone = same & ~np.append(False, same[:-1]) & ~np.append(same[1:], False)
    one, other = order[:-1][alone], order[1:][alone]
    twins = (start[one] == end[other]) & (end[one] == start[other]) & (of[own[one]] != of[own[other]])
    one, other = own[one[twins]], own[other[twins]]
    across[one], across[other] = of[other], of[one]
    return across
