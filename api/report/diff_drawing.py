"""Which pictures show what changes hands: the same ground before and after, side by side?"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from api.diff_documents import Compared
from api.report.drawing import patches, words
from api.texts import Language, text
from geo.difference import Piece, Side
from geo.households import DEFAULT_LIMITS
from geo.model import Grid, Plan, Region
from geo.picture import Change, Outline, Patch, Scene, Stroke, svg

WIDTH, HEIGHT = 760, 600
"""Pixels of one of the two pictures: both stand side by side on a screen, one above the other on paper."""
AROUND = 0.06
"""Streets and houses are drawn so far beyond the ground, in parts of its size."""


@dataclass(frozen=True)
class Pair:
    """The pictures before and after, as SVG."""

    before: str
    after: str


@dataclass(frozen=True)
class Drawings:
    """Draws some regions of a comparison; `context` is what stands on their ground: buildings, lines, water."""

    compared: Compared
    context: Plan
    language: Language

    def pair(self, regions: Collection[str]) -> Pair:
        """Both states of some regions, at one scale."""
        box = self._box(regions)
        return Pair(
            svg(self._scene(self.compared.before, regions, box, "before"), WIDTH, HEIGHT),
            svg(self._scene(self.compared.after, regions, box, "after"), WIDTH, HEIGHT),
        )

    def name(self, region: str) -> str:
        """What a region is called."""
        return f"{region} {self._names.get(region, '')}".strip()

    def _scene(self, side: Side, regions: Collection[str], box: BaseGeometry, when: str) -> Scene:
        language, grids = self.language, [grid for grid in side.grids.values() if grid.region in regions]
        limits = [self.compared.limits.get(code, DEFAULT_LIMITS) for code in regions]
        told = words(language, limits)
        is_before = when == "before"
        marked = "removed" if is_before else "new"
        households = sum(side.households.get(grid.code) or 0 for grid in grids)
        return Scene(
            title=text(f"diff.{when}", language),
            subtitle=text("diff.subtitle", language, grids=len(grids), households=f"{households:,}"),
            attribution=text("diff.attribution", language),
            water=_cut([one.shape for one in self.context.water], box),
            grids=[*self._patches(side, grids)],
            buildings=[self.context.buildings[n].shape for n in sorted(self._houses.query(box).tolist())],
            lines=[Stroke(shape, one.category) for one in self.context.lines for shape in _cut([one.shape], box)],
            outlines=[Outline(shapely.coverage_union_all([grid.shape for grid in own])) for own in _by_region(grids)],
            changes=[
                (Change.REMOVED if is_before else Change.NEW, piece.shape)
                for piece in self.compared.found.handed_over
                if self._is_about(piece, regions)
            ],
            words={**told, marked: text("diff.was" if is_before else "diff.now", language)},
        )

    def _patches(self, side: Side, grids: Sequence[Grid]) -> Iterable[Patch]:
        counts = {code: count for code, count in side.households.items() if count is not None}
        for own in _by_region(grids):
            code = own[0].region
            limits = self.compared.limits.get(code, DEFAULT_LIMITS)
            yield from patches(Region(code=code, name=self._names.get(code, "")), own, counts, limits, self.language)

    def _is_about(self, piece: Piece, regions: Collection[str]) -> bool:
        sides = ((self.compared.before, piece.before), (self.compared.after, piece.after))
        return any(side.grids[code].region in regions for side, codes in sides for code in codes)

    def _box(self, regions: Collection[str]) -> BaseGeometry:
        """The box of the regions in both states, with its surroundings."""
        sides = (self.compared.before, self.compared.after)
        shapes = [grid.shape for side in sides for grid in side.grids.values() if grid.region in regions]
        west, south, east, north = shapely.total_bounds(np.asarray(shapes, dtype=object)).tolist()
        rim = AROUND * max(east - west, north - south)
        return shapely.box(west - rim, south - rim, east + rim, north + rim)

    @cached_property
    def _names(self) -> dict[str, str]:
        return {region.code: region.name for region in self.context.regions}

    @cached_property
    def _houses(self) -> shapely.STRtree:
        return shapely.STRtree([one.shape for one in self.context.buildings])


def _by_region(grids: Sequence[Grid]) -> list[list[Grid]]:
    found: dict[str, list[Grid]] = {}
    for grid in grids:
        found.setdefault(grid.region, []).append(grid)
    return [found[code] for code in sorted(found)]


def _cut(shapes: Sequence[BaseGeometry], box: BaseGeometry) -> list[BaseGeometry]:
    """The shapes inside a box; invalid ones are left out of what only stands for orientation."""
    drawn = np.asarray(shapes, dtype=object)
    met = drawn[shapely.is_valid(drawn) & shapely.intersects(drawn, box)] if len(drawn) else drawn
    return [part for part in shapely.intersection(met, box).tolist() if not part.is_empty]
