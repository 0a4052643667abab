"""What does a fault look like that is too small to see on the map? A piece of the map, close by, with every node."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.measure import metres_per_degree, middle_latitude, to_metres
from geo.picture_frame import Box, View
from geo.picture_paths import path
from geo.picture_scene import Fault, Patch
from geo.picture_style import FONTS, TONES, sheet, written

WIDTH, HEIGHT = 300, 240
"""Pixels."""
HEADER, FOOTER = 24, 20
NODE_PX = 2.6
"""Radius of a node."""
POINT_M = 3.0
"""Ground shown round a fault that is a point, metres across."""
SMALLEST_M = 0.1
"""Never closer than this, metres across: a lattice step is 11 mm."""
ROUND = 3.0
"""A fault has so many times its own length of ground round it ..."""
BESIDE = 14.0
"""... but where it is long and thin, the ground across is so many times its width."""
SMALL_PX, THIN_PX = 14.0, 2.5
"""On a map a fault is too small to see when it is shorter or thinner than this, pixels."""
MOST_NODES = 400
KEPT_ROUND = 20.0
"""Shapes are cut at so many frames from the middle: a browser draws in single precision."""


@dataclass(frozen=True, slots=True)
class Focus:
    """The middle of a detail, lon/lat degrees, and how many metres it is across."""

    lon: float
    lat: float
    across_m: float


def is_hidden(fault: BaseGeometry, pixels_per_metre: float) -> bool:
    """Whether a fault cannot be made out on a map of this scale."""
    if fault.is_empty:
        return False
    long, wide, _ = _measured(fault)
    return long * pixels_per_metre < SMALL_PX or wide * pixels_per_metre < THIN_PX


def focus_of(fault: BaseGeometry) -> Focus:
    """Where to look at a fault, and from how near: a long thin one at its widest place."""
    long, wide, middle = _measured(fault)
    if shapely.get_dimensions(fault) == 2:
        across = min(ROUND * long, max(BESIDE * wide, SMALLEST_M))
    else:
        across = ROUND * long if long > 0 else POINT_M
    return Focus(middle.x, middle.y, max(across, SMALLEST_M))


def detail(grids: Sequence[Patch], fault: Fault, *, width: int = WIDTH, height: int = HEIGHT) -> str:
    """One fault with the grids round it as an SVG document; `caption` of the fault stands above it."""
    frame = Box(1, HEADER, width - 1, height - FOOTER)
    view = _view(focus_of(fault.shape), frame)
    near = _near(grids, view)
    shapes = view.pixels([shape for _, shape in near]) if near else np.empty(0, dtype=object)
    mild = "" if fault.blocking else "mild "
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' role="img" aria-label="{written(fault.caption)}" font-family="{written(FONTS)}">',
        sheet(frame),
        f'<rect class="paper" width="{width}" height="{height}"/><rect class="ground" {frame.attributes}/>',
        *_heading(fault, mild),
        '<g clip-path="url(#picture-frame)">',
        *(
            f'<path fill="{TONES[patch.tone]}" stroke="#4c626b" stroke-width="1.1" d="{path(shape)}"/>'
            for (patch, _), shape in zip(near, shapes, strict=True)
        ),
        *_painted(fault, view, mild),
        *_nodes(shapes, frame),
        *_labels(near, shapes, frame),
        "</g>",
        f'<rect class="rim" {frame.attributes}/>',
        *_bar(view, height - 6),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _measured(fault: BaseGeometry) -> tuple[float, float, shapely.Point]:
    """Length and width, metres, and the middle of the widest place, lon/lat. Lines and points have no width to miss."""
    lat = middle_latitude(fault)
    scaled = to_metres(fault, lat)
    west, south, east, north = shapely.bounds(scaled).tolist()
    long = max(east - west, north - south)
    middle, wide = shapely.get_coordinates(shapely.point_on_surface(scaled))[0], long
    if shapely.get_dimensions(scaled) == 2 and scaled.area > 0:
        largest = max((part for part in shapely.get_parts(scaled) if part.area > 0), key=shapely.area)
        circle = shapely.maximum_inscribed_circle(largest, max(math.sqrt(largest.area) / 200, 1e-4))
        middle, wide = shapely.get_coordinates(circle)[0], 2 * shapely.length(circle)
    per_lon, per_lat = metres_per_degree(lat)
    return long, float(wide), shapely.Point(middle[0] / per_lon, middle[1] / per_lat)


def _view(focus: Focus, frame: Box) -> View:
    per_lon, per_lat = metres_per_degree(focus.lat)
    scale = min(frame.width, frame.height) / focus.across_m
    return View(
        frame=frame,
        west=focus.lon - frame.width / scale / per_lon / 2,
        north=focus.lat + frame.height / scale / per_lat / 2,
        per_degree=(per_lon * scale, per_lat * scale),
        pixels_per_metre=scale,
    )


def _near(grids: Sequence[Patch], view: View) -> list[tuple[Patch, BaseGeometry]]:
    """The grids that can be seen, each with its shape cut to the neighbourhood; an invalid one stays whole."""
    wide, high = view.frame.width / view.per_degree[0], view.frame.height / view.per_degree[1]
    x, y = view.west + wide / 2, view.north - high / 2
    seen = shapely.box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
    kept = [x - KEPT_ROUND * wide, y - KEPT_ROUND * high, x + KEPT_ROUND * wide, y + KEPT_ROUND * high]
    found = [patch for patch in grids if seen.intersects(shapely.box(*patch.shape.bounds))]
    return [(one, shapely.clip_by_rect(one.shape, *kept) if one.shape.is_valid else one.shape) for one in found]


def _heading(fault: Fault, mild: str) -> list[str]:
    wide = 6.6 * len(str(fault.number)) + 10
    return [
        f'<rect class="{mild}tag" x="1" y="3" width="{wide:g}" height="17" rx="8.5"/>',
        f'<text class="number" x="{1 + wide / 2:g}" y="15.6">{fault.number}</text>',
        f'<text class="entry" x="{wide + 8:g}" y="16">{written(fault.caption)}</text>',
    ]


def _painted(fault: Fault, view: View, mild: str) -> list[str]:
    shape: BaseGeometry = view.pixels([fault.shape])[0]
    parts = [f'<path class="{mild}fault" d="{path(shape)}"/>'] if shapely.get_dimensions(shape) > 0 else []
    points = [part for part in shapely.get_parts(shape).tolist() if shapely.get_dimensions(part) == 0]
    for point in points:
        circle = f'cx="{point.x:.1f}" cy="{point.y:.1f}" r="12"'
        parts.append(f'<circle class="halo" {circle}/><circle class="{mild}ring" {circle}/>')
    return parts


def _nodes(shapes: NDArray[np.object_], frame: Box) -> list[str]:
    """The nodes of the grids in the frame."""
    xy = shapely.get_coordinates(shapes)
    inside = (xy >= (frame.left, frame.top)).all(axis=1) & (xy <= (frame.right, frame.bottom)).all(axis=1)
    nodes = np.unique(np.round(xy[inside], 1), axis=0)[:MOST_NODES].tolist()
    circles = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{NODE_PX:g}"/>' for x, y in nodes]
    return ['<g fill="#fff" stroke="#1d2b31" stroke-width="1.1">', *circles, "</g>"] if circles else []


def _labels(near: Sequence[tuple[Patch, BaseGeometry]], shapes: NDArray[np.object_], frame: Box) -> list[str]:
    """The name of each grid in the part of it that is seen, where that is wide enough."""
    told = []
    sides = (frame.left, frame.top, frame.right, frame.bottom)
    for (patch, _), shape in zip(near, shapes, strict=True):
        seen = shapely.clip_by_rect(shape, *sides) if shape.is_valid else shapely.Polygon()
        if patch.labels and seen.area > 900:
            largest = max(shapely.get_parts(seen), key=shapely.area)
            x, y = shapely.get_coordinates(shapely.maximum_inscribed_circle(largest, 1.0))[0].tolist()
            told.append(
                f'<text class="label" font-size="11" x="{x:.1f}" y="{y + 4:.1f}">{written(patch.labels[0])}</text>'
            )
    return told


def _bar(view: View, base: float) -> list[str]:
    """A bar of a round length under the detail."""
    most = view.frame.width * 0.3 / view.pixels_per_metre
    power = 10.0 ** math.floor(math.log10(most))
    metres = max(step * power for step in (1, 2, 5) if step * power <= most * (1 + 1e-9))
    long = metres * view.pixels_per_metre
    left = view.frame.right - long - 1
    return [
        f'<path class="bar" d="M{left:.1f} {base - 8:g}v6h{long:.1f}v-6"/>',
        f'<text class="small" x="{left - 6:.1f}" y="{base - 2:g}" text-anchor="end">{_metres(metres)}</text>',
    ]


def _metres(metres: float) -> str:
    if metres >= 1:
        return f"{metres:g} m"
    return f"{metres * 100:g} cm" if metres >= 0.01 else f"{metres * 1000:g} mm"
