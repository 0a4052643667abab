"""What does an edit work on, and what comes of it?"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from enum import StrEnum

import shapely
from shapely import LineString

from geo.model import Building, Grid, Ground, Line, Region
from geo.places import Box


class Keeps(StrEnum):
    """Which part of a split or merged grid keeps a code."""

    LARGER = "larger"
    """The one with more households, then with more ground, then the one further west."""
    NONE = "none"
    """All parts get new codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """What codes may be given. `given` are all codes that ever were, in the store or by the plan; `schemes` the code
    scheme in force in each region of the plan, absent where any unique text will do."""

    given: AbstractSet[str] = frozenset()
    schemes: Mapping[str, str] = field(default_factory=dict)
    keeps: Keeps = Keeps.LARGER


class Surroundings:
    """What stands on the plan's ground and no edit changes: buildings that borders go round, lines they follow."""

    def __init__(self, buildings: Sequence[Building] = (), lines: Sequence[Line] = ()) -> None:
        self.buildings, self.lines = tuple(buildings), tuple(lines)
        self._homes = shapely.STRtree([building.shape for building in self.buildings])
        self._streets = shapely.STRtree([line.shape for line in self.lines])

    def buildings_in(self, box: Box) -> list[Building]:
        """Buildings whose box meets a box (west, south, east, north)."""
        return [self.buildings[n] for n in sorted(self._homes.query(shapely.box(*box)).tolist())]

    def lines_in(self, box: Box) -> list[Line]:
        """Lines whose box meets a box."""
        return [self.lines[n] for n in sorted(self._streets.query(shapely.box(*box)).tolist())]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A plan's ground as it is: its divided regions by code, each with its boundary as `shape`, and their grids by
    code.

    `faulty` are the regions whose grids do not cover them exactly yet: an edit need not leave them exact, but it never
    makes a region faulty. Everything is on the lattice.
    """

    regions: Mapping[str, Region]
    grids: Mapping[str, Grid]
    faulty: frozenset[str] = frozenset()
    codes: Codes = Codes()
    surroundings: Surroundings = field(default_factory=Surroundings)

    def boundary(self, region: str) -> Ground:
        """The boundary of a region of the plan. Raises KeyError."""
        shape = self.regions[region].shape
        assert shape is not None  # a board's regions have their boundaries
        return shape

    def grids_of(self, region: str) -> list[Grid]:
        """The grids that divide a region, by code."""
        return sorted((grid for grid in self.grids.values() if grid.region == region), key=lambda grid: grid.code)

    def after(self, outcome: "Outcome") -> "Board":
        """The board with what an edit made."""
        grids = {code: grid for code, grid in self.grids.items() if code not in outcome.gone}
        grids |= {grid.code: grid for grid in outcome.grids}
        regions = {**self.regions, **{region.code: region for region in outcome.regions}}
        new = {grid.code for grid in outcome.grids} | outcome.gone
        # a city has given very many codes, and most edits give none
        codes = self.codes if new <= self.codes.given else replace(self.codes, given=self.codes.given | new)
        return replace(self, regions=regions, grids=grids, codes=codes, faulty=self.faulty - outcome.healed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an edit, or a list of them, made: grids that are new or not as they were, codes of those that are no more,
    regions with another boundary.

    `amended` are codes of grids and regions among them that only gained nodes. `healed` are regions that were faulty
    and are exact now. `drawn` are the lines of the edits after they were led to what stands near them.
    """

    grids: tuple[Grid, ...] = ()
    gone: frozenset[str] = frozenset()
    regions: tuple[Region, ...] = ()
    amended: frozenset[str] = frozenset()
    healed: frozenset[str] = frozenset()
    drawn: tuple[LineString, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.grids or self.gone or self.regions)
