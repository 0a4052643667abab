"""Of what pieces of ground is the map of a publication, as a zoom shows it?

From the zooms of grids on, a piece is a divided region; further out it is all divided regions under one that stands
some steps above them. What is above a piece is put together from the pieces.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.generalise import LEAST_GRID_ZOOM, steps_above
from geo.model import Standing
from geo.store.published import at
from geo.store.tables import edition, region


@dataclass(frozen=True, slots=True)
class Piece:
    """Editions that are drawn as one. `subject` is the number of its region; negative where other pieces are below that
    region, which then has more ground than this."""

    subject: int
    editions: tuple[int, ...]

    @property
    def region(self) -> int:
        return abs(self.subject)


@dataclass(frozen=True)
class Division:
    """The pieces of a publication by the number of their region, and the tree above them."""

    zoom: int
    pieces: Mapping[int, Piece]
    parents: Mapping[int, int | None]
    provisional: frozenset[int]

    @cached_property
    def shown(self) -> frozenset[int]:
        """Regions that have ground at this zoom."""
        return frozenset(self.pieces) | _above(self.pieces, self.parents)

    @cached_property
    def below(self) -> Mapping[int, tuple[int, ...]]:
        """The shown regions right below each."""
        found = defaultdict[int, list[int]](list)
        for one in sorted(self.shown):
            if (above := self.parents.get(one)) is not None:
                found[above].append(one)
        return {above: tuple(ones) for above, ones in found.items()}

    @cached_property
    def piece_of(self) -> Mapping[int, Piece]:
        """The piece that each edition is in."""
        return {number: piece for piece in self.pieces.values() for number in piece.editions}

    @property
    def has_grids(self) -> bool:
        return self.zoom >= LEAST_GRID_ZOOM

    def is_drawn_whole(self, piece: Piece) -> bool:
        """Whether the piece's own outline is drawn, and not only its grids': those of provisional editions overlap."""
        return not self.has_grids or not self.provisional.isdisjoint(piece.editions)

    def levels(self) -> list[list[int]]:
        """The shown regions by how many are above them, the deepest first."""
        found = defaultdict[int, list[int]](list)
        for one in sorted(self.shown):
            found[len(list(chain(one, self.parents)))].append(one)
        return [found[deep] for deep in sorted(found, reverse=True)]


def division(session: Session, zoom: int, number: int) -> Division:
    """The division of a publication; that of 0 is empty."""
    tree = session.execute(select(region.c.id, region.c.parent).where(at(region, number)))
    parents: dict[int, int | None] = dict(tree.all())
    rows = session.execute(select(edition.c.id, edition.c.region, edition.c.standing).where(at(edition, number))).all()
    provisional = frozenset(own for own, _, standing in rows if standing == Standing.PROVISIONAL.value)
    pieces = _pieces({divided: own for own, divided, _ in rows}, parents, zoom)
    return Division(zoom, pieces, parents, provisional)


def kept(session: Session, number: int) -> dict[int, int]:
    """Editions that begin at a publication and have the very boundary of the one they follow: which that is."""
    old, new = edition.alias("old"), edition.alias("new")
    rows = session.execute(
        select(new.c.id, old.c.id)
        .join(old, old.c.region == new.c.region)
        .where(func.lower(new.c.numbers) == number, func.upper(old.c.numbers) == number)
        .where(func.ST_AsBinary(new.c.boundary) == func.ST_AsBinary(old.c.boundary))
    )
    return dict(rows.all())


def chain(one: int, parents: Mapping[int, int | None]) -> Iterator[int]:
    """A region and all above it."""
    at: int | None = one
    while at is not None:
        yield at
        at = parents.get(at)


def _pieces(divided: Mapping[int, int], parents: Mapping[int, int | None], zoom: int) -> dict[int, Piece]:
    """`divided`: the edition of each divided region."""
    members = defaultdict[int, list[int]](list)
    upper = _above(divided, parents)
    for one, number in divided.items():
        way = list(chain(one, parents))
        if one in upper:
            way = [one, *way]  # its own ground is one of the things right below it
        steps = 0 if zoom >= LEAST_GRID_ZOOM else steps_above(zoom)
        members[way[min(steps, len(way) - 1)]].append(number)
    upper = _above(members, parents)
    return {
        one: Piece(-one if one in upper else one, tuple(sorted(numbers))) for one, numbers in sorted(members.items())
    }


def _above(ones: Iterable[int], parents: Mapping[int, int | None]) -> set[int]:
    """All regions that some region is below."""
    found = set[int]()
    for one in ones:
        at = parents.get(one)
        while at is not None and at not in found:
            found.add(at)
            at = parents.get(at)
    return found
