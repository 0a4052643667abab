"""Where do files lie that are only worked with? In a folder that goes with its process, or at the next start.

Each process has a folder of its own under the root and holds a lock in it; a folder whose lock is free was left behind.
"""

import os
import shutil
from pathlib import Path
from uuid import uuid4

from geo.store import lock

LOCK = "lock"


class Scratch:
    """The folder of this process under `root`, made when it is first asked for."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._held: int | None = None
        self._own = root / uuid4().hex

    def folder(self) -> Path:
        """A folder that nobody else uses; what dead processes left beside it is taken out first."""
        if self._held is None:
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            _tidy(self._root)
            self._own.mkdir(mode=0o700)
            self._held = lock.take(self._own / LOCK)
        return self._own

    def close(self) -> None:
        """Take the folder out."""
        if self._held is not None:
            shutil.rmtree(self._own, ignore_errors=True)
            os.close(self._held)
            self._held = None


def _tidy(root: Path) -> None:
    for left in root.iterdir():
        if not (left / LOCK).is_file():
            continue
        try:
            held = lock.take(left / LOCK)
        except lock.Held:
            continue
        shutil.rmtree(left, ignore_errors=True)
        os.close(held)
