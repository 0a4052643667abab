"""Which pieces of ground are too thin to stand alone, and whom do they join?"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from geo.arrangement import joined
from geo.draw.borders import Borders, Numbers
from geo.draw.network import joined_numbers, lengthened
from geo.plane import Plane

THIN_M = 8.0
"""Ground that is nowhere as wide stands not alone: a third more than the width of a needle, so that rounding and
mitred corners cannot make one of it."""
SMALL_M2 = 400.0
"""Ground this small, a courtyard, stands not alone either."""
NEEDLE_M, NEEDLE_M2 = 6.0, 30.0
"""A needle is narrower and larger than this (`needle_width_m`, `needle_area_m2` of `geo.parameters`)."""
TIP_M = 7.0
"""A block's end that is narrower is cut off it."""
RIM_M, BEYOND_M = 0.02, 0.2
"""What is so near to the edge of ground is its edge; a line that cuts an end off reaches over the edge."""
TIP_M2 = 12.0
"""Ends of a block that are smaller stay: two of them make no needle."""


def joined_thin(pieces: Sequence[Polygon], borders: Borders, plane: Plane, group: Numbers) -> Numbers:
    """The group of each piece, thin groups and small ones joined to the neighbour with the longest border to them."""
    group = group.copy()
    thin = set(_thin_groups(pieces, plane, group, np.unique(group)))
    while thin:
        partner = _partners(borders, group, thin)
        if not partner:
            break
        one, other = np.array(list(partner)), np.array(list(partner.values()))
        before = group
        group = joined_numbers(len(group), one, other)[group]
        changed = np.unique(group[np.isin(before, np.concatenate([one, other]))])
        thin = set(_thin_groups(pieces, plane, group, changed))
    return group


def tips(ground: Polygon) -> list[shapely.LineString]:
    """Lines, metres, that cut the narrow ends off a piece of ground in metres."""
    core = shapely.buffer(ground, -TIP_M / 2, join_style="mitre")
    opened = shapely.buffer(core, TIP_M / 2 * 1.02, join_style="mitre", mitre_limit=4)
    ends = [part for part in shapely.get_parts(ground.difference(opened)) if part.area > TIP_M2]
    rim = shapely.buffer(ground.boundary, RIM_M)
    mouths = [shapely.line_merge(part.boundary.difference(rim)) for part in ends]
    lines = [line for mouth in mouths for line in shapely.get_parts(mouth) if line.length > 0.5]
    return [lengthened(line, RIM_M + BEYOND_M) for line in lines]


def has_needle(ground: Polygon) -> bool:
    """Whether ground in metres has a part that is narrower than a grid may be (opening by a square-edged disc)."""
    core = shapely.buffer(ground, -NEEDLE_M / 2, join_style="mitre")
    opened = shapely.buffer(core, NEEDLE_M / 2 * 1.02, join_style="mitre", mitre_limit=6)
    return bool((shapely.area(shapely.get_parts(ground.difference(opened))) > NEEDLE_M2).any())


def without_needles(pieces: Sequence[Polygon], borders: Borders, plane: Plane) -> Numbers:
    """The group of each piece: one with a needle is together with the neighbour with the longest border to it among
    those beside which it has none, or, a strip along several, with all of them."""
    group = np.arange(len(pieces))
    one, other, metres = borders.between(group)
    for number, piece in enumerate(pieces):
        if not has_needle(plane.metres(piece)):
            continue
        near = np.flatnonzero((one == number) | (other == number))
        beside = (one + other - number)[near[np.argsort(-metres[near], kind="stable")]]
        blunt = [partner for partner in beside.tolist() if _is_blunt(pieces, number, partner, plane)]
        partners = np.array(blunt[:1]) if blunt else beside
        group = joined_numbers(len(group), group[np.full(len(partners), number)], group[partners])[group]
    return group


def _is_blunt(pieces: Sequence[Polygon], number: int, partner: int, plane: Plane) -> bool:
    whole = joined([pieces[number], pieces[partner]])
    return isinstance(whole, Polygon) and not whole.interiors and not has_needle(plane.metres(whole))


def _partners(borders: Borders, group: Numbers, thin: set[int]) -> dict[int, int]:
    """Thin groups and whom they join, no group in two pairs but as the one that is joined."""
    one, other, metres = borders.between(group)
    best: dict[int, tuple[float, int]] = {}
    for here, there, shared in zip(one.tolist(), other.tolist(), metres.tolist(), strict=True):
        for own, partner in ((here, there), (there, here)):
            if own in thin:
                best[own] = max(best.get(own, (-1.0, 0)), (shared, partner))
    return {own: partner for own, (_, partner) in sorted(best.items())}


def _thin_groups(pieces: Sequence[Polygon], plane: Plane, group: Numbers, wanted: NDArray[np.int64]) -> list[int]:
    order = np.argsort(group, kind="stable")
    first = np.searchsorted(group[order], wanted, "left")
    last = np.searchsorted(group[order], wanted, "right")
    grounds = [
        plane.metres(pieces[order[a]] if b - a == 1 else joined([pieces[n] for n in order[a:b]]))
        for a, b in zip(first, last, strict=True)
    ]
    shapes = np.array(grounds, dtype=object)
    thin = shapely.is_empty(shapely.buffer(shapes, -THIN_M / 2)) | (shapely.area(shapes) < SMALL_M2)
    return [*wanted[thin].tolist()]
