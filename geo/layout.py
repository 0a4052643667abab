"""What does a plan consist of, region by region, and which of it does a change concern?"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cached_property
from math import isnan
from typing import TypeVar

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo import coverage, tree
from geo.changes import Change, Concern, otherwise
from geo.model import Building, Facility, Grid, Ground, Plan, Region
from geo.places import Box, Places, around, box_of
from geo.ruleset import Limits
from geo.terms import ALONE, Terms

Placed = TypeVar("Placed", bound=Grid | Building | Facility)


class Layout:
    """The things of a plan by code, where they lie, and what holds there. Things of one code are kept side by side.

    `elsewhere` is ground of regions outside the plan: a hole of a derived outline is a gap unless somebody is in it.
    """

    def __init__(self, plan: Plan, terms: Terms = ALONE, elsewhere: Sequence[Ground] = ()) -> None:
        self.terms, self.lines, self.water, self._beyond = terms, plan.lines, plan.water, elsewhere
        self.regions = {region.code: region for region in plan.regions}
        self.grids = _together([(grid.code, grid) for grid in plan.grids])
        self.buildings = _together([(building.id, building) for building in plan.buildings])
        self.facilities = _together([(facility.id, facility) for facility in plan.facilities])
        self._codes: dict[str, set[str]] = {}
        for code, grids in self.grids.items():
            for grid in grids:
                self._codes.setdefault(grid.region, set()).add(code)
        self._derived: dict[str, Ground] = {}
        self._limits: dict[str, Limits] = {}
        self._divide()

    def _divide(self) -> None:
        """Which regions are divided, which of them have no grids yet, and which stand above, children first."""
        outlined = {region.code for region in self.regions.values() if region.shape is not None}
        parents = {region.code: region.parent for region in self.regions.values()}
        parents |= dict.fromkeys(tree.cyclic(parents))  # who stands above himself stands above nobody
        owned = {code for code, own in self._codes.items() if own}
        self.own = frozenset(owned | outlined - tree.above(owned | outlined, parents))
        self.divided = sorted(self.own)
        self.bare = frozenset(self.own - owned)
        above = [region for region in self.regions.values() if region.code not in self.own]
        self.upper = [
            code for code in tree.deepest_first(list(self.regions.values())) if above and code not in self.own
        ]
        self._children: dict[str, list[str]] = {}
        for code, parent in sorted(parents.items()):
            if parent is not None:
                self._children.setdefault(parent, []).append(code)

    def children(self, code: str) -> list[str]:
        """The regions right below one, by code."""
        return self._children.get(code, [])

    @property
    def plan(self) -> Plan:
        """Everything as it is now."""
        return Plan(
            regions=tuple(self.regions.values()),
            grids=tuple(_flat(self.grids)),
            buildings=tuple(_flat(self.buildings)),
            facilities=tuple(_flat(self.facilities)),
            lines=self.lines,
            water=self.water,
        )

    def part(self, codes: Sequence[str]) -> Plan:
        """Some regions as they came, and the grids that divide them."""
        regions = tuple(self.regions.get(code) or Region(code=code) for code in codes)
        return Plan(regions=regions, grids=tuple(grid for code in codes for grid in self.grids_of(code)))

    def chain(self, code: str) -> list[str]:
        """The region and everything above it that is known."""
        found = [code]
        while (above := self._parent(found[-1])) is not None and above not in found:
            found.append(above)
        return found

    def _parent(self, code: str) -> str | None:
        region = self.regions.get(code)
        return self.terms.parents.get(code) if region is None else region.parent

    def limits(self, code: str) -> Limits:
        """The limits that hold in a region."""
        if code not in self._limits:
            self._limits[code] = self.terms.ruleset.within(self.chain(code))
        return self._limits[code]

    def scheme(self, code: str) -> str | None:
        """The code scheme of the nearest region, from this one upwards, that states one."""
        for above in self.chain(code):
            region = self.regions.get(above)
            found = self.terms.schemes.get(above) if region is None else region.scheme
            if found is not None:
                return found
        return None

    def grids_of(self, code: str) -> list[Grid]:
        """The grids that divide a region, by code."""
        named = sorted(self._codes.get(code, ()))
        return [grid for name in named for grid in self.grids[name] if grid.region == code]

    def region(self, code: str) -> Region:
        """A divided region with its outline, derived from its grids where it has none of its own."""
        region = self.regions.get(code) or Region(code=code)
        return region if region.shape is not None else replace(region, shape=self.outline(code))

    def outline(self, code: str) -> Ground:
        """The ground of a divided region: its own outline, or its grids together without holes that others lie in."""
        region = self.regions.get(code)
        if region is not None and region.shape is not None:
            return region.shape
        if code not in self._derived:
            shapes = [grid.shape for grid in self.grids_of(code)]
            self._derived[code] = coverage.whole(shapes, self._elsewhere(code, shapes))
        return self._derived[code]

    def _elsewhere(self, code: str, shapes: Sequence[Ground]) -> list[Ground]:
        boxes = [box for shape in shapes if (box := box_of(shape))]
        near = [grid for name in sorted(self.places.meeting(boxes)) for grid in self.grids[name]]
        others = [grid.shape for grid in (*near, *self.terms.beside) if grid.region != code]
        return [*others, *self._beyond]

    @cached_property
    def places(self) -> Places:
        """Where grids lie."""
        return _places(self.grids)

    @cached_property
    def homes(self) -> Places:
        """Where buildings and their entrances lie."""
        return _places(self.buildings)

    @cached_property
    def sites(self) -> Places:
        """Where facilities lie."""
        return _places(self.facilities)

    @cached_property
    def bounds(self) -> Places:
        """Where the outlines of divided regions lie."""
        return Places.of({code: self.outline(code) for code in self.divided})

    def apply(self, change: Change) -> Concern:
        """Take a change in. Raises KeyError for an outline of a region that is not there."""
        named = frozenset(grid.code for grid in change.grids) | (change.gone & self.grids.keys())
        regions = {grid.region for code in named for grid in self.grids.get(code, ())}
        outlined = frozenset(region.code for region in change.regions)
        ground = [box for code in outlined if (box := self.bounds[code])]
        before = {code: self.grids.get(code, ()) for code in named}
        ground += _swapped(self.grids, self.places, named, [(grid.code, grid) for grid in change.grids])
        regions |= {grid.region for grid in change.grids}
        was = self._standing(regions | outlined)
        for region in regions:
            codes = self._codes.get(region, set()) | named
            self._codes[region] = {code for code in codes if any(g.region == region for g in self.grids.get(code, ()))}
        for one in change.regions:
            self.regions[one.code] = replace(self.regions[one.code], shape=one.shape)
        outlines = self._redrawn(regions, ground, self._standing(regions | outlined) != was) | outlined
        for code in outlines:
            self.bounds.put(code, box_of(self.outline(code)) if code in self.own else None)
        buildings = frozenset(one.id for one in change.buildings) | (change.gone & self.buildings.keys())
        facilities = frozenset(one.id for one in change.facilities) | (change.gone & self.facilities.keys())
        _swapped(self.buildings, self.homes, buildings, [(one.id, one) for one in change.buildings])
        _swapped(self.facilities, self.sites, facilities, [(one.id, one) for one in change.facilities])
        ground += [box for code in outlines if (box := self.bounds[code])]
        edges = [box for code in named for box in otherwise(before[code], self.grids.get(code, ()))]
        ground = [*dict.fromkeys(ground)]
        return Concern(frozenset(regions) | outlines, outlines, named, buildings, facilities, ground, edges)

    def _standing(self, codes: AbstractSet[str]) -> list[tuple[bool, bool]]:
        """Whether each of the regions has grids, and an outline of its own: by that it is divided or not."""
        known = [(code, self.regions.get(code)) for code in sorted(codes)]
        return [(bool(self._codes.get(code)), one is not None and one.shape is not None) for code, one in known]

    def _redrawn(self, regions: set[str], ground: Sequence[Box], is_other: bool) -> frozenset[str]:
        """Regions that began or ceased to be divided, and those whose derived outline may be another one now."""
        was = self.own
        if is_other:
            self._divide()
        derived = {code for code in self.bounds.meeting(ground) | regions if code in self._derived}
        for code in derived:
            del self._derived[code]
        return frozenset(derived) | (was ^ self.own)


def _together(pairs: Iterable[tuple[str, Placed]]) -> dict[str, tuple[Placed, ...]]:
    found: dict[str, tuple[Placed, ...]] = {}
    for code, thing in pairs:
        found[code] = (*found.get(code, ()), thing)
    return found


def _flat(things: Mapping[str, tuple[Placed, ...]]) -> list[Placed]:
    found: list[Placed] = []
    for together in things.values():
        found += together
    return found


def _places(things: Mapping[str, tuple[Placed, ...]]) -> Places:
    """Where things lie; those of one code in one box."""
    every = [(code, shape) for code, own in things.items() for one in own for shape in _lying(one)]
    bounds = shapely.bounds(np.array([shape for _, shape in every], dtype=object)).reshape(-1, 4)
    boxes: dict[str, Box] = {}
    for (code, _), (west, south, east, north) in zip(every, bounds.tolist(), strict=True):
        if not isnan(west):  # an empty shape has no box
            boxes[code] = around(boxes.get(code), (west, south, east, north))
    return Places(boxes)


def _lying(thing: Placed) -> list[BaseGeometry]:
    if isinstance(thing, Building) and thing.entrance is not None:
        return [thing.shape, thing.entrance]
    return [thing.shape]


def _swapped(
    things: dict[str, tuple[Placed, ...]], places: Places, named: frozenset[str], put: Sequence[tuple[str, Placed]]
) -> list[Box]:
    """Put things in the place of those that are named; the boxes of where they were and are."""
    before = [places[code] for code in named]
    fresh = _together(put)
    for code in named:
        things.pop(code, None)
        box: Box | None = None
        for one in fresh.get(code, ()):
            for shape in _lying(one):
                own = box_of(shape)
                box = box if own is None else around(box, own)
        places.put(code, box)
    things.update(fresh)
    return [box for box in (*before, *(places[code] for code in named)) if box is not None]


def divided_regions(plan: Plan, around: Sequence[Ground] = ()) -> list[tuple[Region, list[Grid]]]:
    """Each region that has an outline of its own or grids, with its outline (derived where it has none) and grids.

    `around` is ground of regions outside the plan.
    """
    layout = Layout(plan, elsewhere=around)
    return [(layout.region(code), layout.grids_of(code)) for code in layout.divided]
