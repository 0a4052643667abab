"""Which plans are open, and which of them are closed when there is no more room?"""

from collections import OrderedDict
from dataclasses import dataclass, fields
from typing import Self
from uuid import UUID

import numpy as np
import shapely

from api.edit_documents import Sizes
from geo.model import Plan
from geo.open_plan import OpenPlan
from geo.redraw.board import Codes
from geo.terms import Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How many plans stay open, and how many vertices they may have together; one plan always may."""

    plans: int
    vertices: int


@dataclass(frozen=True, slots=True)
class Entry:
    """An open plan, how its grids stand to the size rule, how many vertices it had when it was opened, and what it was
    judged by then (`geo.store.plans.seen`)."""

    plan: OpenPlan
    sizes: Sizes
    vertices: int
    seen: str = ""

    @classmethod
    def of(cls, plan: Plan, terms: Terms, codes: Codes, seen: str = "") -> Self:
        return cls(OpenPlan(plan, terms, codes), Sizes(plan, terms), _vertices(plan), seen)


class OpenPlans:
    """Each plan in one state, the one that was used last at the end."""

    def __init__(self) -> None:
        self._entries: OrderedDict[UUID, tuple[UUID, Entry]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def take(self, plan: UUID, state: UUID, seen: str = "") -> Entry | None:
        """The plan, if it is open in this state and judged by this. It is not open any more until it is put back."""
        held, entry = self._entries.pop(plan, (None, None))
        return entry if held == state and entry is not None and entry.seen == seen else None

    def put(self, plan: UUID, state: UUID, entry: Entry, room: Room) -> None:
        """Keep a plan open, and close those that nobody used for longest where there is no room."""
        self._entries[plan] = state, entry
        while len(self._entries) > 1 and not self._fits(room):
            self._entries.popitem(last=False)

    def _fits(self, room: Room) -> bool:
        held = sum(entry.vertices for _, entry in self._entries.values())
        return len(self._entries) <= room.plans and held <= room.vertices


def _vertices(plan: Plan) -> int:
    shapes = [thing.shape for part in fields(plan) for thing in getattr(plan, part.name) if thing.shape is not None]
    return int(shapely.get_num_coordinates(np.asarray(shapes, dtype=object)).sum())
