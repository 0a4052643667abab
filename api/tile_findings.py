"""Which findings of the published map do tiles show?

Those of each region that has none above it. They are worked out once a publication and day, however many tiles ask for
them, and kept for the last one; what is accepted is asked for each tile, which may change at any time.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import TypeAlias
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool

from api.kept import Kept
from api.pool import Pool, TookTooLong
from api.tile_flight import Flight
from geo import ledger
from geo.acceptance import marked
from geo.model import Finding
from geo.plan import Report, check
from geo.state import Map
from geo.store import acceptances
from geo.store.connect import reachable, session
from geo.store.live import Live
from geo.store.reports import subject

MOST_WAITING = 4
"""States whose findings are worked out, or wait for it: one, and the next ones while it is not done."""
GIVEN_UP_S = 600.0
"""So long nobody tries again what took too long, seconds; another publication is tried at once."""

State: TypeAlias = tuple[int, date]
"""A publication and the day: bindings of people begin and end."""


class TileFindings:
    """The findings of one store's published map. `reports` are those that checks of regions kept, and are added to."""

    def __init__(self, live: Live, reports: Kept[Report], zone: ZoneInfo) -> None:
        self._live, self._reports, self._zone = live, reports, zone
        self._checks: Flight[Sequence[Finding]] = Flight("tile-findings", 1, MOST_WAITING)
        self._found: tuple[State, Sequence[Finding]] | None = None
        self._ranked: tuple[State, Sequence[int], Sequence[Finding]] | None = None
        self._late: tuple[State, float, TookTooLong] | None = None

    async def of(self, pool: Pool, state: Map) -> Sequence[Finding]:
        """Those of a published state, the worst first; a check that was begun goes on though nobody waits any more.
        Raises as a check does, Crowded, StoreUnavailable."""
        key = state.publication, datetime.now(self._zone).date()
        kept = self._found
        if kept is not None and kept[0] == key:
            found = kept[1]
        else:
            checked = self._checks.made(key, partial(self._check, pool, state, key))
            found = await asyncio.shield(asyncio.wrap_future(checked))
        return await run_in_threadpool(self._with_accepted, key, found)

    def stop(self) -> None:
        """Nothing is worked out any more."""
        self._checks.stop()

    def _check(self, pool: Pool, state: Map, key: State) -> Sequence[Finding]:
        kept, late = self._found, self._late
        if kept is not None and kept[0] == key:
            return kept[1]
        if late is not None and late[0] == key and time.monotonic() - late[1] < GIVEN_UP_S:
            raise TookTooLong(late[2].seconds)
        roots = [code for code, region in state.regions.items() if region.parent is None]
        try:
            found = [one for code in roots for one in self._report(pool, state, key, code).findings]
        except TookTooLong as error:
            self._late = key, time.monotonic(), error
            raise
        self._found = key, found
        return found

    def _report(self, pool: Pool, state: Map, key: State, code: str) -> Report:
        report = self._reports.get((*key, code))
        if report is None:
            plan, terms = subject(self._live.engine, state, code, self._zone)
            report = pool.run(check, plan, replace(terms, accepted=()))
            self._reports.put((*key, code), report)
        return report

    def _with_accepted(self, key: State, found: Sequence[Finding]) -> Sequence[Finding]:
        with reachable(), session(self._live.engine) as work:
            accepted = acceptances.in_force(work)
        ids, kept = [one.id for one in accepted], self._ranked
        if kept is not None and kept[:2] == (key, ids):
            return kept[2]
        ranked = ledger.ranked(marked(found, accepted))
        self._ranked = key, ids, ranked
        return ranked
