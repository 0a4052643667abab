"""How is a published state kept in a file that all processes of a machine read in place?

The file is written once, beside its name, brought to the disk and then renamed, so that under its name there is a whole
one or none. It begins with a mark, the length of a header, and the header: JSON that tells where each column lies, with
a checksum over everything behind the mark. Whoever opens it adds it up first; a damaged one is refused.
"""

import json
import logging
import mmap
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import blake2b
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.files.refusals import FileUnwritable
from geo.files.whole import replacing
from geo.packing import Packed
from geo.store import lock
from geo.store.lock import Held

MARK = b"wangge snapshot 2\n"
"""Those of 1 may lack rows that an index had forgotten (`geo.store.tables.apart`)."""
SUM_BYTES = 32
BEGIN = len(MARK) + SUM_BYTES
"""Where that begins which the checksum is of."""
ALIGN = 64
"""Columns begin at multiples of so many bytes."""
KEPT = 8
"""Newest snapshots that stay on the disk."""
SUFFIX = ".snapshot"
DRAFTS = ".wangge-*"
"""Folders in which files are written before they get their names (`geo.files.whole`)."""
WAIT_S = 30.0
"""How long a process waits for another that makes a snapshot, before it does without."""
AT_ONCE = 1 << 24
"""Bytes added up together."""

log = logging.getLogger(__name__)


class SnapshotDamaged(Exception):  # noqa: N818 - a state of a file; it is made anew
    """The file is not what was written."""


class Snapshots:
    """The snapshots of one store, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def beside(self, name: str) -> "Snapshots":
        """Those of something else about the same store."""
        return Snapshots(self.folder / name)

    def path(self, publication: int) -> Path:
        return self.folder / f"{publication:012}{SUFFIX}"

    def numbers(self) -> list[int]:
        """The publications that there is a file of, the newest first."""
        names = (re.fullmatch(rf"(\d{{12}}){re.escape(SUFFIX)}", path.name) for path in self.folder.glob(f"*{SUFFIX}"))
        return sorted((int(found[1]) for found in names if found), reverse=True)

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """One process makes a snapshot, the others wait until it did. False for who waited in vain, and where nothing
        can be written: they do without."""
        with ExitStack() as held:
            yield self._has_turn(held)

    def _has_turn(self, held: ExitStack) -> bool:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            held.enter_context(lock.holding(self.folder / "writing", wait_s=WAIT_S))
        except (Held, OSError) as error:
            log.warning("no snapshot can be written now: %s", error)
            return False
        return True

    def keep(self, state: Packed) -> Path:
        """Write the file of the state in force, in one's turn, and let go of others. Raises FileUnwritable."""
        number = state.told["publication"]
        path = self.path(number)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for left in self.folder.glob(DRAFTS):  # by a writer that was killed: nobody else writes now
                shutil.rmtree(left, ignore_errors=True)
            write(path, state)
            self._let_go(number)
        except OSError as error:
            raise FileUnwritable("file-not-written", name=path.name, reason=error.strerror or "") from error
        return path

    def _let_go(self, number: int) -> None:
        """Of the oldest, and of numbers after the one in force: these are of a store that is no more. Who reads a file
        goes on: its ground stays while it is open."""
        earlier = [one for one in self.numbers() if one <= number]
        for one in set(self.numbers()).difference(earlier[:KEPT]):
            self.path(one).unlink(missing_ok=True)

    def read(self, publication: int) -> Packed | None:
        """The state of a publication; None where there is no file of it, or a damaged one, which is taken away."""
        path = self.path(publication)
        try:
            return read(path)
        except FileNotFoundError:
            return None
        except (SnapshotDamaged, OSError) as error:
            log.warning("the snapshot of publication %d is damaged and will be made anew: %s", publication, error)
            with suppress(OSError):
                path.unlink()
            return None

    def newest(self) -> Packed | None:
        """The newest sound state."""
        return next((state for number in self.numbers() if (state := self.read(number)) is not None), None)


def write(path: Path, state: Packed) -> None:
    """The file is there, whole and on the disk, or nothing is."""
    places: dict[str, Any] = {}
    at = 0
    for name, column in state.columns.items():
        at += -at % ALIGN
        places[name] = [column.dtype.str, list(column.shape), at]
        at += column.nbytes
    header = json.dumps({"told": dict(state.told), "columns": places, "bytes": at}).encode()
    header += b" " * (-(BEGIN + 8 + len(header)) % ALIGN)
    with replacing(path, suffix=SUFFIX) as draft:
        digest = blake2b(digest_size=SUM_BYTES)
        draft.touch(0o600)  # it has names and phones
        with draft.open("wb") as file:
            file.write(MARK + bytes(SUM_BYTES))
            for part in _parts(header, state):
                digest.update(part)
                file.write(part)
            file.seek(len(MARK))
            file.write(digest.digest())


def read(path: Path) -> Packed:
    """The state of a file, read in place. Raises SnapshotDamaged, FileNotFoundError, OSError."""
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size < BEGIN + 8:
            raise SnapshotDamaged("it is cut short")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    whole = memoryview(mapped)
    if whole[: len(MARK)] != MARK:
        raise SnapshotDamaged("it begins with something else")
    digest = blake2b(digest_size=SUM_BYTES)
    for first in range(BEGIN, len(whole), AT_ONCE):
        digest.update(whole[first : first + AT_ONCE])
    if digest.digest() != whole[len(MARK) : BEGIN]:
        raise SnapshotDamaged("its checksum is wrong")
    return _state(whole)


def _state(whole: memoryview) -> Packed:
    length = int.from_bytes(whole[BEGIN : BEGIN + 8], "little")
    ground = BEGIN + 8 + length
    if ground > len(whole):
        raise SnapshotDamaged("its header is longer than the file")
    try:
        header = json.loads(bytes(whole[BEGIN + 8 : ground]))
        columns = {name: _column(whole[ground:], *place) for name, place in header["columns"].items()}
        return Packed(header["told"], columns)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise SnapshotDamaged("its header tells something else") from error


def _column(ground: memoryview, kind: str, shape: list[int], at: int) -> NDArray[np.generic]:
    count = prod(shape)
    if min(shape, default=0) < 0:
        raise SnapshotDamaged("a column has less than nothing")
    if count == 0:
        return np.empty(shape, dtype=kind)
    column: NDArray[np.generic] = np.frombuffer(ground, dtype=kind, count=count, offset=at).reshape(shape)
    return column


def _parts(header: bytes, state: Packed) -> Iterator[bytes | memoryview]:
    """Everything behind the checksum, in order."""
    yield len(header).to_bytes(8, "little") + header
    at = 0
    for column in state.columns.values():
        yield bytes(-at % ALIGN)
        at += -at % ALIGN + column.nbytes
        if column.nbytes:
            yield np.ascontiguousarray(column).data.cast("B")
