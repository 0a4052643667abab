"""How does the published map stay in memory, and what happens while the database is away?

One immutable `Map` at a time, replaced whole when the door says that something was published (NOTIFY), and asked for
every few seconds behind that. While the database is away the last map goes on answering, and says how old it is.
"""

import logging
import os
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from select import POLLIN, poll
from threading import Event, Lock, Thread

from psycopg import Connection, OperationalError
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo.lookup import Holding, Map
from geo.store import rulesets
from geo.store.connect import reachable, session
from geo.store.errors import StoreUnavailable
from geo.store.published import Edition, at, current_publication, editions, regions
from geo.store.tables import edition, identity, publication, tally

POLL_S = 2.0
"""Longest time between a publication and our hearing of it should its notice get lost, seconds."""
STALE_S = 10.0
"""An answer is `stale` when the database has not confirmed the map for this long, seconds."""
RETRY_S = 0.5
"""Pause before the database is tried again, seconds."""
PAST_MAPS = 3
"""Past states kept for readers that are in the middle of a list."""
CHANNEL = "wangge"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """A published state, and when (monotonic seconds) the database last said that it is the one in force.

    `loaded` is False until the database has told for the first time.
    """

    map: Map
    confirmed: float
    loaded: bool = True

    @property
    def age_s(self) -> float:
        return max(0.0, time.monotonic() - self.confirmed)

    @property
    def stale(self) -> bool:
        return self.age_s > STALE_S


class Live:
    """The published map of a running service."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._editions: dict[int, Edition] = {}
        self._stop = Event()
        self._thread = Thread(target=self._follow, name="published-map", daemon=True)
        self._answered = False
        self._lock = Lock()
        self._past: OrderedDict[int, Map] = OrderedDict()
        self.seen = Seen(Map(), time.monotonic() - STALE_S, loaded=False)

    @property
    def hears(self) -> bool:
        """Whether the database answers, by what the last polls met: asks nobody, so it waits for none that hangs."""
        return self._answered and self.seen.age_s <= 2 * POLL_S

    def start(self) -> None:
        """Load the map, then follow publications. Raises StoreUnavailable when it cannot be loaded at all."""
        self.refresh()
        self._bell, self._rope = os.pipe()
        self._thread.start()

    def stop(self) -> None:
        """Wake the thread and see it end; one that waits for a database that hangs is left to die with the process."""
        self._stop.set()
        if self._thread.is_alive():
            os.write(self._rope, b"\n")
            self._thread.join(timeout=POLL_S + RETRY_S + 5)
            if not self._thread.is_alive():
                os.close(self._rope)
                os.close(self._bell)

    def refresh(self) -> None:
        """Confirm the map in memory, or replace it by the one in force. Raises StoreUnavailable."""
        with reachable(), session(self.engine) as work, work.begin():
            work.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            asked = time.monotonic()
            number = current_publication(work)
            if number == self.seen.map.publication and self.seen.loaded:
                self.seen = Seen(self.seen.map, asked)
            else:
                if self.seen.loaded:
                    self._keep(self.seen.map)
                self.seen = Seen(self._load(work, number), asked)
                _warm(self.seen.map)
        self._answered = True

    def map_at(self, number: int) -> Map | None:
        """The map of a publication: the one in force at once, a past one from the store; None when there is none.

        Raises StoreUnavailable.
        """
        current = self.seen.map
        if number == current.publication:
            return current
        if not 0 < number < current.publication:
            return None
        with self._lock:
            found = self._past.get(number)
        if found is None:
            with reachable(), session(self.engine) as work, work.begin():
                work.connection(execution_options={"isolation_level": "REPEATABLE READ"})
                found = _loaded(work, number, {one.id: one for one in editions(work, number)})
            self._keep(found)
        return found

    def _keep(self, past: Map) -> None:
        """Requests ask for past maps from many threads."""
        with self._lock:
            self._past[past.publication] = past
            while len(self._past) > PAST_MAPS:
                self._past.popitem(last=False)

    def _load(self, work: Session, number: int) -> Map:
        ids = set(work.scalars(select(edition.c.id).where(at(edition, number))))
        if ids - self._editions.keys():
            fresh = select(identity.c.code).join(edition, edition.c.region == identity.c.id)
            codes = work.scalars(fresh.where(edition.c.id.in_(ids - self._editions.keys())))
            self._editions |= {one.id: one for one in editions(work, number, codes=list(codes))}
        self._editions = {key: self._editions[key] for key in ids}
        return _loaded(work, number, self._editions)

    def _follow(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except (StoreUnavailable, OperationalError, DBAPIError) as error:
                self._answered = False
                log.warning("the published map cannot be confirmed: %s", type(error).__name__)
                self._stop.wait(RETRY_S)

    def _listen(self) -> None:
        """Listen on a connection of its own until it breaks or the service stops."""
        with reachable(), self.engine.connect() as outer:
            outer.execution_options(isolation_level="AUTOCOMMIT")
            outer.exec_driver_sql(f"LISTEN {CHANNEL}")
            driver = outer.connection.driver_connection
            assert isinstance(driver, Connection)  # SQLAlchemy's psycopg dialect
            either = poll()
            either.register(driver, POLLIN)
            either.register(self._bell, POLLIN)
            while not self._stop.is_set():
                self.refresh()
                either.poll(POLL_S * 1000)
                for _ in driver.notifies(timeout=0):
                    pass


def _loaded(work: Session, number: int, found: Mapping[int, Edition]) -> Map:
    households, ids = _households(work, number), _ids(work)
    return Map(
        publication=number,
        at=work.scalar(select(publication.c.at).where(publication.c.number == number)),
        holdings=[
            Holding(ids["grid", grid.code], grid, one.id, one.standing, households.get(grid.code))
            for one in found.values()
            for grid in one.grids
        ],
        regions={region.code: region for region in regions(work, number)},
        region_ids={code: key for (layer, code), key in ids.items() if layer == "region"},
        boundaries={one.region: one.boundary for one in found.values()},
        ruleset=rulesets.at(work, number),
    )


def _warm(state: Map) -> None:
    """Build what the first lookup would otherwise wait for."""
    state.owners.covering(0.0, 0.0)
    state.fallback(0.0, 0.0)


def _ids(work: Session) -> dict[tuple[str, str], int]:
    """The stable number of every region and grid there ever was."""
    wanted = identity.c.layer.in_(["region", "grid"])
    rows = work.execute(select(identity.c.layer, identity.c.code, identity.c.id).where(wanted))
    return {(row.layer, row.code): row.id for row in rows}


def _households(work: Session, number: int) -> dict[str, int | None]:
    rows = work.execute(
        select(identity.c.code, tally.c.households)
        .join(identity, identity.c.id == tally.c.grid)
        .where(at(tally, number))
    )
    return {row.code: row.households for row in rows}
