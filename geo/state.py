"""What is one published state, as everybody asks it?"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo.grounds import Grounds
from geo.households import verdict
from geo.index import Claim, Owners
from geo.model import Grid, GridKind, Ground, Region, Standing
from geo.people import Roster, microseconds
from geo.ruleset import DEFAULT, Limits, Ruleset
from geo.tree import chain, filled, outlines


@dataclass(frozen=True)
class Holding:
    """A published grid with what is told of it. `id` is its stable number, the same in every publication.

    Lookups want no shape: that is made (`ground`) when somebody asks for the whole grid.
    """

    id: int
    code: str
    name: str
    kind: GridKind
    region: str
    edition: int
    standing: Standing
    households: int | None
    ground: Callable[[], Ground] = field(compare=False, repr=False)

    @classmethod
    def of(cls, id: int, grid: Grid, edition: int, standing: Standing, households: int | None = None) -> "Holding":
        return cls(id, grid.code, grid.name, grid.kind, grid.region, edition, standing, households, lambda: grid.shape)

    @cached_property
    def grid(self) -> Grid:
        return Grid(code=self.code, name=self.name, kind=self.kind, region=self.region, shape=self.ground())


@dataclass(frozen=True)
class Map:
    """One published state, whole and immutable: a lookup in it never straddles a publication.

    `instants`: when each publication from the first came into force, microseconds since 1970 UTC, (n,).
    """

    publication: int = 0
    at: datetime | None = None
    holdings: Sequence[Holding] = ()
    regions: Mapping[str, Region] = field(default_factory=dict)
    region_ids: Mapping[str, int] = field(default_factory=dict)
    boundaries: Mapping[str, Ground] = field(default_factory=dict)
    ruleset: Ruleset = DEFAULT
    people: Roster = field(default_factory=lambda: Roster.made(()))
    instants: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    def knowing(self, **known: object) -> "Map":
        """This state, of which something was made before that else is worked out when first asked for."""
        vars(self).update(known)
        return self

    @property
    def is_whole(self) -> bool:
        """Whether points that no grid has can be answered at once."""
        return "grounds" in vars(self) or not self.boundaries

    def number_at(self, at: datetime) -> int:
        """The publication in force at an instant, 0 before the first."""
        return bisect_right(self.instants, microseconds(at))

    @cached_property
    def limits(self) -> dict[str, Limits]:
        """The limits in force in each region; regions below the same statements share one object."""
        parents = {code: region.parent for code, region in self.regions.items()}
        stating = {code: self.ruleset.stating(chain(code, parents)) for code in parents}
        shared = {several: self.ruleset.within(several) for several in set(stating.values())}
        return {code: shared[several] for code, several in stating.items()}

    def verdict(self, holding: Holding) -> str:
        """How a grid's households stand to the size rule where it lies."""
        region = holding.region
        return verdict(holding.kind, holding.households, len(self.by_region[region]), self.limits[region])

    @cached_property
    def ordered(self) -> Sequence[Holding]:
        """The grids in the order of the owner rule: number by number the claims of `owners`."""
        return sorted(self.holdings, key=lambda one: (one.standing is not Standing.PROVEN, one.code))

    @cached_property
    def owners(self) -> Owners:
        return Owners([Claim(one.code, one.grid.shape, one.standing) for one in self.ordered])

    @cached_property
    def by_region(self) -> dict[str, list[Holding]]:
        """The grids of each divided region, ordered by code."""
        found: dict[str, list[Holding]] = {}
        for holding in sorted(self.holdings, key=lambda holding: holding.code):
            found.setdefault(holding.region, []).append(holding)
        return found

    @cached_property
    def children(self) -> dict[str, list[str]]:
        """The regions right below each region, ordered by code."""
        found: dict[str, list[str]] = {}
        for code, region in sorted(self.regions.items()):
            if region.parent is not None:
                found.setdefault(region.parent, []).append(code)
        return found

    def under(self, code: str) -> list[str]:
        """The region and every region below it."""
        return [code, *(below for child in self.children.get(code, []) for below in self.under(child))]

    @cached_property
    def by_code(self) -> Mapping[str, Holding]:
        return {holding.code: holding for holding in self.holdings}

    @cached_property
    def outlines(self) -> Mapping[str, Ground]:
        """The ground of every region that has some; a parent's is derived."""
        return outlines(list(self.regions.values()), self.boundaries)

    @cached_property
    def grounds(self) -> Grounds:
        """The ground that each region stands in for, holes of derived outlines included."""
        shapes = {one: ground if one in self.boundaries else filled(ground) for one, ground in self.outlines.items()}
        return Grounds.of(shapes, {code: len(self.chain(code)) for code in shapes})

    def chain(self, code: str) -> list[Region]:
        """The region and everything above it, up to the root."""
        found: list[Region] = []
        region = self.regions.get(code)
        while region is not None and region not in found:
            found.append(region)
            region = None if region.parent is None else self.regions.get(region.parent)
        return found

    def holding(self, claim: int) -> Holding:
        return self.ordered[claim]

    def fallback(self, lon: float, lat: float) -> Region | None:
        """The deepest region whose ground the point lies in."""
        code = self.grounds.deepest(lon, lat)
        return None if code is None else self.regions.get(code)

    def fallbacks(self, xy: NDArray[np.float64]) -> list[str | None]:
        """The code of the deepest region that each point (n, 2) of degrees lies in; None where it lies in none."""
        return self.grounds.deepest_of_many(xy)
