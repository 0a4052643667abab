"""How are the grids and regions of a published state read, one by one, from flat columns?

Nothing is made of a column before somebody asks for it: a country has more grids than a process can have objects.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from geo.cells import Cells
from geo.column import Columns, Texts
from geo.index import Owners
from geo.model import GridKind, Ground, Region, Standing
from geo.nodes import Nodes
from geo.state import Holding

KINDS = tuple(GridKind)
UNKNOWN = -1
"""Households that nobody counted; no parent; no edition."""
MOST_KEPT = 20_000
"""Things made of columns that are kept for the next who asks: a city's grids."""

Made = TypeVar("Made")


class Lazy(Sequence[Made], Generic[Made]):
    """Things made one by one of columns when they are asked for."""

    def __init__(self, count: int, make: Callable[[int], Made]) -> None:
        self._count, self._make = count, make
        self._kept: dict[int, Made] = {}

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, number: int) -> Made: ...
    @overload
    def __getitem__(self, number: slice) -> list[Made]: ...
    def __getitem__(self, number: int | slice) -> Made | list[Made]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(self._count))]
        found = self._kept.get(number)
        if found is None:
            if not -self._count <= number < self._count:
                raise IndexError(number)
            found = self._make(number % self._count)
            if len(self._kept) < MOST_KEPT:
                self._kept[number] = found
        return found


class ByCode(Mapping[str, Made], Generic[Made]):
    """Things by their codes, of which some runs are each in order. `runs`: where each begins, and the end."""

    def __init__(self, codes: Texts, things: Callable[[int], Made], runs: Sequence[int]) -> None:
        self._codes, self._things, self._runs = codes, things, runs
        self._kept: dict[str, int] = {}

    def __getitem__(self, code: str) -> Made:
        number = self._kept.get(code)
        if number is None:
            number = self._number(code)
            if len(self._kept) < MOST_KEPT:
                self._kept[code] = number
        return self._things(number)

    def _number(self, code: str) -> int:
        for first, last in zip(self._runs, self._runs[1:], strict=False):
            number = self._codes.find(code, first, last)
            if number is not None:
                return number
        raise KeyError(code)

    def __iter__(self) -> Iterator[str]:
        return iter(self._codes)

    def __len__(self) -> int:
        return self._runs[-1]


class Book:
    """The attributes of grids, in the order of the owner rule, and of regions, in that of their codes."""

    def __init__(self, columns: Columns, proven: int, nodes: Nodes) -> None:
        self._proven, self._nodes = proven, nodes
        self.codes, self._names = Texts.read("grid.code", columns), Texts.read("grid.name", columns)
        self.grid = {name: columns[f"grid.{name}"].data for name in ("id", "kind", "region", "edition", "households")}
        self.region_codes = Texts.read("region.code", columns)
        self._texts = {name: Texts.read(f"region.{name}", columns) for name in ("name", "level", "scheme")}
        self.region = {name: columns[f"region.{name}"].data for name in ("id", "parent", "enclave", "edition")}
        count = len(self.region_codes)
        self.holdings = Lazy(len(self.codes), self._holding)
        self.by_code = ByCode(self.codes, self.holdings.__getitem__, [0, proven, len(self.codes)])
        self.regions = ByCode(self.region_codes, Lazy(count, self._region).__getitem__, [0, count])
        self.region_ids = ByCode(self.region_codes, self.region["id"].__getitem__, [0, count])

    def _standing(self, number: int) -> Standing:
        return Standing.PROVEN if number < self._proven else Standing.PROVISIONAL

    def depth(self, regions: NDArray[np.generic], nodes: Nodes, cells: Cells) -> tuple[Sequence[str], Owners]:
        """The regions of one depth: their numbers, and their ground."""
        codes = Lazy(len(regions), lambda claim: self.region_codes[int(regions[claim])])
        return codes, Owners.of(codes, len(regions), nodes, cells)

    def _holding(self, number: int) -> Holding:
        households = self.grid["households"][number]
        return Holding(
            id=self.grid["id"][number],
            code=self.codes[number],
            name=self._names[number],
            kind=KINDS[self.grid["kind"][number]],
            region=self.region_codes[self.grid["region"][number]],
            edition=self.grid["edition"][number],
            standing=self._standing(number),
            households=None if households == UNKNOWN else households,
            ground=partial(self._nodes.ground, number),
        )

    def _region(self, number: int) -> Region:
        parent = self.region["parent"][number]
        return Region(
            code=self.region_codes[number],
            name=self._texts["name"][number],
            level=self._texts["level"][number],
            parent=None if parent == UNKNOWN else self.region_codes[parent],
            enclave=bool(self.region["enclave"][number]),
            scheme=self._texts["scheme"][number] or None,
        )


class Boundaries(Mapping[str, Ground]):
    """The boundaries of divided regions, found by depth and claim among the grounds of all regions."""

    def __init__(self, codes: Texts, columns: Columns, grounds: Sequence[Nodes]) -> None:
        self._codes, self._depth, self._claim = codes, columns["region.depth"], columns["region.boundary"]
        self._made = Lazy(len(codes), lambda n: grounds[int(self._depth[n])].ground(int(self._claim[n])))

    def __getitem__(self, code: str) -> Ground:
        number = self._codes.find(code)
        if number is None or self._claim[number] == UNKNOWN:
            raise KeyError(code)
        return self._made[number]

    def __iter__(self) -> Iterator[str]:
        return (self._codes[number] for number in np.flatnonzero(self._claim != UNKNOWN).tolist())

    def __len__(self) -> int:
        return int((self._claim != UNKNOWN).sum())
