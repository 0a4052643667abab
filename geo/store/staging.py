"""What must go through the door together with a plan so that it can be proven?

The plan's regions are noded with their proven neighbours. A neighbour whose border gains a node is amended: a new
edition with the same owners, moved by at most a lattice step. What cannot be proven is refused, or stays provisional
where the plan allows it.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from uuid import UUID

import numpy as np
import shapely
from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from geo import border, coverage, noding
from geo.model import Grid, Ground, Layer, Region, Standing
from geo.store import drafts
from geo.store.drafts import wkb
from geo.store.published import Edition, at, current_publication, editions, is_one_of
from geo.store.refusals import AmendmentRefused, BorderConflict, CodeTaken, NotApart, NotExact, StaleBase, Unsettled
from geo.store.stale import stale
from geo.store.tables import edition, head, identity, plan_item, plan_region


@dataclass(frozen=True, slots=True)
class Division:
    """A region's boundary and grids, on their way through the door."""

    code: str
    boundary: Ground
    grids: tuple[Grid, ...]
    amends: Edition | None = None

    @property
    def shapes(self) -> list[Ground]:
        return [self.boundary, *(grid.shape for grid in self.grids)]

    @property
    def is_exact(self) -> bool:
        return coverage.is_exact(self.boundary, [grid.shape for grid in self.grids])

    def with_shapes(self, shapes: Sequence[Ground]) -> "Division":
        grids = tuple(replace(grid, shape=shape) for grid, shape in zip(self.grids, shapes[1:], strict=True))
        return replace(self, boundary=shapes[0], grids=grids)


def stage(session: Session, number: UUID) -> None:
    """Node a locked plan with what is published, write its amendments and standings.

    Regions that the plan was opened with and never changed go out of it first: they stay as they are published, and are
    neighbours as any other. Raises StaleBase, NotExact, NotApart, BorderConflict, AmendmentRefused, CodeTaken.
    """
    _leave_untouched(session, number)
    draft = drafts.find(session, number)
    content = drafts.content(session, number, (Layer.REGION, Layer.GRID))
    drawn = divisions(content.regions, content.grids, draft.base)
    provable = [division for division in drawn if division.is_exact]
    if len(provable) < len(drawn) and not draft.provisional:
        raise _not_exact([division for division in drawn if not division.is_exact])
    kept = _as_published(session, provable)
    while True:
        neighbours = [] if _needs_nobody(provable, kept) else _neighbours(session, provable, set(draft.base))
        if codes := stale(session, [number]):  # asked last: old ground beside new neighbours is nobody's business
            raise StaleBase(codes[number])
        noded, clashing, involved = _side_by_side(provable, neighbours, kept)
        if not clashing:
            break
        if not draft.provisional:
            raise _not_apart(clashing, involved)
        provable = [division for division in provable if division.code not in clashing]
    _write(session, number, provable, noded, {d.code for d in drawn} - {d.code for d in provable})


def _leave_untouched(session: Session, number: UUID) -> None:
    untouched = list(session.scalars(select(func.untouched_regions(number))))
    if untouched:
        grids = (plan_item.c.plan == number) & (plan_item.c.layer == Layer.GRID.value)
        session.execute(delete(plan_item).where(grids, is_one_of(plan_item.c.region, untouched)))
        own = plan_region.c.plan == number
        session.execute(delete(plan_region).where(own, is_one_of(plan_region.c.code, untouched)))


def divisions(regions: Sequence[Region], grids: Sequence[Grid], codes: Iterable[str]) -> list[Division]:
    """The boundary and grids of each region named, ordered by code."""
    outlines = {region.code: region.shape for region in regions}
    own: dict[str | None, list[Grid]] = {}
    for grid in grids:
        own.setdefault(grid.region, []).append(grid)
    result = []
    for code in sorted(codes):
        shape = outlines[code]
        assert shape is not None  # a region of the draft always has its boundary beside it
        result.append(Division(code, shape, tuple(own.get(code, ()))))
    return result


