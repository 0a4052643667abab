"""Where does the state of a publication come from: a snapshot that lies there, or the database?

One process of a machine reads the database and writes the snapshot, the others wait for it and read that in place.
"""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from geo.files.refusals import FileUnwritable
from geo.model import Ground
from geo.packing import Packed, boundaries_of, completed, packed
from geo.store import loading
from geo.store.snapshot import Snapshots

Step = tuple[Packed, Mapping[str, Ground] | None]
"""A state; with the boundaries of its regions where it is not completed yet."""

log = logging.getLogger(__name__)


class States:
    """Brings states of one store. Dates of people begin at 00:00 of the zone."""

    def __init__(self, snapshots: Snapshots | None, zone: ZoneInfo) -> None:
        self._snapshots, self._zone = snapshots, zone

    def newest_of_disk(self) -> Packed | None:
        """What can be answered from while the database is away."""
        state = self._snapshots.newest() if self._snapshots else None
        return state if state is not None and state.told["zone"] == self._zone.key else None

    def of_disk(self, number: int, at: datetime | None) -> Packed | None:
        """The snapshot of a publication; one of the same number that came into force at another instant is another
        store's."""
        state = self._snapshots.read(number) if self._snapshots else None
        if state is None or state.told["zone"] != self._zone.key:
            return None
        own = state.told["at"]
        return state if (None if own is None else datetime.fromisoformat(own)) == at else None

    def past(self, work: Session, number: int, before: Packed | None) -> Packed:
        """A state that is not in force any more, from the database."""
        return loading.load(work, number, self._zone, before)

    def steps(self, work: Session, number: int, at: datetime | None, before: Packed | None) -> Iterator[Step]:
        """The state in force, as soon as it can be answered from and then better: whole, and shared. `before` is the
        one that there was."""
        if self._snapshots is None:
            yield from self._loaded(work, number, before)
            return
        state = self.of_disk(number, at)
        if state is not None:
            yield state, None
            return
        with self._snapshots.turn() as is_writer:
            state = self.of_disk(number, at)
            if state is not None:
                yield state, None
                return
            for state, boundaries in self._loaded(work, number, before):
                yield state, boundaries
            if is_writer and state is not None:
                yield from self._shared(state)

    def _loaded(self, work: Session, number: int, before: Packed | None) -> Iterator[Step]:
        """From the database: owners first, then what points are asked of that no grid has."""
        before = loading.of_one_line(work, number, before)
        news = loading.news(work, number, self._zone, before)
        state = packed(news, before)
        if "depths" not in state.told:
            yield state, boundaries_of(news, before)
            state = completed(state, news, before)
        yield state, None

    def _shared(self, state: Packed) -> Iterator[Step]:
        """Leave a snapshot: from then on the columns are read from the file, which the machine's processes share."""
        assert self._snapshots is not None
        number = state.told["publication"]
        try:
            self._snapshots.keep(state)
        except FileUnwritable as error:
            log.warning("no snapshot could be kept of publication %d: %s", number, error)
            return
        written = self._snapshots.read(number)
        if written is not None:
            yield written, None
