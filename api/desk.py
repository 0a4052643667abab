"""Where are plans open while somebody draws them? At the desk: a process of its own, so that lookups do not wait.

The desk is bounded as the pool is, and nothing hangs on what it remembers: the stamp that the store has decides which
state of a plan is meant, and a plan that the desk does not have in that state is read anew.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVarTuple
from uuid import UUID, uuid4

from sqlalchemy import Engine

from api import desk_process
from api.desk_process import Sheet
from api.edit_documents import Done
from api.open_plans import Room
from api.pool import Pool
from api.rebasing import Choices, Conflicts, Rebased
from api.repairing import Wish
from api.settings import Settings
from api.texts import Language
from geo.model import Grid, Region
from geo.redraw.board import Keeps
from geo.store.drafts import Draft

MOST_NAMES = 10_000
"""Names of states remembered; one that is forgotten costs that its plan is read anew."""
Asked = TypeVarTuple("Asked")


@dataclass(frozen=True, slots=True)
class Turn:
    """What was done at the desk, and the name that the state after it has there; None where it was not kept."""

    done: Done
    state: UUID | None


class Desk:
    """Open plans of the store behind `engine`. A caller holds the lock of the plan's row until it is over.

    Raises as `Pool.run`: `Busy`, `TookTooLong`, `WorkerLost`.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._url = engine.url.render_as_string(hide_password=False)
        self._room = Room(plans=settings.desk_plans, vertices=settings.desk_vertices)
        self._keeps = Keeps(settings.code_keeps)
        self._pool = Pool(1, settings.desk_queue, settings.check_seconds)
        self._states: OrderedDict[UUID, UUID] = OrderedDict()
        self._guard = Lock()

    @property
    def busy(self) -> int:
        """Tasks that run or wait."""
        return self._pool.busy

    def edit(self, draft: Draft, edits: Sequence[object], language: Language, *, keep: bool) -> Turn:
        """What edits make of a plan. Raises EditMalformed, EditRefused."""
        return self._turn(draft, keep, desk_process.edited, edits, language)

    def restore(
        self,
        draft: Draft,
        grids: Sequence[Grid],
        gone: Collection[str],
        regions: Sequence[Region],
        language: Language,
        *,
        keep: bool,
    ) -> Turn:
        """What it makes of a plan that grids and regions are again as they were."""
        return self._turn(draft, keep, desk_process.restored, grids, gone, regions, language)

    def rebase(self, draft: Draft, choices: Choices, language: Language) -> Rebased | Conflicts:
        """What a plan becomes on the base in force, or what has to be chosen. Raises RebaseRefused, EditRefused."""
        return self._pool.run(desk_process.rebased, self._sheet(draft, None), choices, language)

    def propose(self, draft: Draft, wish: Wish, language: Language) -> dict[str, Any]:
        """Which repairs can be had; as `ground`, of a plan that may be changed meanwhile."""
        return self._pool.run(desk_process.proposed, self._sheet(draft, None), wish, language)

    def repair(self, draft: Draft, wish: Wish, language: Language, *, keep: bool) -> Turn | None:
        """What comes of repairs that are taken; None where none can be made."""
        state = uuid4() if keep else None
        done = self._pool.run(desk_process.repaired, self._sheet(draft, state), wish, language)
        return None if done is None else Turn(done, state)

    def ground(self, draft: Draft) -> dict[str, Any]:
        """The plan file of a plan's ground; of a plan that nobody changes meanwhile, or that may be told of late."""
        return self._pool.run(desk_process.ground, self._sheet(draft, None))

    def blocks(
        self, draft: Draft, community: str | None, after: tuple[str, int] | None, limit: int
    ) -> list[dict[str, Any]]:
        """Blocks of a plan as features; as `ground`."""
        return self._pool.run(desk_process.blocks, self._sheet(draft, None), community, after, limit)

    def keep(self, turn: Turn, draft: Draft) -> None:
        """The store has the plan in this state now, or will once its transaction is over: if that fails, its stamp is
        nobody's, and the plan is read anew."""
        if turn.state is not None:
            with self._guard:
                self._states[draft.stamp] = turn.state
                while len(self._states) > MOST_NAMES:
                    self._states.popitem(last=False)

    def stop(self) -> None:
        """Closes every plan."""
        self._pool.stop()

    def _turn(
        self,
        draft: Draft,
        keep: bool,
        task: Callable[[Sheet, *Asked], Done],
        *asked: *Asked,
    ) -> Turn:
        state = uuid4() if keep else None
        return Turn(self._pool.run(task, self._sheet(draft, state), *asked), state)

    def _sheet(self, draft: Draft, then: UUID | None) -> Sheet:
        with self._guard:
            held = self._states.get(draft.stamp, draft.stamp)
        regions = frozenset(draft.base)
        return Sheet(
            url=self._url,
            plan=draft.id,
            held=held,
            then=then,
            regions=regions,
            room=self._room,
            keeps=self._keeps,
        )
