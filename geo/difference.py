"""What is different between two states of the ground: who owns what, how many households, which codes?

Ground is compared by one arrangement of the grids that differ: a node that one of the states lacks is no difference,
and what is told is enough to make the one state of the other (`applied`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import shapely
from shapely.geometry.base import BaseGeometry

from geo.arrangement import Arrangement, joined
from geo.lineage import Descent, descents, is_narrow
from geo.measure import square_metres
from geo.model import Grid, Ground, Standing
from geo.noding import noded
from geo.touched_tiles import Square, touched

Codes = tuple[str, ...]
"""Grids that have some ground, the owner first; several only where they overlap, none where nobody has it."""


@dataclass(frozen=True, slots=True)
class Home:
    """A building as it counts: the code of its one owner, and its households (None where nobody counted)."""

    grid: str | None
    households: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One state of some regions: their standing by code, their grids by code, households by grid (None where nobody
    counted), and buildings by id."""

    standings: Mapping[str, Standing] = field(default_factory=dict)
    grids: Mapping[str, Grid] = field(default_factory=dict)
    households: Mapping[str, int | None] = field(default_factory=dict)
    homes: Mapping[str, Home] = field(default_factory=dict)

    def rank(self, code: str) -> tuple[bool, str]:
        """Where a grid stands in the owner rule: proven ground first, then the smallest code."""
        return self.standings.get(self.grids[code].region) is not Standing.PROVEN, code


@dataclass(frozen=True, slots=True)
class Piece:
    """Ground that changed hands, in one part or several, with its square metres.

    A hair is narrow (`geo.lineage.is_narrow`): what nodes leave behind that were put into a border one after another.
    """

    before: Codes
    after: Codes
    shape: Ground
    m2: float
    is_hair: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """A grid that is not as it was; `before` or `after` is None where there is none. `is_moved`: it has other ground,
    more than a hair."""

    code: str
    before: Grid | None
    after: Grid | None
    is_moved: bool

    @property
    def is_amended(self) -> bool:
        """Whether it only gained or lost nodes."""
        if self.before is None or self.after is None or self.is_moved:
            return False
        return replace(self.before, shape=self.after.shape) == self.after


