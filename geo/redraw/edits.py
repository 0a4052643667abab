"""What may a planner ask for?

Each edit is an intent as a value; shapes are lon/lat in degrees, WGS-84, not yet on the lattice. `geo.redraw.drawn`
makes new ground of them. `snap_m` is how far a drawn line may be led to what stands near it, metres; `cut` says that a
border may pass through buildings.
"""

from dataclasses import dataclass
from typing import TypeAlias

from shapely import LineString

from geo.model import Grid, GridKind, Ground

Place: TypeAlias = tuple[float, float]
"""lon, lat."""

SNAP_M = 3.0
"""Default of `snap_m`: what a hand misses on a map at zoom 17, and less than the width of a lane between buildings."""
MOST_SNAP_M = 50.0
MOST_CODE = 64
"""Characters of a code; as in files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """One grid by one line or several, or in two by ground: what it has of that, and the rest. Its parts but one are
    new grids, of the codes given or the next free ones; `codes` go to the new parts from west to east.

    Either `lines` or `grounds` are given. Several grounds count as one, and the grid must have some of each.
    """

    grid: str
    lines: tuple[LineString, ...] = ()
    grounds: tuple[Ground, ...] = ()
    codes: tuple[str, ...] = ()
    snap_m: float = SNAP_M
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Grids of one region become one: `into` names the one that stays, else the policy of codes says it."""

    grids: tuple[str, ...]
    into: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveNode:
    """A node goes elsewhere, and every edge that ends in it follows. Only `start` is led to a node: `end` is where it
    goes, though another border is near."""

    start: Place
    end: Place
    snap_m: float = SNAP_M
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveEdge:
    """The stretch of a border along `start` comes to lie along `end`, for both sides: its ends move from the ends of
    the one line to those of the other, and what joins it there follows."""

    start: LineString
    end: LineString
    snap_m: float = SNAP_M
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reshape:
    """A line that meets a shared border twice or more becomes that border between the first place and the last.

    `grids` are the two on its sides where the line alone does not tell.
    """

    line: LineString
    grids: tuple[str, str] | None = None
    snap_m: float = SNAP_M
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign:
    """Drawn ground goes to a grid, whoever of the plan's grids has it now; ground outside the plan stays where it
    is."""

    ground: Ground
    grid: str
    snap_m: float = SNAP_M
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimGap:
    """The gap that a place lies in goes to a grid; without one it becomes a new grid of the region it lies in."""

    place: Place
    grid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replace:
    """All grids of a region are drawn anew: snapped to each other and to the boundary, and noded. Grids without a code
    get one."""

    region: str
    grids: tuple[Grid, ...]
    snap_m: float = SNAP_M
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recode:
    """A grid gets another code."""

    start: str
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Set:
    """A grid's name or kind; what is None stays."""

    grid: str
    name: str | None = None
    kind: GridKind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A region gets the boundary that was ordered. Ground it loses goes to the plan's region that the order gives it
    to, ground it gains comes from there; each piece to the grid with the longest border to it."""

    region: str
    boundary: Ground
    cut: bool = False


Edit: TypeAlias = Split | Merge | MoveNode | MoveEdge | Reshape | Assign | ClaimGap | Replace | Recode | Set | Order
