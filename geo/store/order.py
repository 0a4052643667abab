"""How are the rows of files taken?"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from geo.footprints import Estimate

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told a phase, how much of it is done, and of how much (0 where nobody knows). Whatever it raises ends the work."""


def silent(_phase: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


class Mode(StrEnum):
    """What a row may do to the thing of its code or id that is published already.

    `add`: nothing; a row that differs is refused. `update`: it sets what it has a value for. `replace`: it takes the
    thing's place, and what has no row in the file vanishes.
    """

    ADD = "add"
    UPDATE = "update"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How rows are taken.

    `whole`: the grids of a region in the rows are all that it has, whatever the mode: a plan of it. `within` names the
    region that `replace` is about. Regions that grids name and nobody knows are made with `level` and `scheme`, unless
    the rows bring regions. `estimate` gives households to footprints that nobody counted. `judge`: the rows are looked
    at and never taken, so that a code that comes twice is a finding.
    """

    snap: bool = False
    mode: Mode = Mode.ADD
    whole: bool = False
    within: str | None = None
    level: str = "community"
    scheme: str | None = None
    estimate: Estimate | None = None
    judge: bool = False

    @property
    def redraws(self) -> bool:
        """Whether grids that have no row vanish from the regions that have one."""
        return self.whole or self.mode is Mode.REPLACE
