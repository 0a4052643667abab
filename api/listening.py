"""Who listens to what happens, and how do they hear of it?

One thread with one connection of its own listens to PostgreSQL for all of them, reads each event once, and keeps the
last ones in memory. A listener has no queue: it knows how far it is, takes what came after from memory, and from the
store, page by page, where it is further behind. A slow one holds up nobody.

Memory ends at a mark, and who is behind reads the store up to just that mark: between the two nothing is lost, and
nothing comes twice.

Who hears of a publication asks for it at once: so it is told when the state that it made is in memory here.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from threading import Event as Flag
from threading import Lock

from sqlalchemy import Engine

from geo.store import events
from geo.store.connect import reachable, session
from geo.store.drafts import CHANNEL
from geo.store.errors import StoreUnavailable
from geo.store.events import Event, PlanEvent, Seen
from geo.store.listener import Notices
from geo.store.live import Live

KEPT = 1_000
"""Events in memory."""
LOOK_S = 5.0
"""Longest time between an event and our telling it should its notice get lost, seconds."""
START_S = 2.0
"""So long a service that starts waits to hear from the store where the present is, seconds."""
BEHIND = -1
"""The place of a listener who has to ask the store."""


class TooMany(Exception):  # noqa: N818 - an answer to who would listen, not a mistake of ours
    """No place for another listener is free; `most` is how many there are."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


@dataclass(eq=False, slots=True)
class Listener:
    """One who listens, to what is done to `plans` too or to publications only: `bell` rings when there is something to
    look for. `mark` is how far it was told, which who tells it writes; `place` how far it is in memory."""

    bell: asyncio.Event
    loop: asyncio.AbstractEventLoop
    plans: bool = False
    place: int = BEHIND
    mark: Seen | None = None

    def ring(self) -> None:
        """From any thread."""
        self.loop.call_soon_threadsafe(self.bell.set)


class Listening:
    """All listeners of a service, at most `most`. With `live` they hear of a publication when its map is there."""

    def __init__(self, engine: Engine, most: int, live: Live | None = None) -> None:
        self._engine, self.most, self._live = engine, most, live
        self._listeners = set[Listener]()
        self._kept: deque[Event] = deque(maxlen=KEPT)
        self._count, self._lock, self._waking = 0, Lock(), Lock()
        self._now: Seen | None = None
        self._hears, self._tried = Flag(), Flag()
        self._notices = Notices(engine, CHANNEL, "events", self._look, self._lost)

    @property
    def count(self) -> int:
        """How many listen."""
        return len(self._listeners)

    @property
    def is_over(self) -> bool:
        """Whether the service ends: listeners are to go."""
        return self._notices.is_over

    def start(self) -> None:
        """Listen from now on; waits a moment until the store has said where the present is."""
        self._notices.start()
        if self._live is not None:
            self._live.arrivals.follow(self._wake)
        self._tried.wait(START_S)

    @contextmanager
    def place(self) -> Iterator[Listener]:
        """A place for one listener; in the event loop. Raises TooMany."""
        if len(self._listeners) >= self.most:
            raise TooMany(self.most)
        own = Listener(asyncio.Event(), asyncio.get_running_loop())
        self._listeners.add(own)
        try:
            yield own
        finally:
            self._listeners.discard(own)

    def end(self) -> None:
        """Every listener is told to go; in the event loop."""
        self._notices.end()
        for one in [*self._listeners]:
            one.bell.set()

    def stop(self) -> None:
        """End the thread; one that waits for a database that hangs is left to die with the process."""
        with self._waking:
            self._notices.end()
        self._notices.stop(LOOK_S)

    def join(self, own: Listener, mark: str | None) -> Sequence[Event]:
        """What happened since a mark, the first page; without one, or with one that this store never gave, it begins at
        the present. In a thread: it may ask the store, and waits for nothing else. Raises StoreUnavailable."""
        with self._lock:
            own.mark, own.place = self._now, self._count
        if own.mark is None:
            raise StoreUnavailable("events cannot be listened to yet")
        seen = Seen.parse(mark) if mark else None
        if seen is None or seen == own.mark or not (own.mark.covers(seen) or self._gave(seen)):
            return []
        own.mark, own.place = seen, BEHIND
        return self.catch_up(own)

    def news(self, own: Listener) -> Sequence[Event] | None:
        """What a listener has not heard yet, from memory; None where it has to catch up."""
        with self._lock:
            behind = self._count - own.place
            if own.place == BEHIND or behind > len(self._kept):
                own.place = BEHIND
                return None
            own.place = self._count
            fresh = [*islice(self._kept, len(self._kept) - behind, None)]
        return [one for one in fresh if own.plans or not isinstance(one.what, PlanEvent)]

    def catch_up(self, own: Listener) -> Sequence[Event]:
        """The next page from the store: in a thread. Where there is none the listener goes on from memory, or knows
        more than we do from another service, and we have to hear of it first. Raises StoreUnavailable."""
        while True:
            with self._lock:
                now, count = self._now, self._count
            if now is None or own.mark is None:  # nobody joins before there is a present
                raise StoreUnavailable("events cannot be listened to yet")
            if not now.covers(replace(own.mark, then=None)):
                if not self._gave(own.mark):
                    own.mark, own.place = now, count
                return []
            found, after = self._page(own.mark, now, plans=own.plans)
            own.place = count if after == now else BEHIND
            if found:
                return found
            own.mark = after
            if after == now:
                return []

    def _page(self, seen: Seen, now: Seen, *, plans: bool) -> tuple[Sequence[Event], Seen]:
        if seen == now or (not plans and seen.number == now.number):
            return [], now
        with self._asking(), session(self._engine) as work:
            return events.since(work, seen, now, plans=plans)

    def _gave(self, seen: Seen) -> bool:
        """Whether the store, through another service, may have given a mark that is ahead of us."""
        with self._asking(), session(self._engine) as work:
            return events.present(work).covers(seen)

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Nobody waits for a database of which we know that it does not answer. Raises StoreUnavailable."""
        if not self._hears.is_set():
            raise StoreUnavailable("the database does not answer")
        with reachable():
            yield

    def _wake(self) -> None:
        """There is a new map here; called until the map is not followed any more, which may be after our end."""
        with self._waking:
            if not self._notices.is_over:
                self._notices.wake()

    def _lost(self) -> None:
        self._hears.clear()
        self._tried.set()

    def _look(self) -> float:
        """Read what is new and ring for those whom it concerns."""
        with session(self._engine) as work:
            now = self._known(events.present(work))
            # of a store that was made anew, or restored, what came before is not known
            seen = self._now if self._now is not None and now.covers(self._now) else now
            fresh, count, all_are_plans = deque[Event](maxlen=KEPT), 0, True
            while seen != now:
                page, seen = events.since(work, seen, now)
                fresh.extend(page)
                count += len(page)
                all_are_plans = all_are_plans and all(isinstance(one.what, PlanEvent) for one in page)
        with self._lock:
            self._kept.extend(fresh)
            self._count += count
            self._now = now
        self._hears.set()
        self._tried.set()
        self._ring([one for one in [*self._listeners] if one.plans or not all_are_plans] if count else [])
        return LOOK_S

    def _known(self, now: Seen) -> Seen:
        """The present, without publications whose map is not here yet: when it comes we are woken."""
        return now if self._live is None else replace(now, number=min(now.number, self._live.seen.map.publication))

    def _ring(self, whom: Sequence[Listener]) -> None:
        for one in whom:
            one.ring()
