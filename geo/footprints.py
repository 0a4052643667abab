"""What do footprints say about the buildings in them: parts of one, towers over others, households nobody counted?"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.measure import areas_m2, square_metres
from geo.model import Building, Ground

NUMBER = r"[0-9]{1,6}(?:\.[0-9]{1,6})?"
PART = rf"(?:(?:m2|share)={NUMBER}|floors=[0-9]{{1,6}})"
STATED = re.compile(rf"{PART}(?:,{PART})*")
PART_DEG = 2e-6
"""Parts of one building lie this near to each other, degrees (about 0.2 m): maps cut buildings at edges of tiles."""
STACKED_M2 = 1.0
"""Two footprints that have no more ground than this in common only touch, as drawings do: square metres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Households of a footprint: its area x floors / gross square metres a household x the share that is lived in.

    Floors are the building's levels, else `floors`. The defaults are a rough rule for Chinese housing estates; against
    real counts it has erred by a factor of two, so what it gives is marked as an estimate.
    """

    m2: float = 90.0
    floors: int = 3
    share: float = 1.0

    def __post_init__(self) -> None:
        """Raises ValueError for parameters that make no sense."""
        if not (1 <= self.m2 <= 10_000 and 1 <= self.floors <= 300 and 0 <= self.share <= 1):
            raise ValueError("m2 must be 1 to 10000, floors 1 to 300, share 0 to 1")

    @classmethod
    def parse(cls, stated: str) -> "Estimate":
        """`default`, or some of `m2=90,floors=3,share=1` with the rest as the rule has it. Raises ValueError."""
        if stated == "default":
            return cls()
        if not STATED.fullmatch(stated):
            raise ValueError("write default, or some of m2=90,floors=3,share=1")
        numbers = dict(part.split("=") for part in stated.split(","))
        rule = cls()
        return cls(
            m2=float(numbers.get("m2", rule.m2)),
            floors=int(numbers.get("floors", rule.floors)),
            share=float(numbers.get("share", rule.share)),
        )

    def of(self, building: Building) -> int | None:
        """Households of a building's footprint; None where it is only a point."""
        if building.shape.geom_type == "Point":
            return None
        return round(square_metres(building.shape) * (building.levels or self.floors) / self.m2 * self.share)


def clusters(parts: Sequence[BaseGeometry]) -> list[list[int]]:
    """Which parts hang together: lists of numbers, in order, each number once; nearer than `PART_DEG` is together."""
    shapes = np.asarray(parts, dtype=object)
    one, other = shapely.STRtree(shapes).query(shapes, "dwithin", distance=PART_DEG)
    near: dict[int, set[int]] = {number: set() for number in range(len(parts))}
    for a, b in zip(one.tolist(), other.tolist(), strict=True):
        near[a].add(b)
    found: list[list[int]] = []
    while near:
        group, reached = set[int](), [min(near)]
        while reached:
            number = reached.pop()
            if number in near:
                group.add(number)
                reached.extend(near.pop(number))
        found.append(sorted(group))
    return found


def joined(parts: Sequence[BaseGeometry]) -> Ground | None:
    """The parts of one footprint as one; None where they make no ground. Raises GEOSException for rings at fault."""
    whole = shapely.union_all(np.asarray(parts, dtype=object))
    return whole if isinstance(whole, Ground) and not whole.is_empty else None


def stacked(buildings: Sequence[Building]) -> Iterator[tuple[Building, Building, float]]:
    """Pairs of buildings on each other's ground, the smaller first, and how many square metres they share.

    A tower and its podium, one building twice, or walls that are drawn into each other.
    """
    grounds = [building for building in buildings if isinstance(building.shape, Ground) and building.shape.is_valid]
    shapes: NDArray[np.object_] = np.asarray([building.shape for building in grounds], dtype=object)
    one, other = shapely.STRtree(shapes).query(shapes, "intersects")
    pairs = one < other
    one, other = one[pairs], other[pairs]
    common = shapely.intersection(shapes[one], shapes[other])
    shared = shapely.area(common) > 0  # most pairs only touch
    for a, b, m2 in zip(one[shared].tolist(), other[shared].tolist(), areas_m2(common[shared]).tolist(), strict=True):
        if m2 > STACKED_M2:
            low, high = sorted((grounds[a], grounds[b]), key=lambda building: (building.shape.area, building.id))
            yield low, high, m2
