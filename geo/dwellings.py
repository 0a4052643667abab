"""Who owns the buildings of a plan, what is wrong with them, and with how many households grids have?

Kept building by building and region by region, so that a change asks again only for what lies near it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

from geo.changes import Concern
from geo.ground import Vague
from geo.households import building_findings, counted, repeated, size_findings
from geo.layout import Layout
from geo.model import Building, Finding, Grid, Rule
from geo.owned import Owned, owned
from geo.places import Box, Places, around, box_of


class Dwellings:
    """Owners, findings of buildings and of sizes. `counts` are the households of each grid that has a counted building;
    `total` and `covered` those of all buildings, and of those that a grid owns."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._beside = {grid.code: grid for grid in layout.terms.beside}
        self._near_beside = Places.of({code: grid.shape for code, grid in self._beside.items()})
        self.by_building: dict[str, list[Finding]] = {}
        self.by_region: dict[str, list[Finding]] = {}
        self.counts: dict[str, int] = {}
        self.total = self.covered = 0
        self.owners: dict[str, str | None] = {}
        """The owner of each building, counted or not; of several rows that of the one that counts, else the first."""
        self._counted = Counter[str]()
        """Counted buildings of each grid."""
        self._homes: dict[str, tuple[str | None, int]] = {}
        """Owner and households of each building that counts."""
        self._towers: dict[str, set[str]] = defaultdict(set)
        """Buildings that alone have too many households, by their owner."""

    def all(self, vague: Vague) -> None:
        """Look at everything; `vague` is ground of which nobody can tell what stands in it."""
        buildings = [one for rows in self._layout.buildings.values() for one in rows]
        grids = [grid for together in self._layout.grids.values() for grid in together]
        if buildings:
            self._take(owned(buildings, [*grids, *self._beside.values()]), vague)
        for code in self._layout.divided:
            self._size(code, vague)

    def update(self, concern: Concern, vague: Vague) -> dict[str, str | None]:
        """Look again at the buildings on ground that changed, and at the sizes of grids that they are in.

        The owners before of those buildings that have another one now.
        """
        told = {id_ for id_ in self.by_building if self._layout.homes.is_at(id_, concern.ground)}
        asked = concern.buildings | self._layout.homes.meeting(concern.edges) | told
        owned_by = {id_: self.owners[id_] for id_ in asked if id_ in self.owners}
        before = {owner for id_ in asked if (owner := self._drop(id_))}
        rows = [one for id_ in sorted(asked) for one in self._layout.buildings.get(id_, ())]
        if rows:
            self._take(owned(rows, self._grids_round(rows)), vague)
        after = {home[0] for id_ in asked if (home := self._homes.get(id_))}
        grids = [grid for code in before | after if code for grid in self._layout.grids.get(code, ())]
        for code in concern.regions | {grid.region for grid in grids}:
            self._size(code, vague)
        return {id_: owner for id_, owner in owned_by.items() if self.owners.get(id_, owner) != owner}

    @property
    def findings(self) -> Iterator[Finding]:
        """All of them: of buildings by id, then of sizes by region."""
        yield from chain.from_iterable(self.by_building[id_] for id_ in sorted(self.by_building))
        yield from chain.from_iterable(self.by_region[code] for code in sorted(self.by_region))

    def _grids_round(self, buildings: Sequence[Building]) -> list[Grid]:
        """The grids that may own some buildings."""
        box: Box | None = None
        for building in buildings:
            for shape in (building.shape, building.entrance):
                here = box_of(shape)
                box = box if here is None else around(box, here)
        boxes = [] if box is None else [box]
        own = [grid for code in sorted(self._layout.places.meeting(boxes)) for grid in self._layout.grids[code]]
        return [*own, *(self._beside[code] for code in sorted(self._near_beside.meeting(boxes)))]

    def _take(self, found: Owned, vague: Vague) -> None:
        """Owners of buildings none of which is known yet, and what is wrong with them."""
        owners = [*found.codes, None]
        for building, number, counts in zip(found.buildings, found.grid.tolist(), counted(found), strict=True):
            owner = owners[number]
            if counts or building.id not in self.owners:
                self.owners[building.id] = owner
            if counts and building.households is not None and owner not in self._beside:
                self._count(owner, building.households, 1)
                self._homes[building.id] = owner, building.households
        elsewhere = {
            one.id for one, n in zip(found.buildings, found.grid.tolist(), strict=True) if owners[n] in self._beside
        }
        for finding in self._judged(found):
            id_ = finding.codes[0]
            if id_ not in elsewhere and not vague.hides(finding):
                self.by_building.setdefault(id_, []).append(finding)
                if finding.rule is Rule.TOWER_OVER:
                    self._towers[finding.codes[1]].add(id_)

    def _judged(self, found: Owned) -> Iterator[Finding]:
        grids = {code: grids[0] for code in found.codes if (grids := self._layout.grids.get(code))}
        limits = {region: self._layout.limits(region) for region in {grid.region for grid in grids.values()}}
        yield from building_findings(found, grids.values(), limits)
        several = {building.id for building in found.buildings if len(self._layout.buildings[building.id]) > 1}
        for id_ in sorted(several):
            yield from repeated(self._layout.buildings[id_])

    def _count(self, owner: str | None, households: int, sign: int) -> None:
        """Add households to their owner's and to all, or take them out."""
        self.total += sign * households
        if owner is None:
            return
        self.covered += sign * households
        self._counted[owner] += sign
        self.counts[owner] = self.counts.get(owner, 0) + sign * households
        if not self._counted[owner]:
            del self.counts[owner]

    def _drop(self, id_: str) -> str | None:
        """Forget a building; the grid that owned it."""
        self.owners.pop(id_, None)
        for finding in self.by_building.pop(id_, ()):
            if finding.rule is Rule.TOWER_OVER:
                self._towers[finding.codes[1]].discard(id_)
        if id_ not in self._homes:
            return None
        owner, households = self._homes.pop(id_)
        self._count(owner, households, -1)
        return owner

    def _size(self, code: str, vague: Vague) -> None:
        self.by_region.pop(code, None)
        if code not in self._layout.own:
            return
        hidden = vague.codes.get(code, frozenset())
        terms, limits, grids = self._layout.terms, self._layout.limits(code), self._layout.grids_of(code)
        told = size_findings(self._layout.region(code), grids, self.counts, limits, terms.before, self._towers)
        if found := [finding for finding in told if finding.codes[0] not in hidden]:
            self.by_region[code] = found
