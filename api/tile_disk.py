"""Which tiles does the disk remember, for when the service begins anew?

One file a tile and publication, under the hash of what it is of. A file is written whole, then named; what is read is
added up first. Processes share the folder: each looks at all of it before it lets go of the oldest.
"""

import logging
import os
import tempfile
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from threading import Lock

from api.tile_cache import Tile
from api.tile_place import Place

SUM_BYTES, LENGTH_BYTES = 16, 8
HEAD = SUM_BYTES + LENGTH_BYTES
"""A file begins with a checksum of what follows, and the length of the tile; then the tile, then the same in gzip."""
LOOK_AFTER = 16
"""The folder is looked through when so small a part of its room was written since."""
BLOCK = 4096
"""A file takes whole blocks of the disk, bytes."""

log = logging.getLogger(__name__)


class TileDisk:
    """Tiles in a folder that has at most `most` bytes; 0 keeps nothing. `maker` says who made them: others do not
    read them. `stamp` stands for one publication of one store, and nothing else."""

    def __init__(self, folder: Path, maker: str, most: int) -> None:
        self._folder, self._maker, self._most = folder, maker, most
        self._lock = Lock()
        self._written = most

    @property
    def is_on(self) -> bool:
        return self._most > 0

    def read(self, place: Place, publication: int, stamp: str) -> Tile | None:
        """The tile as it was made for this publication; a damaged one goes."""
        if not self.is_on:
            return None
        path = self._path(place, stamp)
        try:
            told = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        length = int.from_bytes(told[SUM_BYTES:HEAD], "big")
        if len(told) < HEAD + length or _sum(path.name, told[SUM_BYTES:]) != told[:SUM_BYTES]:
            log.warning("a tile on the disk is damaged and will be made anew")
            with suppress(OSError):
                path.unlink()
            return None
        body, packed = told[HEAD : HEAD + length], told[HEAD + length :]
        tile = Tile.of(body, publication)
        if packed:
            tile.packed, tile.is_packed = packed, True
        return tile

    def write(self, place: Place, tile: Tile, stamp: str) -> None:
        """Keep it. A disk that takes nothing is told of, no more."""
        if not self.is_on:
            return
        path = self._path(place, stamp)
        told = len(tile.body).to_bytes(LENGTH_BYTES, "big") + tile.body + (tile.packed or b"")
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, draft = tempfile.mkstemp(prefix=".tile-", dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_sum(path.name, told) + told)
                Path(draft).replace(path)
            except BaseException:
                Path(draft).unlink(missing_ok=True)
                raise
        except OSError as error:
            log.warning("a tile could not be kept on the disk: %s", error.strerror)
            return
        self._note(len(told))

    def _path(self, place: Place, stamp: str) -> Path:
        name = "/".join((self._maker, stamp, *map(str, place)))
        key = blake2b(name.encode(), digest_size=20).hexdigest()
        return self._folder / key[:2] / key[2:]

    def _note(self, size: int) -> None:
        with self._lock:
            self._written += _blocks(size)
            if self._written < self._most // LOOK_AFTER:
                return
            self._written = 0
            self._let_go()

    def _let_go(self) -> None:
        """Of the files used longest ago, until there is room for what comes before the next look."""
        found = []
        for path in self._folder.glob("??/*"):
            with suppress(OSError):
                told = path.stat()
                found.append((told.st_mtime, _blocks(told.st_size), path))
        total = sum(size for _, size, _ in found)
        room = self._most - self._most // LOOK_AFTER
        for _, size, path in sorted(found, key=lambda one: one[0]):
            if total <= room:
                return
            with suppress(OSError):
                path.unlink()
            total -= size


def _sum(name: str, told: bytes) -> bytes:
    """Of the name too: a file under another's name is damaged."""
    return blake2b(told, digest_size=SUM_BYTES, key=name.encode()).digest()


def _blocks(size: int) -> int:
    return -(-size // BLOCK) * BLOCK
