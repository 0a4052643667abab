"""How does a large file come in? Piece by piece into a nameless file, so that neither memory nor a crash keeps any."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import IO, Annotated, Final, TypeAlias

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.access import Actor
from api.problems import Problem
from geo.store.uploads import CHUNK_BYTES

MEDIA: Final = (
    "application/octet-stream",
    "application/geo+json",
    "application/json",
    "application/geopackage+sqlite3",
    "application/zip",
    "application/vnd.google-earth.kml+xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "image/vnd.dxf",
    "text/csv",
)
"""What a file may call itself; what it is, its bytes and its name say."""
AT_ONCE = 4
"""Files that are received at the same time; each may take the disk that `upload_bytes` allows."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file that came in; read it with `pieces` while the request lasts."""

    file: IO[bytes]
    size: int
    digest: str

    def pieces(self) -> Iterator[bytes]:
        self.file.seek(0)
        while piece := self.file.read(CHUNK_BYTES):
            yield piece


async def received(request: Request, _: Actor) -> AsyncIterator[Received]:
    """The body of an actor's request. Raises the problems of one that is missing, of another kind, or too many."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in MEDIA:
        raise Problem("unsupported-media-type", {"accepted": ", ".join(MEDIA)})
    room = request.app.state.receiving
    if room.locked():
        raise Problem("busy")
    async with room:
        with tempfile.TemporaryFile(dir=await run_in_threadpool(_folder, request)) as file:
            size, digest = 0, sha256()
            async for piece in request.stream():
                digest.update(piece)
                size += await run_in_threadpool(file.write, piece)
            if not size:
                raise Problem("invalid-body")
            yield Received(file, size, digest.hexdigest())


InReceived: TypeAlias = Annotated[Received, Depends(received)]


def _folder(request: Request) -> str:
    folder = request.app.state.settings.data / "tmp"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return str(folder)
