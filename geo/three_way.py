"""Who owns each piece of ground after two changes of one base, and where do the two not go together?

Ground is cut into faces over which the same regions and grids lie in each of the three states. Whoever changed the
owner of a face has it; where both did, and not alike, somebody has to choose.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import NamedTuple, TypeAlias

import numpy as np
import shapely

from geo.arrangement import Arrangement, joined
from geo.lattice import directed_edges
from geo.lineage import is_narrow
from geo.model import Grid, Ground, Layer, Region


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Divided regions by code, each with its boundary as `shape`, and their grids by code."""

    regions: Mapping[str, Region]
    grids: Mapping[str, Grid]


class Side(IntEnum):
    BASE = 0
    MINE = 1
    THEIRS = 2


class Matter(StrEnum):
    """What a conflict is about."""

    OWNER = "owner"
    """Ground that both gave to somebody else, to two owners."""
    BORDER = "border"
    """A border that both moved, one to this side and one to the other."""
    GRID = "grid"
    """A grid that one side gave up and the other gave ground, a name or a kind; or that would have no ground left."""
    NAME = "name"
    KIND = "kind"


class Holder(NamedTuple):
    """A region or grid that has some ground; `region` is the region that it is or divides."""

    layer: Layer
    region: str
    code: str


Owner: TypeAlias = frozenset[Holder]
"""All that have a piece of ground: nobody outside, a region alone in a gap, several grids where they overlap."""
States: TypeAlias = tuple[State, State, State]
"""By `Side`."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A face of ground and its owners by `Side`."""

    shape: shapely.Polygon
    owners: tuple[Owner, Owner, Owner]

    @property
    def side(self) -> Side | None:
        """Whose owner it gets; None where both sides changed it, and not alike."""
        base, mine, theirs = self.owners
        if mine in (theirs, base):
            return Side.THEIRS
        return Side.MINE if theirs == base else None


@dataclass(frozen=True, slots=True)
class Dispute:
    """Pieces, by number, for which somebody has to choose a side; `code` is the grid that is about, if one is."""

    matter: Matter
    pieces: tuple[int, ...]
    shape: Ground
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Overlay:
    """The ground of three states of some regions. `shapes` are regions and grids of each side, led through all nodes,
    and `under` the numbers of the pieces that each has."""

    pieces: list[Piece]
    shapes: Mapping[tuple[Side, Holder], Ground]
    under: dict[tuple[Side, Holder], list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, states: States, regions: AbstractSet[str]) -> "Overlay":
        """Raises NodingUnsettledError."""
        shapes, numbers = list[Ground](), dict[bytes, int]()
        place = dict[tuple[Side, Holder], int]()
        for side in Side:
            for holder, shape in holders(states[side], regions):
                number = numbers.setdefault(shapely.to_wkb(shape), len(shapes))
                place[side, holder] = number
                shapes += [shape] if number == len(shapes) else []
        known: dict[int, list[tuple[Side, Holder]]] = {}
        for key, number in place.items():
            known.setdefault(number, []).append(key)
        cut = Arrangement.of(shapes)
        pieces = [Piece(face.shape, _owners(known[n] for n in sorted(face.over))) for face in cut.faces]
        under: dict[tuple[Side, Holder], list[int]] = {}
        for number, piece in enumerate(pieces):
            for side in Side:
                for holder in piece.owners[side]:
                    under.setdefault((side, holder), []).append(number)
        return cls(pieces, {key: cut.shapes[number] for key, number in place.items()}, under)

    def ground(self, numbers: Iterable[int]) -> Ground:
        """Some of the pieces together."""
        return joined([self.pieces[number].shape for number in numbers])


def holders(state: State, regions: AbstractSet[str]) -> Iterator[tuple[Holder, Ground]]:
    """The regions that are asked for, and the grids that divide them, with their ground."""
    for code in sorted(regions & state.regions.keys()):
        shape = state.regions[code].shape
        assert shape is not None  # regions of a state have their boundaries
        yield Holder(Layer.REGION, code, code), shape
    for code in sorted(state.grids):
        if (grid := state.grids[code]).region in regions:
            yield Holder(Layer.GRID, grid.region, code), grid.shape


def disputes(overlay: Overlay, states: States) -> list[Dispute]:
    """What somebody has to choose, in a fixed order. What is narrower than nodes can make it is nobody's business."""
    found, taken = list[Dispute](), set[int]()
    groups = [*_of_grids(overlay, states), *_of_changes(overlay)]
    for matter, code, numbers in groups:
        own = tuple(sorted(set(numbers) - taken))
        if own and not is_narrow(shape := overlay.ground(own)):
            taken |= set(own)
            found.append(Dispute(matter, own, shape, code))
    return sorted(found, key=lambda one: (one.matter, one.code or "", one.pieces))


