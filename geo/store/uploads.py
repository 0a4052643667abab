"""Where does a file wait until its job comes to read it? In pieces in the store, so that any service can take it up."""

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from geo.store.request_tables import upload_chunk

CHUNK_BYTES = 1024 * 1024
"""One piece: small enough for a statement, large enough that a city's file is a few hundred rows."""


def write(session: Session, job: UUID, pieces: Iterable[bytes]) -> None:
    """Keep a file for a job that is in the store already; one piece at a time is in memory."""
    for number, piece in enumerate(pieces):
        session.execute(insert(upload_chunk).values(job=job, number=number, bytes=piece))


def save(session: Session, job: UUID, path: Path) -> int:
    """Write the file of a job to `path`, which must not exist; returns its bytes."""
    size, number = 0, 0
    with path.open("xb") as file:
        while (piece := _piece(session, job, number)) is not None:
            size, number = size + file.write(piece), number + 1
    return size


def drop(session: Session, job: UUID) -> None:
    """Nobody needs the file any more."""
    session.execute(delete(upload_chunk).where(upload_chunk.c.job == job))


def _piece(session: Session, job: UUID, number: int) -> bytes | None:
    wanted = select(upload_chunk.c.bytes).where(upload_chunk.c.job == job, upload_chunk.c.number == number)
    return session.scalar(wanted)
