"""What is put beside every row of somebody's table: grid, chain, how it was found, how sure it is?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from geo.levels import Levels
from geo.lookup import Map
from geo.match import HOWS, QUALITIES, UNOWNED, UNSURE, Matcher, Matches

METRE_DECIMALS = 2


@dataclass(frozen=True)
class Beside:
    """Our columns for one published state. `levels` are those of its tree."""

    matcher: Matcher
    counts: Counter[str] = field(default_factory=Counter)
    hows: Counter[str] = field(default_factory=Counter)

    @property
    def state(self) -> Map:
        return self.matcher.state

    @property
    def columns(self) -> list[str]:
        chain = Levels(self.state.regions).columns
        return [
            *("grid_code", "grid_name"), *chain,
            *("match", "quality", "distance_m", "candidates", "publication"),
        ]  # fmt: skip

    def named(self, theirs: Sequence[str]) -> list[str]:
        """Our columns' names, told apart from theirs: `matched_grid_code` where they have a `grid_code`."""
        found: list[str] = []
        for name in self.columns:
            free = name
            while free in theirs or free in found:
                free = f"matched_{free}"
            found.append(free)
        return found

    def places(self) -> list[pa.Array]:
        """Grid and chain of each place of the matcher: its claims, then regions whose ground no grid has."""
        levels, grids = Levels(self.state.regions), self.state.by_code
        rows: list[list[str | None]] = []
        for code in self.matcher.codes:
            grid = grids[code]
            rows.append([code, grid.name, *levels.values(grid.region)])
        rows += [[None, None, *levels.values(code)] for code in self.matcher.region_codes]
        width = 2 + len(levels.columns)
        return [pa.array([row[column] for row in rows], pa.string()) for column in range(width)]

    def arrays(self, places: Sequence[pa.Array], found: Matches) -> list[pa.Array]:
        """Our columns for the rows of some matches, and their sums kept."""
        place = pa.array(found.place, mask=found.place < 0)
        self._count(found)
        return [
            *(column.take(place) for column in places),
            pa.array(HOWS).take(pa.array(found.how)),
            pa.array(QUALITIES).take(pa.array(found.quality)),
            pa.array(found.distance_m.round(METRE_DECIMALS), mask=np.isnan(found.distance_m)),
            _sparse(found),
            pa.repeat(self.state.publication, len(found.place)),
        ]

    def _count(self, found: Matches) -> None:
        for names, codes, counts in ((QUALITIES, found.quality, self.counts), (HOWS, found.how, self.hows)):
            for name, number in zip(names, np.bincount(codes, minlength=len(names)).tolist(), strict=True):
                counts[name.value or "none"] += number

    @property
    def apart(self) -> int:
        """Rows without an owner that is sure."""
        return sum(self.counts[quality] for quality in UNOWNED | UNSURE)


def masks(found: Matches) -> tuple[pa.Array, pa.Array]:
    """Which rows nobody owns, and which several grids may own."""
    return tuple(pa.array(np.isin(found.quality, [QUALITIES.index(one) for one in of])) for of in (UNOWNED, UNSURE))


def _sparse(found: Matches) -> pa.Array:
    texts = np.full(len(found.place), None, dtype=object)
    for row, told in found.candidates.items():
        texts[row] = told
    return pa.array(texts, pa.string())
