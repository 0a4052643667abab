"""Who owns a point, how sure is that, and what does a dispatcher get where nobody does?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.households import verdict
from geo.index import Claim, Owners
from geo.model import Grid, Ground, Region, Standing
from geo.ruleset import DEFAULT, Limits, Ruleset
from geo.tree import chain, filled, outlines

NEAR_M = 10.0
"""A border nearer than this makes an answer `near_boundary` where no accuracy is given, metres (a setting)."""
ACROSS_M = 1.0
"""How far behind the nearest border the neighbour across it may begin, metres."""


class Status(StrEnum):
    OWNED = "owned"
    NEAR_BOUNDARY = "near_boundary"
    SHARED = "shared"
    AMBIGUOUS = "ambiguous"
    GAP = "gap"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Answer:
    """The owner of one point. Distances in metres; `candidates` and `nearest` are (grid, metres)."""

    status: Status
    owner: "Holding | None" = None
    border_distance_m: float | None = None
    neighbour: "Holding | None" = None
    candidates: Sequence[tuple["Holding", float]] = ()
    nearest: tuple["Holding", float] | None = None
    fallback: Region | None = None
    warnings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Holding:
    """A published grid with what is told of it. `id` is its stable number, the same in every publication."""

    id: int
    grid: Grid
    edition: int
    standing: Standing
    households: int | None = None


@dataclass(frozen=True)
class Map:
    """One published state, whole and immutable: a lookup in it never straddles a publication."""

    publication: int = 0
    at: datetime | None = None
    holdings: Sequence[Holding] = ()
    regions: Mapping[str, Region] = field(default_factory=dict)
    region_ids: Mapping[str, int] = field(default_factory=dict)
    boundaries: Mapping[str, Ground] = field(default_factory=dict)
    ruleset: Ruleset = DEFAULT

    @cached_property
    def limits(self) -> dict[str, Limits]:
        """The limits in force in each region; regions below the same statements share one object."""
        parents = {code: region.parent for code, region in self.regions.items()}
        stating = {code: self.ruleset.stating(chain(code, parents)) for code in parents}
        shared = {several: self.ruleset.within(several) for several in set(stating.values())}
        return {code: shared[several] for code, several in stating.items()}

    def verdict(self, holding: Holding) -> str:
        """How a grid's households stand to the size rule where it lies."""
        region = holding.grid.region
        return verdict(holding.grid.kind, holding.households, len(self.by_region[region]), self.limits[region])

    @cached_property
    def owners(self) -> Owners:
        return Owners([Claim(h.grid.code, h.grid.shape, h.standing) for h in self.holdings])

    @cached_property
    def by_region(self) -> dict[str, list[Holding]]:
        """The grids of each divided region, ordered by code."""
        found: dict[str, list[Holding]] = {}
        for holding in sorted(self.holdings, key=lambda holding: holding.grid.code):
            found.setdefault(holding.grid.region, []).append(holding)
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
    def by_code(self) -> dict[str, Holding]:
        return {holding.grid.code: holding for holding in self.holdings}

    @cached_property
    def outlines(self) -> dict[str, Ground]:
        """The ground of every region that has some; a parent's is derived."""
        return outlines(list(self.regions.values()), self.boundaries)

    @cached_property
    def _fallbacks(self) -> tuple[list[str], shapely.STRtree]:
        """Regions, deepest first, with the ground they stand in for, holes included."""
        parents = {code: region.parent for code, region in self.regions.items()}
        codes = sorted(self.outlines, key=lambda code: (-len(chain(code, parents)), code))
        shapes = [self.outlines[c] if c in self.boundaries else filled(self.outlines[c]) for c in codes]
        return codes, shapely.STRtree(np.asarray(shapes, dtype=object))

    def chain(self, code: str) -> list[Region]:
        """The region and everything above it, up to the root."""
        parents = {code: region.parent for code, region in self.regions.items()}
        return [self.regions[above] for above in chain(code, parents) if above in self.regions]

    def holding(self, claim: int) -> Holding:
        return self.by_code[self.owners.claims[claim].code]

    def fallback(self, lon: float, lat: float) -> Region | None:
        """The deepest region whose ground the point lies in."""
        codes, tree = self._fallbacks
        hits = tree.query(shapely.Point(lon, lat), "intersects")
        return self.regions.get(codes[int(hits.min())]) if len(hits) else None

    def fallbacks(self, xy: NDArray[np.float64]) -> list[str | None]:
        """The code of the deepest region that each point (n, 2) of degrees lies in; None where it lies in none."""
        codes, tree = self._fallbacks
        grounds = np.asarray(tree.geometries, dtype=object)
        shapely.prepare(grounds)
        point, ground = tree.query(shapely.points(xy))
        hit = shapely.intersects_xy(grounds[ground], xy[point, 0], xy[point, 1])
        first = np.full(len(xy), len(codes), dtype=np.int64)
        np.minimum.at(first, point[hit], ground[hit])
        return [codes[number] if number < len(codes) else None for number in first]


def answer(state: Map, lon: float, lat: float, near_m: float = NEAR_M) -> Answer:
    """The owner of a point (degrees, WGS-84) in a published state: always one of the six statuses, never silence."""
    covering = state.owners.covering(lon, lat)
    if not covering:
        return _without_owner(state, lon, lat)
    owner = covering[0]
    border = state.owners.border_distance_m(owner, lon, lat)
    around = state.owners.within(lon, lat, max(near_m, border + ACROSS_M))
    candidates = [(number, metres) for number, metres in around if metres <= near_m]
    across = [number for number, metres in around if number != owner and metres <= border + ACROSS_M]
    return Answer(
        status=_status(state, covering, border, near_m, lon, lat),
        owner=state.holding(owner),
        border_distance_m=border,
        neighbour=state.holding(across[0]) if across else None,
        candidates=[(state.holding(number), metres) for number, metres in _owner_first(candidates, owner)],
    )


def _status(state: Map, covering: list[int], border: float, near_m: float, lon: float, lat: float) -> Status:
    """Precedence: ambiguous, shared, near_boundary, owned. Only provisional ground can be ambiguous."""
    rank = state.owners.claims[covering[0]].standing
    rivals = [number for number in covering if state.owners.claims[number].standing is rank]
    if len(rivals) > 1:
        inner = rank is Standing.PROVISIONAL and any(state.owners.is_inner(number, lon, lat) for number in rivals)
        return Status.AMBIGUOUS if inner else Status.SHARED
    return Status.NEAR_BOUNDARY if border < near_m else Status.OWNED


def _owner_first(candidates: Sequence[tuple[int, float]], owner: int) -> list[tuple[int, float]]:
    return sorted(candidates, key=lambda pair: (pair[0] != owner, pair[1], pair[0]))


def _without_owner(state: Map, lon: float, lat: float) -> Answer:
    fallback, nearest = state.fallback(lon, lat), state.owners.nearest(lon, lat)
    swapped = fallback is None and abs(lon) <= 90 and bool(state.owners.covering(lat, lon))
    return Answer(
        status=Status.OUTSIDE if fallback is None else Status.GAP,
        nearest=None if nearest is None else (state.holding(nearest[0]), nearest[1]),
        fallback=fallback,
        warnings=["axes-swapped"] if swapped else [],
    )
