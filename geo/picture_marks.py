"""How is a fault seen, however small it is on the page?

Its ground is painted; one too small to see gets a ring. Each has a tag with its number; tags that would cover each
other become one, with the first number and how many more there are.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import shapely

from geo.picture_frame import Box, View
from geo.picture_paths import path, thinned
from geo.picture_scene import Fault
from geo.picture_style import written

SMALL_PX = 14.0
"""A fault narrower than this in both directions gets a ring, pixels."""
RING_PX = 9.0
"""Radius of the ring, pixels."""
CLUSTERS_PX = (26.0, 40.0, 60.0, 90.0, 130.0)
"""Tags nearer to each other than this become one, pixels: the first of these that leaves few enough tags."""
MOST_TAGS = 60
MOST_PAINTED = 4_000
"""Faults painted in full, the first ones; tags are there for all."""
TAG_HEIGHT, DIGIT_PX, PAD_PX = 17.0, 6.6, 5.0
RISE_PX = 16.0
"""How far above its place a tag stands, so that it does not cover the fault itself."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A tag on the page: the faults it stands for (their places in the scene's list), and where it is."""

    members: tuple[int, ...]
    box: Box
    text: str


def placed(faults: Sequence[Fault], view: View) -> list[Mark]:
    """Tags for all the faults. Blocking ones come first: they never hide in the tag of a warning."""
    places = _places(faults, view)
    own = [
        [n for n, one in enumerate(faults) if one.blocking is blocking and n in places] for blocking in (True, False)
    ]
    for apart in CLUSTERS_PX:
        groups = [group for members in own for group in _clusters(members, places, apart)]
        if len(groups) <= MOST_TAGS:
            break
    return [_mark(group, faults, places[group[0]], view.frame) for group in groups]


def rings(faults: Sequence[Fault], view: View) -> list[Box]:
    """What the rings round faults too small to see cover."""
    shapes = view.pixels([fault.shape for fault in _to_paint(faults)])
    bounds = shapely.bounds(shapes[~shapely.is_empty(shapes)]).reshape(-1, 4)
    middle, side = (bounds[:, :2] + bounds[:, 2:]) / 2, (bounds[:, 2:] - bounds[:, :2]).max(axis=1)
    return [Box(x - RING_PX, y - RING_PX, x + RING_PX, y + RING_PX) for x, y in middle[side < SMALL_PX].tolist()]


def drawn(faults: Sequence[Fault], marks: Sequence[Mark], view: View) -> list[str]:
    """Paint, rings, then tags; warnings below."""
    told = []
    painted = [*_painted(faults, view)]
    for blocking in (False, True):
        told += [part for fault, part in painted if fault.blocking is blocking]
    for mark in reversed(marks):
        told.append(_tag(mark, faults))
    return told


def _places(faults: Sequence[Fault], view: View) -> dict[int, tuple[float, float]]:
    """A point inside each fault that has a place, pixels."""
    if not faults:
        return {}
    there = [n for n, fault in enumerate(faults) if not fault.shape.is_empty]
    points = shapely.point_on_surface(view.pixels([faults[n].shape for n in there]))
    xy = shapely.get_coordinates(points).tolist()
    return {n: (x, y) for n, (x, y) in zip(there, xy, strict=True)}


def _clusters(members: Sequence[int], places: dict[int, tuple[float, float]], apart: float) -> list[list[int]]:
    """Groups of faults near the first of each; looked up by squares of the page, so that many stay quick."""
    squares: dict[tuple[int, int], list[int]] = {}
    groups: list[list[int]] = []
    for n in members:
        x, y = places[n]
        column, row = int(x // apart), int(y // apart)
        near = [g for i in (-1, 0, 1) for j in (-1, 0, 1) for g in squares.get((column + i, row + j), [])]
        close = [g for g in near if math.dist(places[groups[g][0]], (x, y)) < apart]
        if close:
            groups[min(close)].append(n)
        else:
            squares.setdefault((column, row), []).append(len(groups))
            groups.append([n])
    return groups


def _mark(group: Sequence[int], faults: Sequence[Fault], place: tuple[float, float], frame: Box) -> Mark:
    first = min(faults[n].number for n in group)
    text = str(first) if len(group) == 1 else f"{first} +{len(group) - 1}"
    wide = DIGIT_PX * len(text) + 2 * PAD_PX
    x = min(max(place[0], frame.left + wide / 2 + 1), frame.right - wide / 2 - 1)
    rise = RISE_PX if place[1] - RISE_PX - TAG_HEIGHT > frame.top else -RISE_PX
    y = place[1] - rise
    return Mark(tuple(group), Box(x - wide / 2, y - TAG_HEIGHT / 2, x + wide / 2, y + TAG_HEIGHT / 2), text)


def _painted(faults: Sequence[Fault], view: View) -> list[tuple[Fault, str]]:
    own = _to_paint(faults)
    if not own:
        return []
    told = []
    for fault, shape in zip(own, thinned(view.pixels([fault.shape for fault in own])), strict=True):
        mild = "" if fault.blocking else "mild "
        west, north, east, south = shapely.bounds(shape).tolist()
        bare = ' style="fill:none"' if shapely.get_dimensions(shape) == 1 else ""
        parts = f'<path class="{mild}fault"{bare} d="{path(shape)}"/>' if shapely.get_dimensions(shape) > 0 else ""
        if max(east - west, south - north) < SMALL_PX:
            circle = f'cx="{(west + east) / 2:.1f}" cy="{(north + south) / 2:.1f}" r="{RING_PX:g}"'
            parts += f'<circle class="halo" {circle}/><circle class="{mild}ring" {circle}/>'
        told.append((fault, parts))
    return told


def _to_paint(faults: Sequence[Fault]) -> list[Fault]:
    return [fault for fault in faults if fault.painted and not fault.shape.is_empty][:MOST_PAINTED]


def _tag(mark: Mark, faults: Sequence[Fault]) -> str:
    box, mild = mark.box, "" if faults[mark.members[0]].blocking else "mild "
    captions = written("\n".join(f"{faults[n].number} {faults[n].caption}".strip() for n in mark.members[:12]))
    return (
        f'<g><title>{captions}</title><rect class="{mild}tag" {box.attributes} rx="8.5"/>'
        f'<text class="number" x="{(box.left + box.right) / 2:.1f}" y="{box.top + 12.6:.1f}">'
        f"{written(mark.text)}</text></g>"
    )
