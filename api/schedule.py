"""When does a scheduled plan come into force? At its instant, by whichever service on the store is awake then.

One thread sleeps until the next instant that the store knows of, or until the store says that a plan was changed.
Several services may do so on one store: the door lets a plan through once. While the database is away the thread waits
and comes back by itself; what fell due meanwhile is late, and until then the old number is the truth.

A plan that cannot be published, and that nobody refused, is told of with its trace and tried again after a rest that
doubles each time, a minute at most. The others do not wait for it.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Engine

from api.slugs import told
from geo.store import schedule
from geo.store.connect import reachable, session
from geo.store.drafts import CHANNEL
from geo.store.listener import Notices
from geo.store.refusals import Refused

Clock = Callable[[], datetime]
"""What time it is, with its offset."""

LONGEST_S = 60.0
"""Longest sleep: a clock that was set, or a notice that was lost, costs no more than this; and the longest rest."""
SHORTEST_S = 1.0
"""Pause before what should have been published, and could not, is tried again."""
STOP_S = 10.0
"""So long a thread that is to end is waited for."""

log = logging.getLogger(__name__)


def now() -> datetime:
    """The time of this machine."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Rest:
    """Of a plan that is stuck: until when (monotonic), and for how many seconds."""

    until: float
    pause: float


class Schedule:
    """Publishes what is due on the store of `engine`, by `clock`."""

    def __init__(self, engine: Engine, clock: Clock = now) -> None:
        self._engine, self._clock = engine, clock
        self._rests: dict[UUID, Rest] = {}
        self._notices = Notices(engine, CHANNEL, "schedule", self._publish, lambda: None)

    def start(self) -> None:
        """Publish from now on; asks the store in a thread of its own."""
        self._notices.start()

    def wake(self) -> None:
        """Look at the clock and at the store now."""
        self._notices.wake()

    def stop(self) -> None:
        """End the thread; one that waits for a database that hangs is left to die with the process."""
        self._notices.stop(STOP_S)

    def _publish(self) -> float:
        """Publish what is due; seconds until there is reason to look again."""
        at = time.monotonic()
        resting = {number: rest for number, rest in self._rests.items() if rest.until > at}
        done = schedule.publish_due(self._engine, self._clock(), resting=[*resting], named=_slug)
        stuck = [one.plan for one in done if isinstance(one, schedule.Stuck)]
        self._rests = resting | {number: self._rested(number) for number in stuck}
        for one in done:
            if isinstance(one, schedule.Failed):
                log.warning("the scheduled plan %s was refused: %s", one.plan, _slug(one.refused))
        with reachable(), session(self._engine) as work:
            due = schedule.next_due(work, [*self._rests])
        left = LONGEST_S if due is None else (due - self._clock()).total_seconds()
        rests = [rest.until - time.monotonic() for rest in self._rests.values()]
        return max(0.0, min(left if left > 0 else SHORTEST_S, LONGEST_S, *rests))

    def _rested(self, number: UUID) -> Rest:
        before = self._rests.get(number)
        pause = SHORTEST_S if before is None else min(2 * before.pause, LONGEST_S)
        return Rest(time.monotonic() + pause, pause)


def _slug(refused: Refused) -> str:
    """The problem that stands for a refusal."""
    return told(refused)[0]
