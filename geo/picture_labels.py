"""Where does a label stand inside its grid, and which ones have no room?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.picture_frame import Box, View
from geo.picture_scene import Outline, Scene
from geo.picture_style import written

SIZES_PX = (12.5, 10.5)
"""Letters of grids, the larger size where it fits, pixels."""
REGION_PX = 13.5
LINE = 1.28
"""Height of a line in letters."""
WIDE, NARROW = 1.0, 0.58
"""Width of a Chinese character and of a Latin one in letters: an estimate, for there is no font to ask."""
APART_PX = 3.0
"""Free space round a label."""
BESIDE = (0.0, 1.5, -1.5)
"""Where a label is tried, in its own heights below the middle of its grid."""
OUTSIDE = 0.12
"""Part of a label that may stand over the border of its grid."""
ROOMY = 0.3
"""The same for a region's."""
CROWDED_PX = 44.0
"""With grids narrower than this at the median, their regions are labelled instead."""
MOST_LABELS = 1_500


@dataclass(frozen=True, slots=True)
class Label:
    """Lines of text round a place on the page."""

    lines: tuple[str, ...]
    x: float
    y: float
    size: float
    box: Box
    style: str


class Taken:
    """What of the page is covered already, looked up by squares."""

    SQUARE_PX = 64.0

    def __init__(self, boxes: Sequence[Box]) -> None:
        self._squares: dict[tuple[int, int], list[Box]] = {}
        for box in boxes:
            self.add(box)

    def is_free(self, box: Box) -> bool:
        return not any(box.meets(other) for square in self._of(box) for other in self._squares.get(square, []))

    def add(self, box: Box) -> None:
        for square in self._of(box):
            self._squares.setdefault(square, []).append(box)

    def _of(self, box: Box) -> Iterator[tuple[int, int]]:
        side = self.SQUARE_PX
        for column in range(int(box.left // side), int(box.right // side) + 1):
            for row in range(int(box.top // side), int(box.bottom // side) + 1):
                yield column, row


def drawn(scene: Scene, view: View, covered: Sequence[Box]) -> list[str]:
    """Labels, largest ground first; one that would cover another or a mark, or leave its ground, is left out."""
    taken = Taken(covered)
    told = []
    for label in _candidates(scene, view, taken):
        taken.add(label.box)
        told.append(_text(label))
    return told


def _candidates(scene: Scene, view: View, taken: Taken) -> Iterator[Label]:
    shapes = view.pixels([one.shape for one in scene.grids])
    crowded = len(shapes) > 0 and float(np.median(np.sqrt(shapely.area(shapes)))) < CROWDED_PX
    if crowded or not len(shapes):
        yield from _regions([one for one in scene.outlines if one.label and one.divided], view, taken)
    patches = [one.labels for one in scene.grids]
    order = np.argsort(-shapely.area(shapes), kind="stable")[:MOST_LABELS].tolist() if len(shapes) else []
    for n in order:
        label = _inside(patches[n], shapes[n], taken) if patches[n] else None
        if label is not None:
            yield label


def _regions(outlines: Sequence[Outline], view: View, taken: Taken) -> Iterator[Label]:
    if not outlines:
        return
    shapes = view.pixels([one.shape for one in outlines])
    for n in np.argsort(-shapely.area(shapes), kind="stable")[:MOST_LABELS].tolist():
        x, y = _middle(shapes[n])
        for size in (REGION_PX, SIZES_PX[1]):
            label = _label((outlines[n].label,), x, y, size, "label region-label")
            if taken.is_free(label.box) and _fits(label.box, shapes[n], ROOMY):
                yield label
                break


def _inside(lines: tuple[str, ...], shape: BaseGeometry, taken: Taken) -> Label | None:
    """All lines, else the first alone; large, else small."""
    if shape.is_empty:
        return None
    x, y = _middle(shape)
    for some in (lines, lines[:1]):
        for size, beside in product(SIZES_PX, BESIDE):
            label = _label(some, x, y + beside * size * LINE * len(some), size, "label")
            if taken.is_free(label.box) and _fits(label.box, shape, OUTSIDE):
                return label
    return None


def _fits(box: Box, shape: BaseGeometry, outside: float) -> bool:
    rectangle = shapely.box(box.left, box.top, box.right, box.bottom)
    if shape.area < (1 - outside) * rectangle.area:
        return False
    sound = shape if shape.is_valid else shapely.make_valid(shape)
    return bool(shapely.area(shapely.intersection(rectangle, sound)) >= (1 - outside) * rectangle.area)


def _middle(shape: BaseGeometry) -> tuple[float, float]:
    """The middle of the widest part, so that a label stands well inside a bent grid."""
    largest: BaseGeometry = max(shapely.get_parts(shape), key=shapely.area)
    if not largest.is_valid or largest.area == 0:
        point = shapely.point_on_surface(shape)
    else:
        thin = shapely.simplify(largest, 1.0)
        point = shapely.get_point(shapely.maximum_inscribed_circle(thin if thin.area > 0 else largest, 1.0), 0)
    return float(shapely.get_x(point)), float(shapely.get_y(point))


def _label(lines: tuple[str, ...], x: float, y: float, size: float, style: str) -> Label:
    wide = max(_width(line) for line in lines) * size + 2 * APART_PX
    high = size * LINE * len(lines)
    return Label(lines, x, y, size, Box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2), style)


def _width(line: str) -> float:
    return sum(WIDE if ord(letter) > 0x2E7F else NARROW for letter in line)


def _text(label: Label) -> str:
    top = label.box.top + label.size * (LINE + 0.72) / 2
    spans = "".join(
        f'<tspan x="{label.x:.1f}" y="{top + n * label.size * LINE:.1f}">{written(line)}</tspan>'
        for n, line in enumerate(label.lines)
    )
    return f'<text class="{label.style}" font-size="{label.size:g}">{spans}</text>'
