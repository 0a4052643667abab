"""Which faults does the ground of a plan have, division by division and between divisions?

Every answer is kept under what it depends on alone, so that a check of what changed gives what a check of all would.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeAlias

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo import border, coverage, healing, screen
from geo.above import Above
from geo.changes import Concern
from geo.layout import Layout
from geo.measure import square_metres
from geo.model import Finding, Ground, Rule, Severity
from geo.places import Places, box_of
from geo.rings import is_sound, solid

Pair: TypeAlias = tuple[str, str]
THIN = frozenset({Rule.GAP, Rule.OVERLAP, Rule.SPILL})
"""What can be a sliver."""


@dataclass(frozen=True, slots=True)
class Vague:
    """Ground about which little can be said until rings are mended: where it is, and by region the grids whose
    households nobody can tell."""

    ground: BaseGeometry
    codes: Mapping[str, frozenset[str]]

    def hides(self, finding: Finding) -> bool:
        return not self.ground.is_empty and bool(self.ground.intersects(finding.geometry))


class GroundFaults:
    """Findings by divided region, by pair of divided regions, and of the regions above them. `heal`: whether those that
    `geo.snap` would heal are marked."""

    def __init__(self, layout: Layout, *, heal: bool) -> None:
        self._layout, self._heal = layout, heal
        own = set(layout.divided)
        self._beside = {one.code: one for one in layout.terms.around if one.shape is not None and one.code not in own}
        self._near_beside = Places.of({code: region.shape for code, region in self._beside.items()})
        self.by_region: dict[str, list[Finding]] = {}
        self.by_pair: dict[Pair, list[Finding]] = {}
        water = [one.shape for one in layout.water]
        self._above = Above(layout, [*water, *(one.shape for one in self._beside.values() if one.shape is not None)])

    def all(self) -> None:
        """Look at everything."""
        codes = self._layout.divided
        for code in _inexact(self._layout):
            self._look_at(code)
        self._look_between(codes)
        self._above.all()

    def update(self, concern: Concern) -> None:
        """Look again at what a change is about."""
        for code in concern.regions:
            self._look_at(code)
        for pair in [pair for pair in self.by_pair if not concern.outlines.isdisjoint(pair)]:
            del self.by_pair[pair]
        self._look_between([code for code in concern.outlines if code in self._layout.own])
        self._above.update(concern)

    @property
    def findings(self) -> Iterator[Finding]:
        """All of them: by region, then by pair, in the order of codes, then of regions above."""
        yield from chain.from_iterable(self.by_region[code] for code in sorted(self.by_region))
        yield from chain.from_iterable(self.by_pair[pair] for pair in sorted(self.by_pair))
        yield from self._above.findings

    @property
    def vague(self) -> Vague:
        """Grids with unsound rings, and second ones of twins, as far as they are known by now."""
        codes, unsound = dict[str, frozenset[str]](), list[Ground]()
        for region, found in self.by_region.items():
            invalid = {one.codes[0] for one in found if one.rule is Rule.RING_INVALID}
            twins = {code for one in found if one.rule is Rule.DUPLICATE for code in one.codes[1:]}
            codes[region] = frozenset(invalid | twins)
            unsound += [grid.shape for code in sorted(invalid) for grid in self._layout.grids.get(code, ())]
        return Vague(shapely.union_all(shapely.convex_hull(np.array(unsound, dtype=object))), codes)

    @property
    def uncertain_m2(self) -> dict[str, float]:
        """Square metres that no sound grid has, of each region with an unsound ring: nobody vouches for them."""
        return {code: self._uncertain_m2(code) for code in sorted(self.unsound & self._layout.own)}

    def _uncertain_m2(self, code: str) -> float:
        good = [grid.shape for grid in self._layout.grids_of(code) if is_sound(grid.shape)]
        return square_metres(solid(self._layout.outline(code)).difference(shapely.union_all(good)))

    @property
    def unsound(self) -> frozenset[str]:
        """Regions with an outline or a grid whose ring is unsound: nobody can tell whether they are covered."""
        told = self.by_region.items()
        return frozenset(code for code, found in told if any(one.rule is Rule.RING_INVALID for one in found))

    def _look_at(self, code: str) -> None:
        self.by_region.pop(code, None)
        if code not in self._layout.own:
            return
        region, grids = self._layout.region(code), self._layout.grids_of(code)
        if found := [*coverage.findings(region, grids)]:
            self.by_region[code] = self._told(found, [code])

    def _look_between(self, codes: Sequence[str]) -> None:
        """Pairs of one of the regions and another one that lies near; all in one go where they are as they should."""
        near = {code: self._near(code) for code in codes}
        every = set(codes).union(*near.values())
        if screen.all_apart([self._shape(code) for code in every]):
            return
        for pair in {(min(code, other), max(code, other)) for code, others in near.items() for other in others}:
            regions = [self._beside.get(code) or self._layout.region(code) for code in pair]
            sound = all(region.shape is not None and is_sound(region.shape) for region in regions)
            if sound and (found := [*border.findings(regions)]):
                self.by_pair[pair] = self._told(found, [code for code in pair if code not in self._beside])

    def _near(self, code: str) -> set[str]:
        """Other regions whose boxes meet that of a region."""
        boxes = [box] if (box := box_of(self._layout.outline(code))) else []
        return (self._layout.bounds.meeting(boxes) | self._near_beside.meeting(boxes)) - {code}

    def _shape(self, code: str) -> Ground:
        beside = self._beside.get(code)
        return self._layout.outline(code) if beside is None or beside.shape is None else beside.shape

    def _told(self, found: Sequence[Finding], codes: Sequence[str]) -> list[Finding]:
        """The findings, those marked that healing would mend, each thin piece of ground followed by a sliver's note."""
        limits = self._layout.limits(codes[0])
        width, area = limits.of("sliver_width_m"), limits.of("sliver_area_m2")
        told = []
        for one in healing.marked(found, self._layout.part(codes)) if self._heal else found:
            told.append(one)
            if one.rule in THIN and width is not None and area is not None and _is_thin(one, width, area):
                told.append(replace(one, rule=Rule.SLIVER, severity=Severity.NOTE))
        return told


def _inexact(layout: Layout) -> list[str]:
    """Divided regions that are not covered exactly, in one go."""
    codes, grids, region = layout.divided, list[Ground](), list[int]()
    for number, code in enumerate(codes):
        own = [grid.shape for grid in layout.grids_of(code)]
        grids += own
        region += [number] * len(own)
    boundaries = np.array([layout.outline(code) for code in codes], dtype=object)
    exact = screen.exact(boundaries, np.array(grids, dtype=object), np.array(region, dtype=np.int64))
    return [code for code, is_exact in zip(codes, exact.tolist(), strict=True) if not is_exact]


def _is_thin(finding: Finding, width_m: float, area_m2: float) -> bool:
    return (finding.width_m or 0.0) <= width_m and (finding.area_m2 or 0.0) <= area_m2
