"""Where is the tile archive of a publication, and who makes it? Made once, kept in the data folder, made again where it
is gone: the bytes are the same.

One is made at a time, in a thread that ends soon when the service does; processes on one folder share what they made.
"""

import logging
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from hashlib import blake2b
from pathlib import Path
from threading import Event, Lock
from typing import TypeAlias

from sqlalchemy import Engine

from api.tile_store import derived, maker
from geo.files.refusals import FileUnwritable
from geo.matrix import MERCATOR, Matrix
from geo.state import Map
from geo.store import lock
from geo.store.connect import public_engine, reachable
from geo.store.errors import StoreUnavailable
from geo.store.order import Progress
from tiles import archived

KEPT = 3
"""Archives that stay in the folder, those asked for last; one of a large city has tens of megabytes."""
SUFFIX = ".pmtiles"
TAG_BYTES = 12
AT_ONCE = 1 << 22
"""Bytes added up together."""

Derive: TypeAlias = Callable[[str, str, int], None]
"""Given the name of a matrix, a part of what tiles are cut from, and a publication."""

log = logging.getLogger(__name__)


class Stopped(Exception):  # noqa: N818 - a wish that was heard
    """The service ends."""


def write(
    engine: Engine,
    state: Map,
    target: Path,
    progress: Progress,
    *,
    matrix: Matrix = MERCATOR,
    most_zoom: int = archived.USUAL_ZOOM,
    derive: Derive | None = None,
) -> int:
    """Write the archive of a state of the store to a file; how many tiles it has. Whatever `progress` raises ends it.

    `derive` brings a part up to a publication; without it that is done here. Raises FileUnwritable, StoreUnavailable.
    """
    several = archived.parts(most_zoom)
    for number, part in enumerate(several):
        progress("deriving", number, len(several))
        (derive or partial(derived, engine))(matrix.name, part, state.publication)
    public = public_engine(engine.url.render_as_string(hide_password=False))
    try:
        with reachable(), public.connect() as connection:
            told = partial(progress, "tiles")
            return archived.write(connection, state, target, told, matrix=matrix, most_zoom=most_zoom)
    finally:
        public.dispose()


class Exports:
    """Those of one service's store. `derive` is how that service brings parts up to a publication."""

    def __init__(self, engine: Engine, folder: Path, derive: Derive | None = None) -> None:
        self._engine, self._folder, self._derive = engine, folder, derive
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._making: dict[Path, Future[Path]] = {}
        self._tags: dict[Path, str] = {}
        self._lock, self._is_over = Lock(), Event()

    def stop(self) -> None:
        """What is being made is given up, and leaves nothing."""
        self._is_over.set()
        self._maker.shutdown(cancel_futures=True)

    def find(self, state: Map) -> tuple[Path, str] | None:
        """The file of a state and the strong tag of its bytes; None where it is not made."""
        path = self._path(state)
        try:
            os.utime(path)
            tag = self._tags.get(path) or _tag(path)
        except FileNotFoundError:
            return None
        self._tags = {path: tag, **self._tags}
        return path, tag

    def make(self, state: Map) -> "Future[Path]":
        """The file of a state once it is there: made behind those that others wait for. The future's exceptions are
        FileUnwritable, StoreUnavailable and Stopped."""
        path = self._path(state)
        with self._lock:
            made = self._making.get(path)
            if made is None:
                made = self._making[path] = self._maker.submit(self._make, state, path)
                made.add_done_callback(lambda _: self._making.pop(path, None))
        return made

    @property
    def waiting(self) -> int:
        """Archives that are being made, or wait."""
        return len(self._making)

    def _make(self, state: Map, path: Path) -> Path:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with lock.holding(self._folder / "writing"):
                if not path.exists():
                    write(self._engine, state, path, self._heard, derive=self._derive)
                    self._let_go()
        except lock.Held:
            log.info("another process makes an archive")
        except (FileUnwritable, StoreUnavailable, OSError) as error:
            log.warning("the archive of publication %d was not made: %s", state.publication, error)
            raise
        return path

    def _heard(self, _phase: str, _done: int, _total: int) -> None:
        if self._is_over.is_set():
            raise Stopped

    def _let_go(self) -> None:
        """Take out those that were not asked for since others were."""
        found = sorted(self._folder.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in found[KEPT:]:
            path.unlink(missing_ok=True)

    def _path(self, state: Map) -> Path:
        """No two publications have the same number and instants, and other makers make other bytes."""
        stamp = blake2b(maker().encode(), digest_size=8)
        stamp.update(state.instants[: state.publication].tobytes())
        return self._folder / f"{state.publication:012}-{stamp.hexdigest()}{SUFFIX}"


def _tag(path: Path) -> str:
    found = blake2b(digest_size=TAG_BYTES)
    with path.open("rb") as file:
        while piece := file.read(AT_ONCE):
            found.update(piece)
    return f'"{found.hexdigest()}"'
