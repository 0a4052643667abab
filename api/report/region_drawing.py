"""Which shapes make the picture of one region of a checked plan, zoomed to it?"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from api.report.checked import Checked
from api.report.drawing import faults, patches, words
from api.texts import Language, text
from geo.breakdown import limits_in
from geo.model import Finding, Grid, Ground, Region
from geo.picture import Outline, Scene, Stroke

AROUND = 0.08
"""Streets and houses are drawn so far beyond a region, in parts of its size."""

Numbered = Sequence[tuple[int, Finding]]


@dataclass(frozen=True)
class Sheet:
    """What the pictures of all regions of one check are drawn from."""

    checked: Checked
    language: Language

    def scene(self, region: Region, grids: Sequence[Grid], findings: Numbered, *, title: str) -> Scene:
        """One divided region with its own findings; what lies round about is cut off."""
        plan, language = self.checked.plan, self.language
        ground: Ground = shapely.Polygon() if region.shape is None else region.shape
        limits = limits_in(region, plan, self.checked.terms)
        box = _around(ground)
        return Scene(
            title=title,
            subtitle=text("picture.of-region", language, grids=len(grids), findings=len(findings)),
            attribution=text("picture.attribution", language),
            water=_cut([one.shape for one in plan.water], box),
            grids=[*patches(region, grids, self.checked.report.counts, limits, language)],
            buildings=[plan.buildings[n].shape for n in sorted(self._houses.query(box, "intersects").tolist())],
            lines=[Stroke(shape, one.category) for one in plan.lines for shape in _cut([one.shape], box)],
            outlines=[Outline(ground, "", divided=True)],
            faults=[*faults(findings, language)],
            words=words(language, [limits]),
        )

    @cached_property
    def _houses(self) -> shapely.STRtree:
        return shapely.STRtree([one.shape for one in self.checked.plan.buildings])


def _around(shape: BaseGeometry) -> BaseGeometry:
    """The box of a shape with its surroundings."""
    west, south, east, north = shape.bounds
    rim = AROUND * max(east - west, north - south)
    return shapely.box(west - rim, south - rim, east + rim, north + rim)


def _cut(shapes: Sequence[BaseGeometry], box: BaseGeometry) -> list[BaseGeometry]:
    """The shapes inside a box; invalid ones are left out of what only stands for orientation."""
    drawn = np.asarray(shapes, dtype=object)
    met = drawn[shapely.is_valid(drawn) & shapely.intersects(drawn, box)] if len(drawn) else drawn
    return [part for part in shapely.intersection(met, box).tolist() if not part.is_empty]
