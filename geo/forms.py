"""Which grids and outlines of a plan are ill-shaped, and which codes ill-given?

Kept grid by grid and region by region, so that a change asks again only for what it is about.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeAlias

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo import codes, follow, pieces, shape
from geo.changes import Concern
from geo.layout import Layout
from geo.measure import degrees_m
from geo.model import Finding, Grid, GridKind, Ground, Severity
from geo.places import Box, box_of

Seen: TypeAlias = tuple[Ground, GridKind, str, Sequence[Finding]]
"""A shape, the kind and region by which it was judged, and what was found."""
REMEMBERED = 2
"""Shapes of a grid that are remembered: the one before a trial, and that of the trial."""


class Forms:
    """Findings of pieces and holes, of shapes, of edges along streets, and of codes, each under its grid or region."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        ways = [*(line.shape for line in layout.lines), *(water.shape for water in layout.water)]
        ways = ways if layout.lines else []  # a pond alone is no network of streets and rivers
        self._ways = np.array(ways, dtype=object)
        self._ways_tree = shapely.STRtree(self._ways)
        self._water_tree = shapely.STRtree([water.shape for water in layout.water])
        self.by_grid: dict[str, list[Finding]] = {}
        self.by_outline: dict[str, list[Finding]] = {}
        self.pieces: dict[str, list[Finding]] = {}
        self.parts: dict[str, list[Finding]] = {}
        self._pierced, self._parted = set[str](), set[str]()
        """Grids and outlines with holes or several parts."""
        self.codes: dict[str, list[Finding]] = {}
        self.twice: dict[str, list[Finding]] = {}
        self._schemes: list[Finding] = []
        self._seen: dict[str, tuple[Seen, ...]] = {}
        """Of each grid the shapes that were looked at last, and what was found."""

    def all(self) -> None:
        """Look at everything."""
        layout = self._layout
        self._look_at_grids(layout.grids)
        self._look_at_outlines(layout.divided)
        self._schemes = [one for code in sorted(layout.regions) for one in codes.scheme_findings(layout.regions[code])]
        for code in layout.divided:
            self._look_at_codes(code)
        for code, together in layout.grids.items():
            if len(together) > 1:
                self._look_at_twins(code)
        self._look_at_pieces(layout.grids.keys())
        self._look_at_parts(layout.divided)

    def update(self, concern: Concern) -> None:
        """Look again at what a change is about; at holes and parts near it too."""
        self._look_at_grids(concern.grids)
        self._look_at_outlines(concern.outlines)
        for code in concern.grids:
            self._look_at_twins(code)
        for code in concern.regions:
            self._look_at_codes(code)
        near = self._layout.places.meeting(concern.ground) if self._pierced else set[str]()
        self._look_at_pieces(self._pierced & near | concern.grids)
        near = self._layout.bounds.meeting(concern.ground) if self._parted else set[str]()
        self._look_at_parts(self._parted & near | concern.outlines)

    @property
    def findings(self) -> Iterator[Finding]:
        """All of them: pieces, outlines, shapes of grids, codes; each by code."""
        for kept in (self.pieces, self.parts, self.by_outline, self.by_grid, self.codes, self.twice):
            yield from chain.from_iterable(kept[code] for code in sorted(kept))
        yield from self._schemes

    def _look_at_grids(self, codes: Iterable[str]) -> None:
        """Shapes, of grids that are suspect at a glance, and edges along streets."""
        grids = [(code, self._layout.grids.get(code, ())) for code in codes]
        known = {id(grid): self._known(grid) for _, together in grids for grid in together}
        fresh = [grid for _, together in grids for grid in together if known[id(grid)] is None]
        odd = self._suspects(fresh)
        for grid in fresh:
            known[id(grid)] = found = [*self._formed(grid, is_odd=id(grid) in odd)]
            self._keep(grid, found)
        for code, together in grids:
            _put(self.by_grid, code, [one for grid in together for one in known[id(grid)] or ()])

    def _known(self, grid: Grid) -> Sequence[Finding] | None:
        """What was found of a grid of this very shape: a trial is taken back, a name changes, shapes stay."""
        for ground, kind, region, found in self._seen.get(grid.code, ()):
            if ground is grid.shape and (kind, region) == (grid.kind, grid.region):
                return found
        return None

    def _keep(self, grid: Grid, found: Sequence[Finding]) -> None:
        seen = (grid.shape, grid.kind, grid.region, found)
        self._seen[grid.code] = (seen, *self._seen.get(grid.code, ())[: REMEMBERED - 1])

    def _suspects(self, grids: Sequence[Grid]) -> set[int]:
        """The grids, by identity, whose shape has to be looked at closely."""
        suspect = shape.suspects(grids, [self._layout.limits(grid.region) for grid in grids])
        return {id(grids[number]) for number in np.flatnonzero(suspect).tolist()}

    def _formed(self, grid: Grid, *, is_odd: bool) -> Iterator[Finding]:
        limits = self._layout.limits(grid.region)
        if is_odd:
            yield from shape.findings(grid, limits)
        distance, box = limits.of("follow_distance_m", grid.kind), box_of(grid.shape)
        if len(self._ways) and distance is not None and box is not None:
            reach = shapely.box(*_wider(box, follow.reach_m(distance)))
            near = self._ways[np.sort(self._ways_tree.query(reach))]
            yield from follow.findings(grid, near.tolist(), limits)

    def _look_at_outlines(self, codes: Collection[str]) -> None:
        """The rings of outlines that came with the plan."""
        layout = self._layout
        for code in codes:
            self.by_outline.pop(code, None)
        stated = [layout.regions[code] for code in codes if code in layout.own and code in layout.regions]
        outlines = [Grid(code=one.code, region=one.code, shape=one.shape) for one in stated if one.shape is not None]
        odd = self._suspects(outlines)
        for one in outlines:
            if id(one) in odd:
                _put(self.by_outline, one.code, shape.ring_findings(one.code, one.shape, layout.limits(one.code)))

    def _look_at_codes(self, code: str) -> None:
        layout, found = self._layout, list[Finding]()
        if code in layout.own:
            found = codes.region_findings(layout.region(code), layout.grids_of(code), layout.scheme(code), layout.terms)
        _put(self.codes, code, found)

    def _look_at_twins(self, code: str) -> None:
        _put(self.twice, code, [*codes.duplicates(self._layout.grids.get(code, ()))])

    def _look_at_pieces(self, codes: Collection[str]) -> None:
        """Holes and parts of grids."""
        every = [(code, grid) for code in codes for grid in self._layout.grids.get(code, ())]
        suspect = pieces.suspects([grid.shape for _, grid in every])
        pierced = [every[number] for number in np.flatnonzero(suspect).tolist()]
        self._pierced = (self._pierced - set(codes)) | {code for code, _ in pierced}
        for code in codes:
            self.pieces.pop(code, None)
        for code, grid in pierced:
            if found := [*self._of_pieces(grid)]:
                self.pieces.setdefault(code, []).extend(found)

    def _look_at_parts(self, codes: Collection[str]) -> None:
        """Holes and parts of outlines."""
        outlines = [(code, self._layout.outline(code)) for code in codes if code in self._layout.own]
        suspect = pieces.suspects([shape for _, shape in outlines])
        parted = [outlines[number] for number in np.flatnonzero(suspect).tolist()]
        self._parted = (self._parted - set(codes)) | {code for code, _ in parted}
        for code in codes:
            self.parts.pop(code, None)
        for code, outline in parted:
            _put(self.parts, code, [*self._of_parts(code, outline)])

    def _of_pieces(self, grid: Grid) -> Iterator[Finding]:
        yield from pieces.hole_findings(grid.code, grid.shape, self._fillers(grid))
        yield from pieces.multipart_findings(grid, self._layout.region(grid.region))

    def _of_parts(self, code: str, outline: Ground) -> Iterator[Finding]:
        """Who lies in a hole of an outline may not be loaded yet: that hinders nothing."""
        for one in pieces.hole_findings(code, outline, [*self._others(code, outline), *self._waters(outline)]):
            yield replace(one, severity=Severity.WARNING)
        yield from pieces.multipart_region(self._layout.region(code))

    def _fillers(self, grid: Grid) -> list[Ground]:
        """What can fill a hole of a grid: grids and regions, water, and what its region leaves out itself."""
        boxes = [box] if (box := box_of(grid.shape)) else []
        near = [one for code in sorted(self._layout.places.meeting(boxes)) for one in self._layout.grids[code]]
        grids = [one.shape for one in near if one is not grid]
        others, waters = self._others(grid.region, grid.shape), self._waters(grid.shape)
        return [*grids, *others, *waters, *_holes(self._layout.outline(grid.region))]

    def _others(self, code: str, shape: Ground) -> list[Ground]:
        """The ground of other regions near a shape."""
        terms, box = self._layout.terms, box_of(shape)
        near = sorted(self._layout.bounds.meeting([box])) if box else []
        around = [one.shape for one in terms.around if one.shape is not None]
        return [
            *(self._layout.outline(other) for other in near if other != code),
            *(g.shape for g in terms.beside),
            *around,
        ]

    def _waters(self, shape: Ground) -> list[Ground]:
        return [self._layout.water[int(n)].shape for n in np.sort(self._water_tree.query(shape))]


def _put(kept: dict[str, list[Finding]], code: str, found: list[Finding]) -> None:
    kept.pop(code, None)
    if found:
        kept[code] = found


def _holes(shape: BaseGeometry) -> list[Ground]:
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]
    return [shapely.Polygon(ring) for part in parts for ring in part.interiors]


def _wider(box: Box, metres: float) -> Box:
    dx, dy = (metres / degrees_m(np.array([(box[1] + box[3]) / 2])))[0].tolist()
    return box[0] - dx, box[1] - dy, box[2] + dx, box[3] + dy
