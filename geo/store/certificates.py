"""What was certified of a publication, and what has a certificate to be told beside the things?

Made on the first demand, from what was published under the number, and kept: later code does not change it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geo.certificate import Occasion
from geo.certificate import made as certified
from geo.certificate_json import document
from geo.lookup import Map
from geo.model import Layer, Plan
from geo.store import acceptances, export, rulesets
from geo.store.connect import reachable, service_engine, session
from geo.store.export import Selection
from geo.store.live import Live
from geo.store.published import current_publication, tallies
from geo.store.tables import certificate, edition, grid, identity, region
from geo.terms import Terms
from geo.tree import above


def find(session: Session, number: int) -> dict[str, Any] | None:
    """The certificate that was made of a publication; None where none was made yet."""
    return session.scalar(select(certificate.c.document).where(certificate.c.publication == number))


def of_publication(engine: Engine, number: int) -> dict[str, Any] | None:
    """The certificate of a publication, made and kept where there is none yet; None for a number that is not there.

    Two at once make it twice and keep one. Raises StoreUnavailable.
    """
    with reachable(), session(engine) as work:
        kept = find(work, number)
    if kept is not None:
        return kept
    live = Live(engine)
    live.refresh()
    state = live.map_at(number) if number else None
    if state is None:
        return None
    things, occasion = read(engine, Selection(state))
    return keep(engine, number, document(certified(things, occasion)))


def of_newest(engine: Engine) -> dict[str, Any] | None:
    """The certificate of what is in force; None before anything was published. Raises StoreUnavailable."""
    with reachable(), session(engine) as work:
        number = current_publication(work)
    return of_publication(engine, number)


def of_file(engine: Engine, wanted: Selection, layers: Sequence[Layer] = ()) -> tuple[Plan, dict[str, Any]]:
    """What is written out, and its certificate: the kept one of the publication where it is all of it.

    Raises StoreUnavailable.
    """
    things, occasion = read(engine, wanted, layers)
    if not occasion.is_whole:
        return things, document(certified(things, occasion))
    number = wanted.map.publication
    with reachable(), session(engine) as work:
        kept = find(work, number)
    return things, kept or keep(engine, number, document(certified(things, occasion)))


def make(url: str, number: int) -> dict[str, Any] | None:
    """`of_publication` in a process of its own; `url` is the service's."""
    engine = service_engine(url)
    try:
        return of_publication(engine, number)
    finally:
        engine.dispose()


def keep(engine: Engine, number: int, made: Mapping[str, Any]) -> dict[str, Any]:
    """The certificate as it is kept: this one, or the one that somebody else made before. Raises StoreUnavailable."""
    with reachable(), session(engine) as work, work.begin():
        work.execute(insert(certificate).values(publication=number, document=made).on_conflict_do_nothing())
        return dict(
            work.execute(select(certificate.c.document).where(certificate.c.publication == number)).scalar_one()
        )


def read(engine: Engine, wanted: Selection, layers: Sequence[Layer] = ()) -> tuple[Plan, Occasion]:
    """The things of a selection, and what a certificate of them has to be told. Raises StoreUnavailable."""
    with reachable(), session(engine) as work, work.begin():
        work.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        things = export.plan(work, wanted, layers)
        return things, _occasion(work, wanted, layers)


def _occasion(work: Session, wanted: Selection, layers: Sequence[Layer]) -> Occasion:
    state = wanted.map
    assert state.at is not None  # of a number that was published
    codes = [region.code for region in wanted.regions]
    return Occasion(
        publication=state.publication,
        at=state.at.astimezone(UTC).isoformat(),
        region=wanted.region,
        layers=tuple(layer for layer in Layer if layer in layers),
        standings={code: state.by_region[code][0].standing for code in codes if code in state.by_region},
        terms=_terms(work, state, codes),
    )


def _terms(work: Session, state: Map, codes: Sequence[str]) -> Terms:
    """By what the regions were judged at that number: later publications have no word in it."""
    number = state.publication
    upper = above(codes, {code: region.parent for code, region in state.regions.items()}) - set(codes)
    known = [code for code in sorted(upper) if code in state.regions]
    grids = [holding.code for code in codes for holding in state.by_region.get(code, [])]
    given = _given(work, number)
    before = tallies(work, number - 1, grids)
    return Terms(
        ruleset=rulesets.at(work, number),
        before={code: count for code, count in before.items() if count is not None},
        parents={code: state.regions[code].parent for code in known},
        schemes={code: state.regions[code].scheme for code in known},
        taken=frozenset(given.keys() - {*codes, *grids}),
        fresh=frozenset(code for code in (*codes, *grids) if given.get(code) == number),
        accepted=() if state.at is None else acceptances.at(work, state.at),
    )


def _given(work: Session, number: int) -> dict[str, int]:
    """Every code that a region or grid had at a number or before it, and the number that gave it first."""
    grids = (
        select(identity.c.code, func.min(func.lower(edition.c.numbers)))
        .join(grid, grid.c.id == identity.c.id)
        .join(edition, edition.c.id == grid.c.edition)
    )
    regions = select(identity.c.code, func.min(func.lower(region.c.numbers))).join(region, region.c.id == identity.c.id)
    found: dict[str, int] = {}
    for query, table in ((grids, edition), (regions, region)):
        for code, first in work.execute(query.where(func.lower(table.c.numbers) <= number).group_by(identity.c.code)):
            found[code] = min(first, found.get(code, first))
    return found
