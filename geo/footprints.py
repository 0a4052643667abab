"""What do footprints say about the buildings in them: parts of one, towers over others, households nobody counted?"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.measure import square_metres
from geo.model import Building, Finding, Ground, Rule, Severity

NUMBER = r"[0-9]{1,6}(?:\.[0-9]{1,6})?"
PART = rf"(?:(?:m2|share)={NUMBER}|floors=[0-9]{{1,6}})"
STATED = re.compile(rf"{PART}(?:,{PART})*")
PART_DEG = 2e-6
"""Parts of one building lie this near to each other, degrees (about 0.2 m): maps cut buildings at edges of tiles."""
STACKED_M2 = 1.0
"""Two footprints that have no more ground than this in common only touch, as drawings do: square metres."""


def _most(_: Building) -> float | None:
    return STACKED_M2


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


def stacked(
    buildings: Sequence[Building], of: Collection[int] | None = None, above_m2: float = STACKED_M2
) -> Iterator[tuple[Building, Building, float]]:
    """Pairs of buildings on each other's ground, the smaller first, and how many square metres they share.

    A tower and its podium, one building twice, or walls that are drawn into each other. With `of`, only the pairs of
    the buildings of those numbers, as they are told among all.
    """
    for upper, lower, common in _stacks(buildings, of):
        m2 = square_metres(common)
        if m2 > above_m2:
            yield upper, lower, m2


def stacked_findings(
    buildings: Sequence[Building],
    of: Collection[int] | None = None,
    most_m2: Callable[[Building], float | None] = _most,
) -> Iterator[Finding]:
    """The same as findings, in order of ids; rows of one id are not stacked but repeated.

    `most_m2` gives how much ground the upper building of a pair may share, None where the rule is off.
    """
    pairs = ((upper, lower, common) for upper, lower, common in _stacks(buildings, of) if upper.id != lower.id)
    for upper, lower, common in sorted(pairs, key=lambda pair: (pair[0].id, pair[1].id, pair[2].wkb)):
        limit, m2 = most_m2(upper), square_metres(common)
        if limit is not None and m2 > limit:
            together = (upper.households or 0) + (lower.households or 0)
            yield Finding(
                rule=Rule.BUILDING_STACKED,
                severity=Severity.NOTE,
                codes=[upper.id, lower.id],
                geometry=common,
                area_m2=m2,
                households=together,
                values={"upper": upper.id, "lower": lower.id, "share": m2 / square_metres(upper.shape)},
            )


def _stacks(
    buildings: Sequence[Building], of: Collection[int] | None
) -> Iterator[tuple[Building, Building, BaseGeometry]]:
    """Pairs with ground in common: the smaller building, the larger one, the ground. Each pair is cut in one way,
    whatever else is asked about, so that it comes out the same."""
    grounds = [n for n, building in enumerate(buildings) if isinstance(building.shape, Ground)]
    shapes: NDArray[np.object_] = np.asarray([buildings[n].shape for n in grounds], dtype=object)
    asked = np.flatnonzero(np.ones(len(grounds), bool) if of is None else np.isin(grounds, list(of)))
    one, other = shapely.STRtree(shapes).query(shapes[asked])
    one = asked[one]
    pairs = np.unique(np.sort(np.stack([one, other], axis=1)[one != other], axis=1), axis=0)
    meet = shapely.is_valid(shapes[pairs]).all(axis=1)
    meet[meet] = shapely.intersects(*shapes[pairs[meet]].T)
    for a, b in pairs[meet].tolist():
        upper, lower = sorted((buildings[grounds[a]], buildings[grounds[b]]), key=_size)
        common = shapely.intersection(upper.shape, lower.shape)
        if common.area > 0:
            yield upper, lower, _ground_of(common)


def _size(building: Building) -> tuple[float, str, bytes]:
    return building.shape.area, building.id, building.shape.wkb


def _ground_of(shape: BaseGeometry) -> BaseGeometry:
    """The shape without the lines and points beside its ground."""
    parts = shapely.get_parts(shape)
    solid = parts[shapely.get_dimensions(parts) == 2]
    return solid[0] if len(solid) == 1 else shapely.multipolygons(solid)
