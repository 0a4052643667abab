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
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.files.whole import replacing
from geo.packing import Packed

MARK = b"wangge snapshot 1\n"
SUM_BYTES = 32
ALIGN = 64
"""Columns begin at multiples of so many bytes."""
KEPT = 8
"""Newest snapshots that stay on the disk."""
SUFFIX = ".snapshot"
AT_ONCE = 1 << 24

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

    def keep(self, state: Packed) -> Path:
        """Write the file of a state, unless there is one, and let go of the oldest."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.path(state.told["publication"])
        write(path, state)
        for number in self.numbers()[KEPT:]:
            self.path(number).unlink(
                missing_ok=True
            )  # who reads it goes on: the ground of a file stays while it is open
        return path

    def read(self, publication: int) -> Packed | None:
        """The state of a publication; None where there is no file of it, or a damaged one, which is taken away."""
        path = self.path(publication)
        try:
            return read(path)
        except FileNotFoundError:
            return None
        except (SnapshotDamaged, OSError) as error:
            log.warning("the snapshot of publication %d is damaged and will be made anew: %s", publication, error)
            path.unlink(missing_ok=True)
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
    header += b" " * (-(len(MARK) + SUM_BYTES + 8 + len(header)) % ALIGN)
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
        size = os.fstat(file.fileno()).st_size
        begin = len(MARK) + SUM_BYTES
        if size < begin + 8:
            raise SnapshotDamaged("it is cut short")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    whole = memoryview(mapped)
    if whole[: len(MARK)] != MARK:
        raise SnapshotDamaged("it begins with something else")
    digest = blake2b(digest_size=SUM_BYTES)
    for first in range(begin, size, AT_ONCE):
        digest.update(whole[first : first + AT_ONCE])
    if digest.digest() != whole[len(MARK) : begin]:
        raise SnapshotDamaged("its checksum is wrong")
    length = int.from_bytes(whole[begin : begin + 8], "little")
    header = json.loads(bytes(whole[begin + 8 : begin + 8 + length]))
    ground = begin + 8 + length
    return Packed(header["told"], {name: _column(mapped, ground, *place) for name, place in header["columns"].items()})


def _column(mapped: mmap.mmap, ground: int, kind: str, shape: list[int], at: int) -> NDArray[np.generic]:
    count = int(np.prod(shape, dtype=np.int64))
    column: NDArray[np.generic] = np.frombuffer(mapped, dtype=kind, count=count, offset=ground + at).reshape(shape)
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
