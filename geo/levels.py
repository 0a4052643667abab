"""Which regions stand above a grid, one column a level, as departments join on them?"""

import re
from collections.abc import Mapping

from geo.model import Region
from geo.tree import chain


class Levels:
    """The levels of a tree of regions, deepest first, and the chain of each region in columns of code and name."""

    def __init__(self, regions: Mapping[str, Region]) -> None:
        self._regions = regions
        self._parents = {code: region.parent for code, region in regions.items()}
        depths: dict[str, int] = {}
        for code, region in sorted(regions.items()):
            depths[region.level] = max(depths.get(region.level, 0), len(chain(code, self._parents)))
        self.levels = tuple(sorted(depths, key=lambda level: (-depths[level], level)))
        self._place = {level: number for number, level in enumerate(self.levels)}
        self.stems = tuple(_stem(level, number) for number, level in enumerate(self.levels, start=1))

    @property
    def columns(self) -> list[str]:
        """`community_code`, `community_name`, `street_code` ..., two columns a level."""
        return [f"{stem}_{part}" for stem in self.stems for part in ("code", "name")]

    def values(self, code: str | None) -> list[str | None]:
        """Code and name of the region and of all above it, each under its level, None where the chain has no such
        level. Of two regions of one level the nearer one is told; an unknown region has no chain."""
        found: list[str | None] = [None] * (2 * len(self.levels))
        for above in chain(code, self._parents) if code is not None else ():
            region = self._regions.get(above)
            if region is not None and found[at := 2 * self._place[region.level]] is None:
                found[at : at + 2] = [region.code, region.name]
        return found


def _stem(level: str, number: int) -> str:
    """A level's name as the beginning of a column's name; `level3` for one that has none."""
    return re.sub(r"\W+", "_", level.strip().lower()).strip("_") or f"level{number}"
