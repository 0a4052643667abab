"""What is to be drawn of a plan, region by region?

Each divided region whose ground is sound. Special grids and those that the region's rules name as fixed stay as they
are, and their ground is left out. What else a region wishes (`geo.wished`) goes with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import numpy as np
import shapely

from geo import code as codes
from geo.arrangement import Arrangement, joined
from geo.draw.task import Task, Weights, Wishes
from geo.layout import Layout
from geo.model import Grid, GridKind, Ground, Plan, Region
from geo.noding import NodingUnsettledError
from geo.rings import is_sound
from geo.ruleset import Limits
from geo.terms import ALONE, Terms

NUMBERED = ("14", "15")
"""Schemes of codes under a statistical code, where none is stated."""
USUAL: Final = MappingProxyType(
    {GridKind.RESIDENTIAL: Wishes(), GridKind.RURAL: Wishes(weights=Weights(compounds=0.3))}
)
"""What is wished where nothing is stated. A rural grid follows the village group, which stands as a compound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undrawn:
    """A divided region that waits for its grids, with its outline.

    `fixed` are its grids that stay, `present` those whose codes may go on, of the kind that the region's rules name.
    Drawn grids are of `kind`, and their codes of `scheme` (None: any unique text).
    """

    region: Region
    task: Task
    fixed: tuple[Grid, ...] = ()
    present: tuple[Grid, ...] = ()
    kind: GridKind = GridKind.RESIDENTIAL
    scheme: str | None = None


def undrawn(plan: Plan, terms: Terms = ALONE, previous: Sequence[Grid] | None = None) -> list[Undrawn]:
    """What can be drawn of a plan, by code: no region without sound ground, none that stays from edge to edge.

    With `previous` grids those of a region, or all where only one is drawn, are to be changed as little as heals them.
    """
    layout, stands = Layout(plan, terms), _Stands(plan)
    sound = [code for code in layout.divided if _is_ground(layout.outline(code))]
    found = []
    for code in sound:
        own = layout.grids_of(code)
        if previous is not None:
            own = [replace(grid, region=code) for grid in previous if len(sound) == 1 or grid.region == code]
        one = _undrawn(layout, code, own, stands, keep=previous is not None)
        found += [one] if one is not None else []
    return found


def kind_of(limits: Limits, present: Sequence[Grid] = ()) -> GridKind:
    """Of what kind drawn grids are: what the region's rules say, else rural where all are that are there."""
    rural = limits.wished.rural
    if rural is None:
        rural = bool(present) and all(grid.kind is GridKind.RURAL for grid in present)
    return GridKind.RURAL if rural else GridKind.RESIDENTIAL


def wishes_of(limits: Limits, kind: GridKind) -> Wishes:
    """What the region's limits and wishes say of such grids; where a limit is off or nothing is wished, the usual.

    A least from above can be more than the most of a region below it: then only the most counts.
    """
    usual, wished = USUAL[kind], limits.wished
    least, stated = limits.of("households_least", kind), limits.of("households_most", kind)
    most = usual.most if stated is None else int(stated)
    return Wishes(
        least=min(int(least or 0), most),
        most=most,
        barriers=usual.barriers if wished.barriers is None else wished.barriers,
        weights=replace(usual.weights, **wished.weights),
    )


def _is_ground(shape: Ground) -> bool:
    return not shape.is_empty and is_sound(shape)


def _undrawn(layout: Layout, code: str, own: Sequence[Grid], stands: "_Stands", *, keep: bool) -> Undrawn | None:
    """A region that has some grids now; None where nothing of it is to be drawn. `keep`: they are to be healed."""
    limits = layout.limits(code)
    sound = [grid for grid in own if _is_ground(grid.shape)]
    present = [grid for grid in sound if not _stays(grid, limits)]
    try:
        ground, fixed = _apart(layout.outline(code), [grid for grid in sound if _stays(grid, limits)])
    except NodingUnsettledError:
        return None
    if ground.is_empty:
        return None
    kind = kind_of(limits, present)
    if limits.wished.rural is not None:
        present = [replace(grid, kind=kind) for grid in present]
    task = stands.task(ground, present if keep else (), wishes_of(limits, kind))
    smallest = max(1, task.wishes.least or task.wishes.most)
    most = sum(building.households or 0 for building in task.buildings) // smallest
    return Undrawn(
        region=layout.region(code),
        task=task,
        fixed=tuple(fixed),
        present=tuple(present),
        kind=kind,
        scheme=_scheme(layout.scheme(code), code, [grid.code for grid in own], most),
    )


def _stays(grid: Grid, limits: Limits) -> bool:
    return grid.kind is GridKind.SPECIAL or grid.code in (limits.wished.fixed or ())


def _apart(boundary: Ground, stays: Sequence[Grid]) -> tuple[Ground, list[Grid]]:
    """The ground of a boundary that no grid has which stays, and what these have of it; ground of two is the first
    one's.

    Raises NodingUnsettledError.
    """
    if not stays:
        return boundary, []
    faces = [one for one in Arrangement.of([boundary, *(grid.shape for grid in stays)]).faces if 0 in one.over]
    owner = [min(face.over - {0}, default=0) for face in faces]
    like = [boundary, *(grid.shape for grid in stays)]
    grounds = [
        joined([face.shape for face, its in zip(faces, owner, strict=True) if its == number], one)
        for number, one in enumerate(like)
    ]
    fixed = [replace(grid, shape=ground) for grid, ground in zip(stays, grounds[1:], strict=True)]
    return grounds[0], [grid for grid in fixed if not grid.shape.is_empty]


def _scheme(stated: str | None, region: str, given: Sequence[str], most: int) -> str | None:
    """The scheme that is stated. Else under a statistical code that of the codes there are, or the shortest that has
    numbers for so many grids."""
    if stated is not None:
        return stated if stated in codes.SCHEMES else None
    if codes.community(region) is None:
        return None
    fitting = [name for name in NUMBERED if given and all(codes.is_well_formed(name, code) for code in given)]
    enough = [name for name in NUMBERED if codes.SCHEMES[name].most >= most]
    return next(iter([*fitting, *enough]), NUMBERED[-1])


class _Stands:
    """What stands and runs on a plan's ground, looked up by boxes."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._trees = [
            shapely.STRtree([one.shape for one in some]) for some in (plan.buildings, plan.lines, plan.water)
        ]

    def task(self, ground: Ground, present: Sequence[Grid], wishes: Wishes) -> Task:
        """What is to be drawn on some ground, with everything whose box meets its box."""
        buildings, lines, water = (
            [*map(int, np.sort(tree.query(shapely.box(*ground.bounds))))] for tree in self._trees
        )
        return Task(
            boundary=ground,
            buildings=[self._plan.buildings[n] for n in buildings],
            lines=[self._plan.lines[n] for n in lines],
            water=[self._plan.water[n] for n in water],
            present=present,
            wishes=wishes,
        )
