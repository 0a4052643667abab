"""Do two changes of one base go together? An independent answer by areas: which ground changed its owner on each side?

Ground is compared by overlay, which rounds: what is narrower than `HAIR` is nobody's, and where the answer hangs on
ground hardly wider (`DOUBT`) there is none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import shapely

from geo.model import Ground

HAIR, DOUBT = 3e-7, 3e-6
"""Degrees: some steps of the lattice, which rounding moves; and a hand's breadth."""
Grids = Mapping[str, Ground]


class InDoubtError(Exception):
    """Overlay cannot tell."""


@dataclass(frozen=True)
class Given:
    """Ground that one side took from a grid and gave to another; `end` is a grid of the base, or None for a new one."""

    start: str
    end: str | None
    shape: Ground


@dataclass(frozen=True)
class Pair:
    """Grids by code as both began, and as each side left them; and what the grids are called."""

    base: Grids
    sides: tuple[Grids, Grids]
    names: tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str]]

    @cached_property
    def given(self) -> tuple[list[Given], list[Given]]:
        one, other = (list(_given(self.base, side)) for side in self.sides)
        return one, other

    @property
    def clashes(self) -> set[str]:
        """Why they do not go together: empty where they do. Raises InDoubtError."""
        found = {"owner"} if self._owner() else set()
        found |= {"grid"} if any(self._grid(code) for code in self.base) else set()
        found |= {"border"} if self._border() else set()
        return found | ({"name"} if any(self._name(code) for code in self.base) else set())

    def _owner(self) -> bool:
        """The same ground was given to two owners."""
        one, other = self.given
        shared = [a.shape.intersection(b.shape) for a in one for b in other if a.end is None or a.end != b.end]
        return wide(shared)

    def _border(self) -> bool:
        """One alone gave ground across a border, the other alone gave ground beside it across it the other way."""
        one, other = self.given
        both = [shapely.union_all([each.shape for each in side]) for side in (other, one)]
        alone = ([(a, a.shape.difference(rest)) for a in side] for side, rest in zip((one, other), both, strict=True))
        mine, theirs = alone
        beside = [contact(a, b) for x, a in mine for y, b in theirs if (x.start, x.end) == (y.end, y.start)]
        if any(10 * HAIR < length < 10 * DOUBT for length in beside):
            raise InDoubtError
        return any(length >= 10 * DOUBT for length in beside)

    def _grid(self, code: str) -> bool:
        """One side gave up a grid that the other made larger or renamed; or nothing is left of it after both."""
        there = [side.get(code) for side in self.sides]
        if None in there:
            was, *now = (names.get(code) for names in self.names)
            return any(name not in (None, was) for name in now) or any(
                wide([shape.difference(self.base[code])]) for shape in there if shape is not None
            )
        (one, other), was = there, self.base[code]
        assert one is not None
        assert other is not None
        gained = [shape.difference(was) for shape in (one, other)]
        return not wide([was.intersection(one).intersection(other), *gained])

    def _name(self, code: str) -> bool:
        was, *now = (names.get(code) for names in self.names)
        return None not in now and was not in now and now[0] != now[1]


def contact(one: Ground, other: Ground) -> float:
    """Along how much of their borders two grounds lie beside each other, degrees, with their hairs shorn; corners that
    meet count for some hairs."""
    first, second = (shape.buffer(-HAIR).buffer(2 * HAIR) for shape in (one, other))
    return float(first.intersection(second).area / (2 * HAIR))


def wide(shapes: list[Ground]) -> bool:
    """Whether some of the ground is more than a hair. Raises InDoubtError."""
    if any(not shape.buffer(-DOUBT / 2).is_empty for shape in shapes):
        return True
    if any(not shape.buffer(-HAIR / 2).is_empty for shape in shapes):
        raise InDoubtError
    return False


def _given(base: Grids, now: Grids) -> Iterator[Given]:
    for start, was in base.items():
        for end, shape in now.items():
            moved = was.intersection(shape) if end != start else None
            if moved is not None and not moved.buffer(-HAIR / 2).is_empty:
                yield Given(start, end if end in base else None, moved)
