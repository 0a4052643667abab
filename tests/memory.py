"""Where does the ground of many short-lived stores lie? In memory, where the machine has some to spare.

A store is a thousand small files: on a disk it takes ten times as long to make and to erase one.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.store.account import User, give

MEMORY = Path("/dev/shm")
ROOM = 2 << 30
"""Bytes that must be free: a store takes twenty million, and few are there at once."""
NAME = "wangge-tests-"


@contextmanager
def folder(user: User | None) -> Iterator[Path | None]:
    """A folder of the server's user that is in memory and goes at the end; None where there is no room for it."""
    if not (MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM):
        yield None
        return
    _sweep()
    made = MEMORY / f"{NAME}{os.getpid()}"
    made.mkdir(mode=0o700)
    try:
        give(made, user)
        yield made
    finally:
        shutil.rmtree(made)


def _sweep() -> None:
    """Take away what was left by tests that were killed."""
    for left in MEMORY.glob(f"{NAME}*"):
        if not Path("/proc", left.name.removeprefix(NAME)).exists():
            shutil.rmtree(left, ignore_errors=True)
