"""Which picture shows a grid among its neighbours?"""

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from api.texts import Language, text
from geo.model import Grid, Plan
from geo.picture import Change, Patch, Scene, Stroke, Tone, svg

WIDTH, HEIGHT = 900, 560
AROUND = 0.35
"""So much is shown beyond the grid, in parts of its size: neighbours by their borders, not whole."""
LONGEST = 12
"""Characters of a name on the picture; else the end of the code."""


def drawing(grid: Grid, neighbours: Sequence[Grid], context: Plan, language: Language) -> str:
    """SVG: the grid whole, what lies next to it cut off at the rim."""
    box = _around(grid.shape)
    near = [(one, shapely.intersection(one.shape, box)) for one in neighbours if one.shape.is_valid]
    beside = [Patch(part, Tone.NONE, (_short(one),)) for one, ground in near for part in _polygons(ground)]
    scene = Scene(
        title=f"{grid.code} {grid.name}".strip(),
        subtitle=text("archive.picture", language),
        attribution=text("diff.attribution", language),
        water=_cut([one.shape for one in context.water], box),
        grids=[*beside, Patch(grid.shape, Tone.GOOD, (_short(grid),))],
        buildings=_cut([one.shape for one in context.buildings], box),
        lines=[Stroke(shape, one.category) for one in context.lines for shape in _cut([one.shape], box)],
        changes=[(Change.CHANGED, grid.shape)],
        words={
            "good": text("archive.this", language),
            "none": text("archive.beside", language),
            "houses": text("picture.houses", language),
            "water": text("picture.water", language),
        },
    )
    return svg(scene, WIDTH, HEIGHT)


def _short(grid: Grid) -> str:
    return grid.name if grid.name and len(grid.name) <= LONGEST else grid.code[-4:]


def _around(shape: BaseGeometry) -> BaseGeometry:
    west, south, east, north = shape.bounds
    rim = AROUND * max(east - west, north - south)
    return shapely.box(west - rim, south - rim, east + rim, north + rim)


def _polygons(shape: BaseGeometry) -> list[shapely.Polygon]:
    return [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]


def _cut(shapes: Sequence[BaseGeometry], box: BaseGeometry) -> list[BaseGeometry]:
    drawn = np.asarray(shapes, dtype=object)
    met = drawn[shapely.is_valid(drawn) & shapely.intersects(drawn, box)] if len(drawn) else drawn
    return [part for part in shapely.intersection(met, box).tolist() if not part.is_empty]
