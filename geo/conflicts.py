"""What has to be chosen when two changes of one base come together, and what stands until somebody has?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

import numpy as np
import shapely

from geo.measure import square_metres
from geo.model import Building, Grid, Ground, Layer
from geo.three_way import Dispute, Matter, Overlay, Side, States


class Take(StrEnum):
    """Whose version is chosen."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """What both sides changed, and not alike; `number` from 1, as choices name it.

    `base`, `mine`, `theirs`: codes of the grids that have the ground (none: nobody), or the name or kind of the grid
    `code` (none where there is no such grid). `take` is what was chosen; until somebody has, theirs stands.
    """

    number: int
    matter: Matter
    code: str | None
    base: tuple[str, ...]
    mine: tuple[str, ...]
    theirs: tuple[str, ...]
    shape: Ground
    area_m2: float
    households: int
    take: Take | None


Choices: TypeAlias = Mapping[int, Take]
Values: TypeAlias = tuple[str | None, str | None, str | None]
"""What a grid is called, or its kind, by `Side`; None where there is no such grid."""


class Homes:
    """Households by where they live: where the middle of their building lies, or its entrance. Of several buildings of
    one id the one with the most counts."""

    def __init__(self, buildings: Iterable[Building]) -> None:
        inhabited = sorted((one for one in buildings if one.households), key=lambda one: one.households or 0)
        homes = [*{one.id: one for one in inhabited}.values()]
        self._counts = np.array([one.households for one in homes], dtype=np.int64)
        self._tree = shapely.STRtree([one.entrance or shapely.point_on_surface(one.shape) for one in homes])

    def on(self, pieces: Sequence[Ground]) -> int:
        """Households on some pieces of ground; each once where these lie over each other."""
        return int(self._counts[np.unique(self._tree.query(np.array(pieces, dtype=object), "intersects")[1])].sum())


def about_ground(
    overlay: Overlay, found: Sequence[Dispute], choices: Choices, buildings: Sequence[Building]
) -> list[Conflict]:
    """Disputes as conflicts, numbered from 1."""
    homes = Homes(buildings if found else ())
    return [
        Conflict(
            number=number,
            matter=one.matter,
            code=one.code,
            base=_codes(overlay, one, Side.BASE),
            mine=_codes(overlay, one, Side.MINE),
            theirs=_codes(overlay, one, Side.THEIRS),
            shape=one.shape,
            area_m2=square_metres(one.shape),
            households=homes.on([one.shape]),
            take=choices.get(number),
        )
        for number, one in enumerate(found, start=1)
    ]


def _codes(overlay: Overlay, dispute: Dispute, side: Side) -> tuple[str, ...]:
    owners = [overlay.pieces[number].owners[side] for number in dispute.pieces]
    return tuple(sorted({one.code for owner in owners for one in owner if one.layer is Layer.GRID}))


def about_names(states: States, codes: Iterable[str], first: int, choices: Choices) -> list[Conflict]:
    """Names and kinds that both sides changed; numbered from `first`."""
    found = list[Conflict]()
    for code in sorted(codes):
        for matter in (Matter.NAME, Matter.KIND):
            values = values_of(states, matter, code)
            if _is_clash(values):
                number = first + len(found)
                found.append(_about_name(states, number, matter, code, values, choices.get(number)))
    return found


def values_of(states: States, matter: Matter, code: str) -> Values:
    """What the grid of a code is called, or its kind, on each side."""
    base, mine, theirs = (_value(state.grids.get(code), matter) for state in states)
    return base, mine, theirs


def _value(grid: Grid | None, matter: Matter) -> str | None:
    return None if grid is None else grid.name if matter is Matter.NAME else grid.kind.value


def chosen(values: Values, take: Take | None) -> str:
    """The name or kind that a grid has: that of the side that changed it; of both, the one chosen or theirs."""
    base, mine, theirs = values
    if theirs is None or (mine is not None and mine != base and (theirs == base or take is Take.MINE)):
        assert mine is not None  # a grid stands on one side at least
        return mine
    return theirs


def _is_clash(values: Values) -> bool:
    base, mine, theirs = values
    return None not in (mine, theirs) and mine != theirs and base not in (mine, theirs)


def _about_name(states: States, number: int, matter: Matter, code: str, values: Values, take: Take | None) -> Conflict:
    grid = states[Side.THEIRS].grids.get(code) or states[Side.MINE].grids[code]
    base, mine, theirs = (() if value is None else (value,) for value in values)
    return Conflict(
        number=number,
        matter=matter,
        code=code,
        base=base,
        mine=mine,
        theirs=theirs,
        shape=grid.shape,
        area_m2=square_metres(grid.shape),
        households=0,
        take=take,
    )
