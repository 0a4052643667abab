"""What does the division archive of a grid (网格划分档案) hold?"""

from collections.abc import Mapping
from dataclasses import dataclass

import shapely
from sqlalchemy.orm import Session

from geo.chronicle import Count, Turn, Version, turns
from geo.model import Grid
from geo.store import ancestry, history, published
from geo.store.ancestry import Line
from geo.store.history import Occasion
from geo.store.published import current_publication


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """A grid as it is, or as it was last, at publication `number`; what became of it and where it comes from.

    `neighbours` are the grids that have a border with it then, `beside` how many grids divide its region.
    """

    number: int
    now: int
    version: Version
    count: Count | None
    neighbours: tuple[Grid, ...]
    beside: int
    turns: tuple[Turn, ...]
    line: Line
    occasions: Mapping[int, Occasion]

    @property
    def in_force(self) -> bool:
        return self.version.last is None


def archive(session: Session, code: str) -> Archive | None:
    """The archive of a grid, of a retired one too; None for a code that no grid ever had."""
    versions = history.versions(session, code)
    if not versions:
        return None
    now, last, counts = current_publication(session), versions[-1], history.counts(session, code)
    number = now if last.last is None else last.last
    found, line = turns(versions, counts), ancestry.line(session, code)
    near = [grid for one in published.editions(session, number, meets=[last.grid.shape]) for grid in one.grids]
    shapes = [grid.shape for grid in near]
    common = shapely.length(shapely.intersection(shapely.boundary(shapes), shapely.boundary(last.grid.shape)))
    held = [one for one in counts if one.first <= number]
    return Archive(
        number=number,
        now=now,
        version=last,
        count=held[-1] if held else None,
        neighbours=tuple(g for g, m in zip(near, common.tolist(), strict=True) if m > 0 and g.code != code),
        beside=sum(1 for grid in near if grid.region == last.grid.region),
        turns=tuple(found),
        line=line,
        occasions=history.occasions(session, {one.number for one in found} | {one.number for one in line.steps}),
    )