def _owners(held: Iterable[Sequence[tuple[Side, Holder]]]) -> tuple[Owner, Owner, Owner]:
    sides: tuple[set[Holder], set[Holder], set[Holder]] = (set(), set(), set())
    for keys in held:
        for side, holder in keys:
            sides[side].add(holder)
    return frozenset(sides[0]), frozenset(sides[1]), frozenset(sides[2])


Group: TypeAlias = tuple[Matter, str | None, Iterable[int]]


def _of_grids(overlay: Overlay, states: States) -> Iterator[Group]:
    """Grids that are in doubt, each with all ground on which the two sides do not agree about it."""
    held: tuple[dict[str, set[int]], ...] = ({}, {}, {})
    for (side, holder), numbers in overlay.under.items():
        if holder.layer is Layer.GRID:
            held[side].setdefault(holder.code, set()).update(numbers)
    (base, mine, theirs), named = held, named_and_gone(states)
    for code in sorted(base.keys() | mine.keys() & theirs.keys()):
        own, other, was = (one.get(code, set()) for one in (mine, theirs, base))
        both = own and other
        moved = both and states[Side.MINE].grids[code].region != states[Side.THEIRS].grids[code].region
        gained = (own or other) - was
        lost = _is_wide(overlay, gained) or code in named
        doubtful = not _may_stay(overlay, own, other) if both else lost
        if doubtful or moved:
            yield Matter.GRID, code, own | other if moved else own ^ other


def named_and_gone(states: States) -> set[str]:
    """Codes of grids that one side gave up while the other gave them another name or kind."""
    base, *sides = (state.grids for state in states)
    gone = {code for code in base if sum(code in side for side in sides) == 1}
    return {
        code
        for code in gone
        for side in sides
        if code in side and (side[code].name, side[code].kind) != (base[code].name, base[code].kind)
    }


def _may_stay(overlay: Overlay, mine: AbstractSet[int], theirs: AbstractSet[int]) -> bool:
    """Whether a grid keeps more than a hair of what either side has of it, or may: nobody has chosen yet."""
    sides = (Side.MINE, mine), (Side.THEIRS, theirs)
    left = {number for side, own in sides for number in own if overlay.pieces[number].side in (side, None)}
    return any(not is_narrow(overlay.pieces[number].shape) for number in left) or not _is_wide(overlay, mine - left)


def _is_wide(overlay: Overlay, numbers: AbstractSet[int]) -> bool:
    return bool(numbers) and not is_narrow(overlay.ground(numbers))


def _of_changes(overlay: Overlay) -> Iterator[Group]:
    """Ground that hangs together and was changed alike: by both sides to two owners; or what each of them gave to the
    other side of one border, and would lie there like an island."""
    pieces = overlay.pieces
    pairs = _beside(pieces)
    changed = [len(set(piece.owners)) > 1 for piece in pieces]
    alike = _Sets(len(pieces))
    for a, b in pairs:
        if changed[a] and pieces[a].owners == pieces[b].owners:
            alike.join(a, b)
    crossed = {(alike.of(a), alike.of(b)) for a, b in pairs if _is_crossed(pieces[a], pieces[b])}
    groups = alike.groups()
    for number, own in groups.items():
        if pieces[number].side is None:
            yield Matter.OWNER, None, own
    both = _Sets(len(pieces))
    for a, b in sorted(crossed):
        both.join(a, b)
    for numbers in both.groups().values():
        if len(numbers) > 1:
            yield Matter.BORDER, None, [n for number in numbers for n in groups[number]]


def _is_crossed(one: Piece, other: Piece) -> bool:
    """Whether two pieces are together on either side, and each went there by another side's hand."""
    sides = {one.side, other.side}
    together = all(one.owners[side] == other.owners[side] for side in (Side.MINE, Side.THEIRS))
    changed = all(
        piece.side is not None and piece.owners[piece.side] != piece.owners[Side.BASE] for piece in (one, other)
    )
    return together and changed and sides == {Side.MINE, Side.THEIRS}


def _beside(pieces: Sequence[Piece]) -> list[tuple[int, int]]:
    """Pairs of pieces that share an edge."""
    start, end, owner = directed_edges([piece.shape for piece in pieces])
    low, high = np.minimum(start, end), np.maximum(start, end)
    order = np.lexsort((high, low))
    low, high, owner = low[order], high[order], owner[order]
    same = np.flatnonzero((low[1:] == low[:-1]) & (high[1:] == high[:-1]))
    return sorted({(min(a, b), max(a, b)) for a, b in zip(owner[same].tolist(), owner[same + 1].tolist(), strict=True)})


class _Sets:
    """Numbers that belong together (union-find), each set named by its smallest."""

    def __init__(self, count: int) -> None:
        self._above = [*range(count)]

    def of(self, number: int) -> int:
        while self._above[number] != number:
            self._above[number] = number = self._above[self._above[number]]
        return number

    def join(self, one: int, other: int) -> None:
        a, b = sorted((self.of(one), self.of(other)))
        self._above[b] = a

    def groups(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for number in range(len(self._above)):
            found.setdefault(self.of(number), []).append(number)
        return found
