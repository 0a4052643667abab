"""How do new borders end at grids that are to stay as they are?

A border that ends in the midst of a neighbour's edge would give the neighbour a node. It is led to one end of that edge
instead, where nothing stands between: the same node takes the other's place in every ring that has it, so what was
exact stays exact.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LinearRing, MultiPolygon, Polygon

from geo.draw.thin import has_needle
from geo.lattice import Keys, directed_edges, keys, steps_of, to_degrees, to_steps, uncancelled
from geo.model import Ground
from geo.plane import Plane
from geo.rings import is_sound


def led(
    shapes: Sequence[Polygon], still: Sequence[Ground], footprints: NDArray[np.object_], plane: Plane
) -> tuple[list[Polygon], list[Ground]]:
    """The shapes, led to what lies round them and is to stay, with as few nodes on their rim that this has not as can
    be; and that, with those nodes that are left. Footprints are in metres."""
    found, given = [*shapes], _nodes(still)
    buildings = shapely.STRtree(footprints)
    for node in sorted(set(_rim(found)) - given):
        for end in _ends(found, node, given):
            after = _led(found, node, end, buildings, plane)
            if after is not None:
                found = after
                break
        else:
            given.add(node)
    return found, _through(still, found)


def _through(still: Sequence[Ground], shapes: Sequence[Polygon]) -> list[Ground]:
    """What is to stay, led through the nodes that shapes have on its edges; the same object where there is none."""
    chains = _chains(_rim(shapes), _nodes(still))
    return [_led_through(shape, chains) for shape in still]


def _chains(rim: Mapping[int, Sequence[int]], given: set[int]) -> dict[tuple[int, int], list[int]]:
    """New nodes between each two that are there, from the one to the other, both ways."""
    found: dict[tuple[int, int], list[int]] = {}
    for start in sorted(given & rim.keys()):
        for first in rim[start]:
            chain, before, node = [], start, first
            while node not in given and len(rim[node]) == 2:
                chain.append(node)
                before, node = node, next((one for one in rim[node] if one != before), start)
            if chain and node in given:
                found[start, node] = chain
    return found


def _led_through(shape: Ground, chains: Mapping[tuple[int, int], Sequence[int]]) -> Ground:
    def through(ring: LinearRing) -> tuple[NDArray[np.float64], bool]:
        own = keys(to_steps(shapely.get_coordinates(ring))).tolist()
        led_ = [own[0]]
        for one, other in pairwise(own):
            led_ += [*chains.get((one, other), ()), other]
        return _places(np.array(led_, dtype=np.uint64)), len(led_) > len(own)

    parts, changed = [], False
    for part in shapely.get_parts(shape):
        rings = [through(ring) for ring in (part.exterior, *part.interiors)]
        changed |= any(more for _, more in rings)
        parts.append(Polygon(rings[0][0], [places for places, _ in rings[1:]]))
    if not changed:
        return shape
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _nodes(shapes: Iterable[Ground]) -> set[int]:
    return set(keys(to_steps(shapely.get_coordinates([*shapes]))).tolist())


def _rim(shapes: Sequence[Polygon]) -> dict[int, list[int]]:
    """The nodes at the outside, and those next to each there."""
    start, end, _ = directed_edges(shapes)
    low, high, _ = uncancelled(start, end, np.ones(len(start), dtype=np.int64))
    found = defaultdict[int, list[int]](list)
    for one, other in zip(low.tolist(), high.tolist(), strict=True):
        found[one].append(other)
        found[other].append(one)
    return found


def _ends(shapes: Sequence[Polygon], node: int, given: set[int]) -> list[int]:
    """The nodes next to one at the rim that are there anyway, the nearest first."""
    beside = [other for other in _rim(shapes).get(node, []) if other in given]
    places = _places(np.array([node, *beside], dtype=np.uint64))
    far = np.hypot(*(places[1:] - places[0]).T)
    return [beside[n] for n in np.argsort(far, kind="stable").tolist()]


def _led(
    shapes: Sequence[Polygon], node: int, end: int, buildings: shapely.STRtree, plane: Plane
) -> list[Polygon] | None:
    """The shapes with one node in another's place; None where that spoils one, or a building lies between."""
    start, stop, _ = directed_edges(shapes)
    rim = set(_rim(shapes)[node])
    inner = sorted(set(stop[start == node].tolist()) - rim)
    for other in inner:
        corner = plane.metres(Polygon(_places(np.array([node, end, other, node], dtype=np.uint64))))
        if len(buildings.query(corner, predicate="intersects")):
            return None
    found = [*shapes]
    for number, shape in enumerate(shapes):
        if node not in _nodes([shape]):
            continue
        after = _replaced(shape, node, end)
        if after is None or not is_sound(after) or has_needle(plane.metres(after)) > has_needle(plane.metres(shape)):
            return None
        found[number] = after
    return found


def _replaced(shape: Polygon, node: int, end: int) -> Polygon | None:
    rings = []
    for ring in (shape.exterior, *shape.interiors):
        own: Keys = keys(to_steps(shapely.get_coordinates(ring)))[:-1]
        own = np.where(own == np.uint64(node), np.uint64(end), own)
        own = own[own != np.roll(own, 1)]
        if len(own) < 3:
            return None
        rings.append(_places(np.r_[own, own[:1]]))
    return Polygon(rings[0], rings[1:])


def _places(nodes: Keys) -> NDArray[np.float64]:
    return to_degrees(steps_of(nodes))
