"""To which grid does each row of somebody's table belong, how was that found, and how sure is it?

A row's point decides where it has one; else its building's id; else its address; else a grid code in it is verified.
Nothing is guessed: what fits several grids is `ambiguous`, what fits none is `unmatched`, both with candidates.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from geo.address import Book
from geo.lookup import NEAR_M, STATUSES, Map, Status
from geo.many import NOBODY, Asker, Many

NOWHERE = -1


class How(StrEnum):
    NONE = ""
    POINT = "point"
    BUILDING = "building-id"
    ADDRESS = "address"
    GRID = "grid-code"


class Quality(StrEnum):
    EXACT = "exact"
    SHARED = "shared"
    NEAR_BOUNDARY = "near_boundary"
    AMBIGUOUS = "ambiguous"
    GAP = "gap"
    OUTSIDE = "outside"
    UNMATCHED = "unmatched"


HOWS, QUALITIES = tuple(How), tuple(Quality)
OF_STATUS = np.array(
    [QUALITIES.index(Quality.EXACT if one is Status.OWNED else Quality(one.value)) for one in STATUSES], dtype=np.int8
)
"""The quality that each status of a point is."""
UNSURE = frozenset({Quality.AMBIGUOUS})
UNOWNED = frozenset({Quality.GAP, Quality.OUTSIDE, Quality.UNMATCHED})


@dataclass(frozen=True, slots=True)
class Keys:
    """What the rows of a table say of their place; `xy` (n, 2) in degrees WGS-84, NaN for none. Texts: "" for none."""

    xy: NDArray[np.float64]
    building: Sequence[str] | None = None
    address: Sequence[str] | None = None
    grid: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Matches:
    """Of n rows: the place each belongs to (a number of `Matcher.places`, -1 for none), how that was found and how sure
    it is (numbers of `HOWS`, `QUALITIES`), metres to the border of the owner where a point was asked (else NaN), and
    candidates by row."""

    place: NDArray[np.int64]
    how: NDArray[np.int8]
    quality: NDArray[np.int8]
    distance_m: NDArray[np.float64]
    candidates: dict[int, str] = field(default_factory=dict)

    @classmethod
    def none(cls, count: int) -> "Matches":
        unmatched = np.full(count, QUALITIES.index(Quality.UNMATCHED), dtype=np.int8)
        return cls(np.full(count, NOWHERE), np.zeros(count, np.int8), unmatched, np.full(count, np.nan))

    def put(self, row: int, how: How, quality: Quality, place: int = NOWHERE, candidates: str = "") -> None:
        self.place[row], self.how[row], self.quality[row] = place, HOWS.index(how), QUALITIES.index(quality)
        if candidates:
            self.candidates[row] = candidates


@dataclass(frozen=True)
class Register:
    """Published buildings: ids, addresses and the code of the grid that owns each (None: nobody)."""

    ids: Sequence[str] = ()
    addresses: Sequence[str] = ()
    grids: Sequence[str | None] = ()


class Matcher:
    """Matches tables against one published state, and against its buildings where a table names some."""

    def __init__(self, state: Map, register: Register | None = None, near_m: float = NEAR_M) -> None:
        register = register or Register()
        self.state, self.near_m = state, near_m
        self.codes = state.owners.codes
        self.region_codes = sorted(state.regions)
        """Places are the claims, then the regions: ground that no grid has still has a deepest region."""
        self._asker = Asker(state, near_m)
        self._claim = {code: number for number, code in reversed(list(enumerate(self.codes)))}
        self._region = {code: len(self.codes) + number for number, code in enumerate(self.region_codes)}
        self._register = {id: number for number, id in enumerate(register.ids)}
        self._addresses, self._grids = register.addresses, register.grids
        self._book = Book(zip(register.addresses, register.ids, strict=True))

    def match(self, keys: Keys) -> Matches:
        """The verdict on each row."""
        found = Matches.none(len(keys.xy))
        pointed = ~np.isnan(keys.xy).any(axis=1)
        if pointed.any():
            self._points(keys.xy[pointed], np.flatnonzero(pointed), found)
        for row in np.flatnonzero(~pointed).tolist():
            self._named(row, keys, found)
        return found

    def _named(self, row: int, keys: Keys, found: Matches) -> None:
        """By building, address or grid code, whichever the row has and we know, in this order."""
        if keys.building is not None and (number := self._register.get(keys.building[row].strip())) is not None:
            self._owned(row, How.BUILDING, [number], found)
            return
        address = keys.address[row] if keys.address is not None else ""
        if address and (several := self._book.of(address)):
            self._owned(row, How.ADDRESS, [self._register[id] for id in several], found)
            return
        if keys.grid is not None and (claim := self._claim.get(keys.grid[row].strip())) is not None:
            found.put(row, How.GRID, Quality.EXACT, claim)
        elif address:
            near = [self._register[id] for id in self._book.candidates(address)]
            found.put(row, How.NONE, Quality.UNMATCHED, candidates=self._told(near))

    def _owned(self, row: int, how: How, buildings: Sequence[int], found: Matches) -> None:
        """One grid is an answer, however many buildings led to it; several are none."""
        grid, *others = {self._grids[number] for number in buildings}
        if others:
            found.put(row, how, Quality.AMBIGUOUS, candidates=self._told(buildings))
            return
        place = NOWHERE if grid is None else self._claim.get(grid, NOWHERE)
        found.put(row, how, Quality.GAP if place == NOWHERE else Quality.EXACT, place)

    def _told(self, buildings: Sequence[int]) -> str:
        """Address and grid of some buildings, each pair once."""
        pairs = dict.fromkeys(f"{self._addresses[one]} ({self._grids[one] or '-'})" for one in buildings)
        return "; ".join(pairs)

    def _points(self, xy: NDArray[np.float64], rows: NDArray[np.int64], found: Matches) -> None:
        told = self._asker.answers(xy)
        found.how[rows] = HOWS.index(How.POINT)
        found.quality[rows] = OF_STATUS[told.status]
        found.distance_m[rows] = told.border_distance_m
        owned = told.owner != NOBODY
        found.place[rows[owned]] = told.owner[owned]
        self._near(xy, rows, told, found)
        order = np.lexsort((told.claim, told.point))
        self._list(rows, told.point[order], told.claim[order], found)
        self._unowned(xy[~owned], rows[~owned], found)

    def _near(self, xy: NDArray[np.float64], rows: NDArray[np.int64], told: Many, found: Matches) -> None:
        """Points close to the border of their grid, with the grids on its other side, the nearest first; a grid that
        covers the point too is no metre away."""
        near = np.flatnonzero(told.status == STATUSES.index(Status.NEAR_BOUNDARY))
        point, claim = self.state.owners.beside(xy[near], self.near_m)
        other = claim != told.owner[near[point]]
        point, claim = point[other], claim[other]
        metres = self._asker.borders.distances_m(xy[near[point]], claim)
        covered = np.stack(self.state.owners.hits(xy[near])) if len(near) else np.empty((2, 0), dtype=np.int64)
        metres[np.isin(point * len(self.codes) + claim, covered[0] * len(self.codes) + covered[1])] = 0.0
        order = np.lexsort((claim, metres, point))
        order = order[metres[order] <= self.near_m]
        self._list(rows[near], point[order], claim[order], found)

    def _list(
        self, rows: NDArray[np.int64], point: NDArray[np.int64], claim: NDArray[np.int64], found: Matches
    ) -> None:
        for row, number in zip(rows[point].tolist(), claim.tolist(), strict=True):
            before = found.candidates.get(row)
            code = self.codes[number]
            found.candidates[row] = code if before is None else f"{before}; {code}"

    def _unowned(self, xy: NDArray[np.float64], rows: NDArray[np.int64], found: Matches) -> None:
        """No grid owns these points; the deepest region that has their ground is told, if any."""
        if not len(xy):
            return
        codes = self.state.fallbacks(xy)
        found.place[rows] = [NOWHERE if code is None else self._region[code] for code in codes]
