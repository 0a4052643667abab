"""What became of a grid, publication by publication?

A region is published whole, so most editions hold a grid just as it was: only what differs from the state before is
told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from geo.lattice import directed_edges, uncancelled
from geo.measure import square_metres
from geo.model import Grid, Ground, Standing
from geo.noding import NodingUnsettledError, noded


class What(StrEnum):
    """What a publication changed of a grid."""

    MADE = "made"
    RESTORED = "restored"
    GROUND = "ground"
    NODES = "nodes"
    NAME = "name"
    KIND = "kind"
    REGION = "region"
    STANDING = "standing"
    HOUSEHOLDS = "households"
    RETIRED = "retired"


class Cause(StrEnum):
    """Why: its region was published, a neighbour put a node on its border, or only buildings and counts changed."""

    PUBLISH = "publish"
    NODE = "node"
    DATA = "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A grid as one edition has it, in force from publication `first` to `last` (None: still)."""

    first: int
    last: int | None
    edition: int
    grid: Grid
    standing: Standing
    cause: Cause = Cause.PUBLISH


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Households (None where nobody counted) and buildings of a grid from publication `first` on."""

    first: int
    households: int | None
    buildings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One publication that changed a grid. Square metres and households are None where there is no grid or no count."""

    number: int
    cause: Cause
    what: tuple[What, ...]
    before_m2: float | None
    after_m2: float | None
    before: int | None
    after: int | None


def turns(versions: Sequence[Version], counts: Sequence[Count]) -> list[Turn]:
    """Every publication that changed the grid, oldest first; versions and counts in the order of their numbers."""
    ends = {one.last + 1 for one in versions if one.last is not None}
    numbers = sorted({one.first for one in versions} | {one.first for one in counts} | ends)
    found = (_turn(number, versions, counts) for number in numbers)
    return [one for one in found if one is not None]


def is_same_ground(one: Ground, other: Ground) -> bool:
    """Whether two shapes differ in nodes at most: led through each other's nodes they have the same edges."""
    if one == other:
        return True
    try:
        start, end, owner = directed_edges(noded([one, other]))
    except NodingUnsettledError:
        return False
    left, _, _ = uncancelled(start, end, np.where(owner == 0, -1, 1))
    return len(left) == 0


def _turn(number: int, versions: Sequence[Version], counts: Sequence[Count]) -> Turn | None:
    before, after = _at(versions, number - 1), _at(versions, number)
    once, now = (_count(counts, at) if version else None for at, version in ((number - 1, before), (number, after)))
    is_first = before is None and not any(one.first < number for one in versions)
    what = tuple(_what(before, after, is_first=is_first))
    if before and after and once != now:
        what = (*what, What.HOUSEHOLDS)
    if not what:
        return None
    return Turn(
        number=number,
        cause=_cause(number, before, after),
        what=what,
        before_m2=square_metres(before.grid.shape) if before else None,
        after_m2=square_metres(after.grid.shape) if after else None,
        before=once,
        after=now,
    )


def _what(before: Version | None, after: Version | None, *, is_first: bool) -> Iterator[What]:
    if before is None or after is None:
        if after is not None:
            yield What.MADE if is_first else What.RESTORED
        elif before is not None:
            yield What.RETIRED
        return
    old, new = before.grid, after.grid
    if old.shape != new.shape:
        yield What.NODES if after.cause is Cause.NODE or is_same_ground(old.shape, new.shape) else What.GROUND
    for what, one, other in (
        (What.NAME, old.name, new.name),
        (What.KIND, old.kind, new.kind),
        (What.REGION, old.region, new.region),
        (What.STANDING, before.standing, after.standing),
    ):
        if one != other:
            yield what


def _cause(number: int, before: Version | None, after: Version | None) -> Cause:
    if after is not None and after.first == number:
        return after.cause
    return Cause.PUBLISH if before is None or after is None else Cause.DATA


def _at(versions: Sequence[Version], number: int) -> Version | None:
    for one in versions:
        if one.first <= number and (one.last is None or number <= one.last):
            return one
    return None


def _count(counts: Sequence[Count], number: int) -> int | None:
    told = [one.households for one in counts if one.first <= number]
    return told[-1] if told else None
