"""What is to be drawn, and as what?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from shapely import Polygon

from geo.model import Building, Grid, Ground, Line, Values, Water

BARRIERS = frozenset({"river", "canal", "railway", "wall", "motorway", "trunk", "water"})
"""Classes of lines that a grid should not lie on both sides of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What counts how much where grids cannot have everything; only how they stand to each other matters."""

    balance: float = 0.2
    shape: float = 0.4
    streets: float = 0.3
    barriers: float = 0.1
    compounds: float = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How a region wants its grids. `least` and `most` households; `barriers` are classes of lines."""

    least: int = 300
    most: int = 500
    barriers: frozenset[str] = BARRIERS
    weights: Weights = field(default_factory=Weights)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A region's ground, and what stands and runs on it, lon/lat on the lattice.

    Buildings outside of the boundary and lines that only pass by may be among them. `present` are the grids as they are
    now, where they are to be changed as little as heals them; `only` the codes of those whose ground may change (empty:
    wherever that heals), and `number` how many grids are to be on it, or on all of the boundary without `present`.
    `kept` are blocks of a former drawing to begin with; where they do not cover the boundary exactly others are made.
    """

    boundary: Ground
    buildings: Sequence[Building] = ()
    lines: Sequence[Line] = ()
    water: Sequence[Water] = ()
    present: Sequence[Grid] = ()
    only: frozenset[str] = frozenset()
    number: int | None = None
    kept: Sequence[Polygon] = ()
    wishes: Wishes = field(default_factory=Wishes)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a drawing is: `done` of `total` of a phase, `blocks` or `grids`; `best` is what the best plan so far is
    worth, up to 1, None where there is none yet."""

    phase: str
    done: int
    total: int
    best: float | None = None


class Enough(Exception):  # noqa: N818 - a wish, not a mistake
    """Raised by whoever is told of progress: the drawing ends with the best so far."""


class ApartError(ValueError):
    """Grids that are to be drawn anew together do not lie together."""


class Why(StrEnum):
    """Why a drawing is not as it should be."""

    TOWER = "tower"
    CANNOT_DIVIDE = "cannot-divide"
    OUT_OF_RANGE = "out-of-range"
    OUTSIDE = "outside"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Reason:
    """`values` are what a sentence about it needs: households, grids and their sizes, least and most."""

    why: Why
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Grids (n,) that cover the boundary exactly, from west to east, how many households each has (n,), and why some
    are not as they should be; the blocks (m,) they were put together from, none where present grids were changed; and
    how many households had to move at least, whatever is drawn, None where all was drawn anew."""

    shapes: tuple[Polygon, ...]
    households: tuple[int, ...]
    reasons: tuple[Reason, ...] = ()
    blocks: tuple[Polygon, ...] = ()
    least_moved: int | None = None
