"""Where does a drawn line run once it keeps to what stands near it?

On the lattice; onto nodes and edges of grids first, then along streets and rivers, then round buildings: never further
from where it was drawn than the tolerance. What would cross itself by that keeps more of its own way.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final, TypeVar

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.lattice import Steps, rounded, to_degrees, to_steps
from geo.model import Ground
from geo.redraw.board import Board
from geo.redraw.edits import MOST_SNAP_M
from geo.redraw.flat import Flat
from geo.redraw.leading import Around, Leading, chain
from geo.redraw.refused import EditRefused, Fault
from geo.rings import fault_place, is_sound

MOST_VERTICES: Final = 20_000
"""Of one drawn line or piece of ground: a hand draws some hundred, and a survey of a whole community some thousand."""
MOST_DEGREES: Final = 10.0
"""Width and height of what is drawn: as of the widest region that can be proven (`geo.border`). Products of its steps
stay far inside 64 bits."""
Shape = TypeVar("Shape", bound=BaseGeometry)

LESS_AND_LESS: Final = (
    Leading(),
    Leading(buildings=False),
    Leading(streets=False, buildings=False),
    Leading(ends=True, streets=False, buildings=False),
)
BESIDE_BORDERS: Final = (Leading(borders=False), Leading(borders=False, buildings=False))


def led(line: LineString, board: Board, snap_m: float, *, near: Sequence[str] = (), cut: bool = False) -> LineString:
    """A drawn line on the lattice, led within `snap_m` metres; 0 rounds it and does nothing else.

    `near` are codes of the grids whose borders count, all of them where none are named. A line that may `cut` buildings
    is not led round them. Refuses `snap-out-of-range` (most), `line-not-finite`, `line-out-of-range` (lon, lat),
    `line-too-long` (vertices, most), `line-too-wide` (most) and `line-too-short` for a line with fewer than two
    places.
    """
    return _led(line, board, snap_m, near, _ways(LESS_AND_LESS, cut))


def led_past_borders(line: LineString, board: Board, snap_m: float, *, cut: bool = False) -> LineString:
    """The same for a line that follows no border, because one is to come to lie along it; its ends stay."""
    return _led(line, board, snap_m, (), _ways(BESIDE_BORDERS, cut))


def led_ground(ground: Ground, board: Board, snap_m: float, *, cut: bool = False) -> Ground:
    """Drawn ground with each of its rings led as `led` leads a line: sound, on the lattice.

    Refuses besides what `led` refuses `ring-crosses` (a fault at the place) and `ground-collapses` where next to
    nothing is drawn.
    """
    plain = ground_rounded(checked(ground, snap_m))
    if plain.is_empty or not isinstance(plain, Ground) or shapely.area(shapely.convex_hull(plain)) == 0:
        raise EditRefused("ground-collapses")
    if not is_sound(plain):
        raise crossing(plain)
    if snap_m == 0:
        return plain
    around = Around(board, Flat.of(plain), snap_m, ())
    tried = (_ground_by(plain, around, how) for how in _ways(LESS_AND_LESS, cut) if not how.ends)
    return next((found for found in tried if found is not None), plain)


def ground_rounded(ground: Ground) -> BaseGeometry:
    """Drawn ground on the lattice. Refuses `ground-collapses` where one of its rings falls together to a point."""
    try:
        return rounded(ground)
    except shapely.errors.GEOSException as error:
        raise EditRefused("ground-collapses") from error


def crossing(shape: BaseGeometry) -> EditRefused:
    """The refusal of an unsound shape, with the place of its fault."""
    place, reason = fault_place(shape)
    return EditRefused("ring-crosses", [Fault("crossing", place, {"reason": reason})])


def checked(shape: Shape, snap_m: float) -> Shape:
    """A drawn shape whose coordinates can be taken. Refuses as `led` tells."""
    if not 0 <= snap_m <= MOST_SNAP_M:
        raise EditRefused("snap-out-of-range", most=MOST_SNAP_M)
    xy = shapely.get_coordinates(shape)
    if not np.isfinite(xy).all():
        raise EditRefused("line-not-finite")
    wrong = np.flatnonzero((np.abs(xy) > (180.0, 90.0)).any(axis=1))
    if len(wrong):
        lon, lat = xy[wrong[0]].tolist()
        raise EditRefused("line-out-of-range", lon=lon, lat=lat)
    if len(xy) > MOST_VERTICES:
        raise EditRefused("line-too-long", vertices=len(xy), most=MOST_VERTICES)
    if len(xy) and (np.ptp(xy, axis=0) > MOST_DEGREES).any():
        raise EditRefused("line-too-wide", most=MOST_DEGREES)
    return shape


def _ways(ways: Sequence[Leading], cut: bool) -> list[Leading]:
    return [how for how in ways if not (cut and how.buildings)]


def _led(line: LineString, board: Board, snap_m: float, near: Sequence[str], ways: Sequence[Leading]) -> LineString:
    plain = rounded(checked(line, snap_m))
    steps = to_steps(shapely.get_coordinates(plain))
    if len(np.unique(steps, axis=0)) < 2:
        raise EditRefused("line-too-short")
    if snap_m == 0:
        return plain
    around = Around(board, Flat.of(plain), snap_m, near)
    simple = _is_simple(steps)
    tried = (chain(steps, around, how, ring=False) for how in ways)
    near_home = (led for led in tried if len(led) > 1 and _is_near(led, steps, around))
    found = (led for led in near_home if not simple or _is_simple(led))
    return shapely.linestrings(to_degrees(next(found, steps)))


def _is_simple(steps: Steps) -> bool:
    return bool(shapely.is_simple(shapely.linestrings(steps.astype(np.float64))))


def _is_near(led: Steps, drawn: Steps, around: Around) -> bool:
    """Whether nothing went further than the tolerance, though it was led by one thing after the other."""
    way, flat = shapely.linestrings(around.flat.metres(drawn)), around.flat
    away = shapely.distance(shapely.points(flat.metres(led)), way)
    return bool((away <= around.snap_m + float(flat.scale.max())).all())


def _ground_by(ground: Ground, around: Around, how: Leading) -> Ground | None:
    """The ground with its rings led; None where that spoils it."""
    parts = []
    for part in shapely.get_parts(ground):
        drawn = [to_steps(shapely.get_coordinates(ring)) for ring in (part.exterior, *part.interiors)]
        rings = [chain(ring[:-1], around, how, ring=True) for ring in drawn]
        if min(map(len, rings)) < 4 or not all(map(partial(_is_near, around=around), rings, drawn)):
            return None
        shell, *holes = map(to_degrees, rings)
        parts.append(Polygon(shell, holes))
    made = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    return made if is_sound(made) else None