@dataclass(frozen=True, slots=True)
class Count:
    """Households of a grid in both states, None where nobody counted or there is no such grid."""

    code: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A building that is counted otherwise; `before` or `after` is None where there is no such building."""

    id: str
    before: Home | None
    after: Home | None

    @property
    def is_handed_over(self) -> bool:
        return (self.before and self.before.grid) != (self.after and self.after.grid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Everything in which two states differ, each in the order of codes and ids.

    `lineage` says what became of the grids that differ, `standings` are regions with both standings, `tiles` the map
    squares that show another picture, by zoom.
    """

    pieces: tuple[Piece, ...] = ()
    grids: tuple[Changed, ...] = ()
    lineage: tuple[Descent, ...] = ()
    counts: tuple[Count, ...] = ()
    buildings: tuple[Moved, ...] = ()
    standings: Mapping[str, tuple[Standing | None, Standing | None]] = field(default_factory=dict)
    tiles: Mapping[int, Sequence[Square]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs that anybody meant: nodes and hairs are not told."""
        meant = any(not one.is_amended for one in self.grids)
        return not (meant or self.counts or self.buildings or self.standings)

    @property
    def handed_over(self) -> tuple[Piece, ...]:
        """The pieces that are more than a hair."""
        return tuple(one for one in self.pieces if not one.is_hair)


def difference(before: Side, after: Side) -> Difference:
    """What makes `after` of `before`. Raises NodingUnsettledError."""
    codes = sorted(c for c in before.grids.keys() | after.grids.keys() if before.grids.get(c) != after.grids.get(c))
    pieces = tuple(_pieces(before, after, sorted({*codes, *_over(before, codes), *_over(after, codes)})))
    moved = {code for piece in pieces if not piece.is_hair for code in {*piece.before} ^ {*piece.after}}
    grids = tuple(Changed(code, before.grids.get(code), after.grids.get(code), code in moved) for code in codes)
    counts = tuple(_counts(before, after))
    standings = {
        code: (before.standings.get(code), after.standings.get(code))
        for code in sorted(before.standings.keys() | after.standings.keys())
        if before.standings.get(code) is not after.standings.get(code)
    }
    return Difference(
        pieces=pieces,
        grids=grids,
        lineage=tuple(_lineage(before, after, grids)),
        counts=counts,
        buildings=tuple(_buildings(before.homes, after.homes)),
        standings=standings,
        tiles=touched([*_shown(before, after, pieces, grids, counts, standings.keys())]),
    )


def applied(before: Side, found: Difference) -> Side:
    """The state that a difference makes of the one it starts from. Raises NodingUnsettledError."""
    ground = _handed_over(before, found)
    grids = dict(before.grids)
    for one in found.grids:
        if one.after is None:
            del grids[one.code]
        else:
            grids[one.code] = replace(one.after, shape=ground[one.code])
    households = {code: count for code, count in before.households.items() if code in grids}
    households |= dict.fromkeys(grids.keys() - households.keys())
    homes = dict(before.homes)
    for building in found.buildings:
        if building.after is None:
            del homes[building.id]
        else:
            homes[building.id] = building.after
    standings = dict(before.standings)
    for code, (_, standing) in found.standings.items():
        if standing is None:
            del standings[code]
        else:
            standings[code] = standing
    households |= {one.code: one.after for one in found.counts if one.code in grids}
    return Side(standings=standings, grids=grids, households=households, homes=homes)


def _pieces(before: Side, after: Side, codes: Sequence[str]) -> Iterator[Piece]:
    """The ground of the grids that differ, put together by who had it and who has it."""
    told = [(side, code) for side in (before, after) for code in codes if code in side.grids]
    old = sum(1 for side, _ in told if side is before)
    faces: dict[tuple[Codes, Codes, bool], list[shapely.Polygon]] = {}
    for face in Arrangement.of([side.grids[code].shape for side, code in told]).faces:
        once = sorted((told[n][1] for n in face.over if n < old), key=before.rank)
        now = sorted((told[n][1] for n in face.over if n >= old), key=after.rank)
        if set(once) != set(now):
            faces.setdefault((tuple(once), tuple(now), is_narrow(face.shape)), []).append(face.shape)
    for (once_, now_, is_hair), shapes in sorted(faces.items()):
        ground = joined(shapes)
        yield Piece(once_, now_, ground, square_metres(ground), is_hair)


def _over(side: Side, codes: Sequence[str]) -> set[str]:
    """Grids of provisional ground that touch one of some grids: they may have the same ground."""
    loose = [c for c, g in side.grids.items() if side.standings.get(g.region) is not Standing.PROVEN]
    shapes = [side.grids[code].shape for code in codes if code in side.grids]
    if not loose or not shapes:
        return set()
    tree = shapely.STRtree([side.grids[code].shape for code in loose])
    return {loose[n] for n in tree.query(shapes)[1].tolist()}


def _lineage(before: Side, after: Side, grids: Sequence[Changed]) -> list[Descent]:
    """What became of the grids that differ in more than nodes; households where they live on."""
    meant = [one for one in grids if not one.is_amended]
    homes: dict[tuple[str | None, str | None], int] = {}
    for id_, home in before.homes.items():
        now = after.homes.get(id_)
        if home.grid and home.households and now and now.grid:
            homes[home.grid, now.grid] = homes.get((home.grid, now.grid), 0) + home.households
    return descents([g for one in meant if (g := one.before)], [g for one in meant if (g := one.after)], homes)


def _counts(before: Side, after: Side) -> Iterator[Count]:
    for code in sorted(before.grids.keys() | after.grids.keys()):
        once, now = before.households.get(code), after.households.get(code)
        if once != now or (code in before.grids) != (code in after.grids):
            yield Count(code, once, now)


def _buildings(before: Mapping[str, Home], after: Mapping[str, Home]) -> Iterator[Moved]:
    for id_ in sorted(before.keys() | after.keys()):
        once, now = before.get(id_), after.get(id_)
        if once != now:
            yield Moved(id_, once, now)


def _shown(
    before: Side,
    after: Side,
    pieces: Sequence[Piece],
    grids: Sequence[Changed],
    counts: Sequence[Count],
    restood: Iterable[str],
) -> Iterator[BaseGeometry]:
    """Ground that a map shows otherwise: what changed hands, and the whole of each grid of which something else is
    told."""
    yield from (piece.shape for piece in pieces if not piece.is_hair)
    codes = {one.code for one in grids if not one.is_moved and not one.is_amended} | {one.code for one in counts}
    regions = {*restood}
    for side in (before, after):
        for code, grid in side.grids.items():
            if code in codes or grid.region in regions:
                yield grid.shape


def _handed_over(before: Side, found: Difference) -> dict[str, Ground]:
    """The ground of each changed grid after the pieces changed hands."""
    codes = [one.code for one in found.grids if one.before is not None]
    shapes = [*(before.grids[code].shape for code in codes), *(piece.shape for piece in found.pieces)]
    faces: dict[str, list[shapely.Polygon]] = {one.code: [] for one in found.grids}
    # first only led through each other's nodes: crossings were rounded already, and are not to be rounded again
    for face in Arrangement.of(noded(shapes)).faces:
        own = {codes[n] for n in face.over if n < len(codes)}
        for n in face.over:
            if n >= len(codes):
                piece = found.pieces[n - len(codes)]
                own = own - {*piece.before} | {*piece.after}
        for code in own & faces.keys():
            faces[code].append(face.shape)
    return {
        code: joined(own, before.grids[code].shape if code in before.grids else None) for code, own in faces.items()
    }
