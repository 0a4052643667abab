"""Which facilities of a plan stand in no grid, and which grids lack one that they should have?

Kept facility by facility and grid by grid, so that a change asks again only for what lies near it.
"""

from collections.abc import Collection, Iterator
from itertools import chain

from geo import facilities
from geo.changes import Concern
from geo.layout import Layout
from geo.model import Facility, Finding, Grid
from geo.places import Places, box_of


class Services:
    """Findings by facility and by grid."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._beside = {grid.code: grid for grid in layout.terms.beside}
        self._near_beside = Places.of({code: grid.shape for code, grid in self._beside.items()})
        self._stands: dict[str, list[tuple[str, list[str]]]] = {}
        """The category of each facility (of each of its rows) and the grids it stands in."""
        self._has: dict[str, set[str]] = {}
        """The facilities in each grid."""
        self.by_facility: dict[str, list[Finding]] = {}
        self.by_grid: dict[str, list[Finding]] = {}

    def all(self) -> None:
        """Look at everything."""
        self._place(self._layout.facilities, [*self._all_grids(), *self._beside.values()])
        for code in self._layout.grids:
            self._look_at_grid(code)

    def update(self, concern: Concern) -> None:
        """Look again at facilities on ground that changed, and at the grids that they are in."""
        asked = concern.facilities | self._layout.sites.meeting(concern.ground)
        touched = set(concern.grids)
        for id_ in asked:
            touched |= self._drop(id_)
        rows = [one for id_ in asked for one in self._layout.facilities.get(id_, ())]
        boxes = [box for one in rows if (box := box_of(one.shape))]
        near = [grid for code in self._layout.places.meeting(boxes) for grid in self._layout.grids[code]]
        self._place(asked, [*near, *(self._beside[code] for code in self._near_beside.meeting(boxes))])
        touched |= {code for id_ in asked for _, own in self._stands.get(id_, ()) for code in own}
        for code in touched:
            self._look_at_grid(code)

    @property
    def findings(self) -> Iterator[Finding]:
        """All of them: by facility, then by grid."""
        yield from chain.from_iterable(self.by_facility[id_] for id_ in sorted(self.by_facility))
        yield from chain.from_iterable(self.by_grid[code] for code in sorted(self.by_grid))

    def _all_grids(self) -> list[Grid]:
        return [grid for together in self._layout.grids.values() for grid in together]

    def _place(self, ids: Collection[str], grids: list[Grid]) -> None:
        """Put facilities that are nowhere yet into their grids."""
        rows: list[Facility] = [one for id_ in ids for one in self._layout.facilities.get(id_, ())]
        for one, own in zip(rows, facilities.places(rows, grids), strict=True):
            self._stands.setdefault(one.id, []).append((one.category, own))
            for code in own:
                self._has.setdefault(code, set()).add(one.id)
            if found := [*facilities.unassigned(one, own)]:
                self.by_facility.setdefault(one.id, []).extend(found)

    def _drop(self, id_: str) -> set[str]:
        """Forget a facility; the grids it stood in."""
        self.by_facility.pop(id_, None)
        codes = {code for _, own in self._stands.pop(id_, ()) for code in own}
        for code in codes:
            self._has[code].discard(id_)
        return codes

    def _look_at_grid(self, code: str) -> None:
        self.by_grid.pop(code, None)
        found = list[Finding]()
        for grid in self._layout.grids.get(code, ()):
            limits = self._layout.limits(grid.region)
            if limits.facilities[grid.kind]:
                stands = (pair for id_ in self._has.get(code, ()) for pair in self._stands[id_])
                found += facilities.missing(grid, {category for category, own in stands if code in own}, limits)
        if found:
            self.by_grid[code] = found
