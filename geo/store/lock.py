"""Who uses this data folder now? File locks: the kernel lets them go with their process, even after kill -9."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TICK_S = 0.05
"""flock knows no time limit: seconds between two tries of a bounded wait."""


class Held(Exception):  # noqa: N818 - what happened, caught at once by the caller who knows what it means
    """Somebody else holds the lock, and did so for the whole wait."""


def take(path: Path, *, shared: bool = False, wait_s: float = 0.0) -> int:
    """An open file descriptor that holds the lock of `path`; closing it (or dying) lets go. Raises Held.

    The descriptor is not inherited by other programs unless handed on deliberately.
    """
    until = time.monotonic() + wait_s
    while True:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if _locked(fd, shared) and _is_still(fd, path):
            return fd
        os.close(fd)
        if time.monotonic() >= until:
            raise Held(str(path))
        time.sleep(TICK_S)


@contextmanager
def holding(path: Path, *, shared: bool = False, wait_s: float = 0.0) -> Iterator[int]:
    """The lock of `path` for the length of a block. Raises Held."""
    fd = take(path, shared=shared, wait_s=wait_s)
    try:
        yield fd
    finally:
        os.close(fd)


def alone(fd: int) -> bool:
    """Turn a shared lock into the only one; False where others share it (ours may be lost then: close it)."""
    return _locked(fd, shared=False)


def sign(fd: int) -> None:
    """Write our process id into the lock file, so that the next one can name us."""
    os.ftruncate(fd, 0)
    os.pwrite(fd, str(os.getpid()).encode(), 0)


def signer(path: Path) -> int | None:
    """The process id that the holder wrote, if it has."""
    text = path.read_text("ascii", "replace") if path.exists() else ""
    return int(text) if text.isdecimal() else None


def _locked(fd: int, shared: bool) -> bool:
    try:
        fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(fd: int, path: Path) -> bool:
    """Whether the path still names the locked file: a lock on an erased file keeps nobody out."""
    try:
        return os.path.samestat(os.fstat(fd), os.stat(path))
    except FileNotFoundError:
        return False