def _needs_nobody(provable: Sequence[Division], as_published: Container[str]) -> bool:
    """Whether no border can gain a node: every boundary is in force as it is, and led through no node of its grids."""
    return all(division.code in as_published for division in provable) and all(
        one is other
        for before, after in zip(provable, _noded(provable), strict=True)
        for one, other in zip(before.shapes, after.shapes, strict=True)
    )


def _neighbours(session: Session, provable: Sequence[Division], own: set[str]) -> list[Division]:
    """Proven editions in force that the plan does not replace and whose box meets its ground."""
    if not provable:
        return []
    near = editions(session, current_publication(session), meets=[division.boundary for division in provable])
    return [
        Division(one.region, one.boundary, one.grids, amends=one)
        for one in near
        if one.region not in own and one.standing is Standing.PROVEN
    ]


def _side_by_side(
    provable: Sequence[Division], neighbours: Sequence[Division], as_published: Container[str]
) -> tuple[list[Division], set[str], list[Division]]:
    """All of them noded, codes of drawn regions that clash all the same, and all that is involved. `as_published` are
    codes of drawn regions whose boundary is in force as it is, before any of this.

    A neighbour that was amended since the plan was drawn has other nodes on the common border, which lie beside those
    of the plan: where the two clash they are led through each other's.
    """
    given = [*provable, *neighbours]
    noded = _noded(given)
    kept = {
        division.code
        for division, before in zip(noded, given, strict=True)
        if division.boundary is before.boundary and (division.amends is not None or division.code in as_published)
    }
    clashing, involved = _clashing(noded, _spoiled(noded, given), len(provable), kept)
    if clashing:
        nearer = _noded(given, noding.BESIDE)
        if not _spoiled(nearer, given) and not _meetings(nearer, len(provable), ()):
            return nearer, set(), []
    return noded, clashing, involved


def _spoiled(noded: Sequence[Division], given: Sequence[Division]) -> set[str]:
    """Codes of those whose grids do not cover them exactly any more: of all that were given they did."""
    return {
        division.code
        for division, before in zip(noded, given, strict=True)
        if any(one is not other for one, other in zip(division.shapes, before.shapes, strict=True))
        and not division.is_exact
    }


def _noded(divisions: Sequence[Division], reach: float | None = None) -> list[Division]:
    shapes = [shape for division in divisions for shape in division.shapes]
    sizes = [len(division.shapes) for division in divisions]
    borders = [end - size for end, size in zip(accumulate(sizes), sizes, strict=True)]
    try:
        after, start, result = noding.noded(shapes, borders, reach), 0, []
    except noding.NodingUnsettledError as error:
        raise Unsettled(sorted({division.code for division in divisions})) from error
    for division in divisions:
        end = start + 1 + len(division.grids)
        result.append(division.with_shapes(after[start:end]))
        start = end
    return result


def _as_published(session: Session, drawn: Sequence[Division]) -> set[str]:
    """Codes of drawn regions whose boundary is in force as it is, proven."""
    proven = (identity.c.layer == Layer.REGION.value) & (edition.c.standing == Standing.PROVEN.value)
    rows = session.execute(
        select(identity.c.code, func.ST_AsBinary(edition.c.boundary))
        .join(identity, identity.c.id == edition.c.region)
        .where(at(edition, select(head.c.publication).scalar_subquery()), proven)
        .where(is_one_of(identity.c.code, [division.code for division in drawn]))
    )
    own = {division.code: shapely.to_wkb(division.boundary) for division in drawn}
    return {code for code, data in rows if bytes(data) == own[code]}


def _clashing(
    noded: Sequence[Division], spoiled: set[str], own: int, kept: Container[str]
) -> tuple[set[str], list[Division]]:
    """Codes of drawn regions that do not keep apart from another or that noding spoiled; and all that is involved."""
    drawn = {division.code for division in noded[:own]}
    if spoiled and not spoiled & drawn:
        raise AmendmentRefused(sorted(spoiled))
    met = _meetings(noded, own, kept)
    involved = [noded[n] for n in sorted({n for pair in met for n in pair})]
    return ({division.code for division in involved} | spoiled) & drawn, involved


