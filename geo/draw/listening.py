"""Who hears how far a drawing is, and has he had enough?"""

from collections.abc import Callable

from geo.draw.task import Enough, Progress

Told = Callable[[Progress], None]
"""Hears of progress; may raise `Enough`."""


class Listener:
    """Somebody who is told. Once he has had `enough`, whatever is begun ends with the best so far."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self.enough = False

    def tell(self, phase: str, done: int, total: int, best: float | None = None) -> None:
        """`done` of `total` of a phase; `best` is what the best plan so far is worth."""
        try:
            self._told(Progress(phase, done, total, best))
        except Enough:
            self.enough = True
