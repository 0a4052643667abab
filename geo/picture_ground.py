"""How are grids, water, houses, streets and borders drawn?"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.picture_frame import View
from geo.picture_paths import path, thinned, within
from geo.picture_scene import Change, Scene
from geo.picture_style import STROKES, TONES, written

MOST_PATCHES = 20_000
"""Grids drawn; of more, the largest ones."""
MOST_CHANGES = 5_000
"""Changed things that are marked."""
MOST_REFUSED = 2_000
"""Places of refused rows that are marked."""
BORDER = 90.0
"""A grid so many pixels across has a border of one pixel; half to two and a bit in all."""
HOUSE_PX2 = 0.6
"""A house smaller than this, square pixels, is not drawn."""
DOT_PX = 3.0
"""Half the size of the mark of a changed point, and of a refused row, pixels."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The parts of the drawing, which ids of the legend they need, and how many shapes were left out, by id."""

    parts: list[str]
    entries: frozenset[str]
    left_out: dict[str, int]


def drawn(scene: Scene, view: View) -> Drawn:
    """Everything below the labels, bottom first."""
    left_out: dict[str, int] = {}
    parts = [*_grids(scene, view, left_out), *_water(scene, view), *_lines(scene, view)]
    parts += [*_houses(scene, view, left_out), *_outlines(scene, view), *_changes(scene, view, left_out)]
    return Drawn(parts, _entries(scene), {name: number for name, number in left_out.items() if number})


def refused(places: Sequence[tuple[float, float]], view: View) -> list[str]:
    """A small cross at each refused row."""
    if not places:
        return []
    points = view.pixels(shapely.points(np.asarray(places[:MOST_REFUSED], dtype=float)))
    arm = DOT_PX
    crosses = (
        f"M{x - arm:.1f} {y - arm:.1f}l{2 * arm} {2 * arm}m0 {-2 * arm}l{-2 * arm} {2 * arm}"
        for x, y in shapely.get_coordinates(points).tolist()
    )
    return [f'<path class="refused" d="{"".join(crosses)}"/>']


def _grids(scene: Scene, view: View, left_out: dict[str, int]) -> list[str]:
    left_out["grids"] = max(0, len(scene.grids) - MOST_PATCHES)
    largest = sorted(scene.grids, key=lambda one: -shapely.area(one.shape))[:MOST_PATCHES]
    shapes = _seen([one.shape for one in largest], view)
    if len(shapes) == 0:
        return []
    across = float(np.median(np.sqrt(shapely.area(shapes))))
    told = [
        f'<path class="grid" fill="{TONES[one.tone]}" d="{path(shape)}">{_hint(one.labels)}</path>'
        for one, shape in zip(largest, shapes, strict=True)
    ]
    return [f'<g stroke-width="{min(max(across / BORDER, 0.5), 2.2):.2f}">', *told, "</g>"]


def _hint(labels: Sequence[str]) -> str:
    """What a browser shows under the pointer, where a label had no room."""
    return f"<title>{written(' '.join(labels))}</title>" if labels else ""


def _water(scene: Scene, view: View) -> list[str]:
    shapes = within(_seen(scene.water, view))
    return [f'<path class="water" d="{"".join(path(one) for one in shapes)}"/>'] if len(shapes) else []


def _lines(scene: Scene, view: View) -> list[str]:
    told = []
    for category, (colour, width) in STROKES.items():
        shapes = within(_seen([one.shape for one in scene.lines if one.category == category], view))
        if len(shapes):
            data = "".join(path(one) for one in shapes)
            told.append(f'<path class="line" stroke="{colour}" stroke-width="{width:g}" d="{data}"/>')
    return told


def _houses(scene: Scene, view: View, left_out: dict[str, int]) -> list[str]:
    shapes = view.pixels(scene.buildings)
    kept = within(thinned(shapes[shapely.area(shapes) >= HOUSE_PX2]))
    left_out["buildings"] = len(shapes) - len(kept)
    return [f'<path class="houses" d="{"".join(path(one) for one in kept)}"/>'] if len(kept) else []


def _outlines(scene: Scene, view: View) -> list[str]:
    told = []
    for name, divided in (("divided", True), ("upper", False)):
        shapes = _seen([one.shape for one in scene.outlines if one.divided is divided], view)
        if len(shapes):
            told.append(f'<path class="{name}" d="{"".join(path(one) for one in shapes)}"/>')
    return told


def _changes(scene: Scene, view: View, left_out: dict[str, int]) -> list[str]:
    told = []
    left_out["changes"] = max(0, len(scene.changes) - MOST_CHANGES)
    for change in (Change.REMOVED, Change.CHANGED, Change.NEW):
        own = [shape for kind, shape in islice(scene.changes, MOST_CHANGES) if kind is change]
        shapes = _seen(own, view)
        data = "".join(path(one) or _dot(one) for one in shapes if not one.is_empty)
        if data:
            told.append(f'<path class="{change.value}" d="{data}"/>')
    return told


def _dot(point: BaseGeometry) -> str:
    """A small diamond for a thing that is a point."""
    x, y = shapely.get_coordinates(point)[0].tolist()
    return f"M{x:.1f} {y - DOT_PX:.1f}l{DOT_PX} {DOT_PX}l{-DOT_PX} {DOT_PX}l{-DOT_PX} {-DOT_PX}Z"


def _seen(shapes: Sequence[BaseGeometry], view: View) -> NDArray[np.object_]:
    return thinned(view.pixels(shapes)) if len(shapes) else np.empty(0, dtype=object)


def _entries(scene: Scene) -> frozenset[str]:
    found = {one.tone.value for one in scene.grids}
    found |= {"divided" if one.divided else "upper" for one in scene.outlines}
    found |= {change.value for change, _ in scene.changes}
    found |= {"fault" if fault.blocking else "warning" for fault in scene.faults}
    found |= {"refused"} if scene.refused else set()
    found |= {"water"} if scene.water else set()
    return frozenset(found | ({"houses"} if scene.buildings else set()))