def _meetings(noded: Sequence[Division], own: int, kept: Container[str]) -> set[tuple[int, int]]:
    """Pairs of a drawn region and another that do not keep apart. Two boundaries that are both in force as they are
    (`kept`) were found apart then."""
    if not noded:
        return set()
    boundaries = np.asarray([division.boundary for division in noded], dtype=object)
    one, two = shapely.STRtree(boundaries).query(boundaries[:own])
    pairs = {(min(a, b), max(a, b)) for a, b in zip(one.tolist(), two.tolist(), strict=True) if a != b}
    still = {n for n, division in enumerate(noded) if division.code in kept}
    asked = (pair for pair in pairs if not still.issuperset(pair))
    return {(a, b) for a, b in asked if not border.are_apart(boundaries[a], boundaries[b])}


def _not_exact(faulty: Sequence[Division]) -> NotExact:
    found = [
        finding
        for division in faulty
        for finding in coverage.findings(Region(code=division.code, shape=division.boundary), division.grids)
    ]
    return NotExact([division.code for division in faulty], found)


def _not_apart(clashing: set[str], involved: Sequence[Division]) -> NotApart:
    regions = [Region(code=division.code, shape=division.boundary) for division in involved]
    kind = BorderConflict if any(division.amends is not None for division in involved) else NotApart
    return kind(sorted(clashing), list(border.findings(regions)))


def _write(
    session: Session, number: UUID, provable: Sequence[Division], noded: Sequence[Division], provisional: set[str]
) -> None:
    own = noded[: len(provable)]
    for before, after in zip(provable, own, strict=True):
        if any(a is not b for a, b in zip(before.shapes, after.shapes, strict=True)):
            _reshape(session, number, after)
    if provisional:
        here = (plan_region.c.plan == number) & plan_region.c.code.in_(sorted(provisional))
        session.execute(update(plan_region).where(here).values(standing="provisional"))
    amended = [
        division
        for division in noded[len(provable) :]
        if division.amends is not None
        and any(a is not b for a, b in zip(division.shapes, _before(division.amends), strict=True))
    ]
    _amend(session, number, amended)


def _before(edition: Edition) -> list[Ground]:
    return [edition.boundary, *(grid.shape for grid in edition.grids)]


def _reshape(session: Session, number: UUID, division: Division) -> None:
    """The plan's own region receives the nodes of its neighbours."""
    here = (plan_region.c.plan == number) & (plan_region.c.code == division.code)
    session.execute(update(plan_region).where(here).values(boundary=wkb(division.boundary)))
    session.execute(
        update(plan_item).where(
            plan_item.c.plan == number, plan_item.c.layer == "grid", plan_item.c.code == bindparam("grid_code")
        ),
        [{"grid_code": grid.code, "shape": wkb(grid.shape)} for grid in division.grids],
        execution_options={"synchronize_session": False},
    )


def _amend(session: Session, number: UUID, amended: Sequence[Division]) -> None:
    taken = set(
        session.scalars(select(plan_item.c.code).where(plan_item.c.plan == number, plan_item.c.layer == "grid"))
    )
    for division in amended:
        assert division.amends is not None
        clash = sorted(taken & {grid.code for grid in division.grids})
        if clash:
            raise CodeTaken(clash)
        session.execute(
            insert(plan_region).values(
                plan=number,
                code=division.code,
                cause="node",
                amends=division.amends.id,
                standing=division.amends.standing.value,
                boundary=wkb(division.boundary),
            )
        )
        session.execute(
            insert(plan_item),
            [
                {
                    "plan": number,
                    "layer": "grid",
                    "code": grid.code,
                    "region": grid.region,
                    "attributes": {"name": grid.name, "kind": grid.kind.value},
                    "shape": wkb(grid.shape),
                }
                for grid in division.grids
            ],
        )
