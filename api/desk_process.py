"""What does the process at the desk do? It keeps plans open, redraws them, and tells what came of it.

A plan that is not open is read from the store by this process itself, so that the service, where lookups are answered,
has no part in it: whoever asks holds the lock of the plan's row, and nobody else changes it meanwhile. Nothing here
loads the web server: the process starts quickly.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Engine

from api import rebasing, repairing
from api.edit_documents import Done, edit_document, ground_document
from api.open_plans import Entry, OpenPlans, Room
from api.rebasing import Choices, Conflicts, Rebased
from api.repairing import Wish
from api.texts import Language
from geo.consequences import Answer
from geo.model import Grid, Region
from geo.open_plan import OpenPlan
from geo.redraw import written
from geo.redraw.board import Board, Keeps, Outcome
from geo.redraw.refused import EditRefused
from geo.store import drafts, plans
from geo.store.connect import reachable, service_engine, session

POINTER = "#/edits"
"""Where edits stand in a body."""
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Which plan is meant, in which state, and where the store is that has it.

    `regions` are the divided regions that the plan draws. `held` is the name of the state in this process, `then` the
    one it gets when it is changed: None for a change that is not to be kept. `keeps` is the policy of codes.
    """

    url: str
    plan: UUID
    held: UUID
    then: UUID | None
    regions: frozenset[str]
    room: Room
    keeps: Keeps


def edited(sheet: Sheet, asked: Sequence[object], language: Language) -> Done:
    """What edits make of a plan. Raises EditMalformed, EditRefused, StoreUnavailable."""
    edits = written.read_all(asked, POINTER)

    def made(plan: OpenPlan) -> Answer:
        if plan.board.regions.keys() - sheet.regions:
            _refuse_beyond(sheet, plan.edit(edits, keep=False).outcome)
        return plan.edit(edits, keep=sheet.then is not None)

    done = _changed(sheet, made, language)
    return replace(done, edits=[written.document(edit) for edit in edits])


def restored(
    sheet: Sheet, grids: Sequence[Grid], gone: Collection[str], regions: Sequence[Region], language: Language
) -> Done:
    """What it makes of a plan that grids, and boundaries of regions, are again as they were."""

    def put_back(plan: OpenPlan) -> Answer:
        outlined = [replace(plan.board.regions[region.code], shape=region.shape) for region in regions]
        return plan.restore(grids, gone, outlined)

    return _changed(sheet, put_back, language, forget=sheet.then is None)


def rebased(sheet: Sheet, choices: Choices, language: Language) -> Rebased | Conflicts:
    """What a plan becomes on the base in force. It is closed after it: it is judged against another base then."""
    with reachable(), session(_engine(sheet.url)) as work:
        draft = drafts.find(work, sheet.plan)
        return _at(sheet, lambda entry: rebasing.rebased(work, draft, entry, choices, language), forget=True)


def proposed(sheet: Sheet, wish: Wish, language: Language) -> dict[str, Any]:
    """Which repairs can be had for a plan."""
    return _at(sheet, lambda entry: repairing.proposed(entry, wish, language))


def repaired(sheet: Sheet, wish: Wish, language: Language) -> Done | None:
    """What comes of repairs that are taken; None where none can be made."""
    return _at(sheet, lambda entry: repairing.repaired(entry, wish, language), forget=sheet.then is None)


def ground(sheet: Sheet) -> dict[str, Any]:
    """The plan file of a plan's ground as it is."""
    return _at(sheet, lambda one: ground_document(one.plan.board, sheet.regions, one.plan.report.counts, one.sizes))


def _changed(sheet: Sheet, change: Callable[[OpenPlan], Answer], language: Language, *, forget: bool = False) -> Done:
    """`forget` closes the plan after a change that cannot be taken back."""

    def done(entry: Entry) -> Done:
        before = entry.plan.board
        answer = change(entry.plan)
        gone = {code: before.grids[code] for code in sorted(answer.outcome.gone)}
        board = entry.plan.board if sheet.then or forget else entry.plan.board.after(answer.outcome)
        return Done(Board(regions={}, grids=gone), answer.outcome, edit_document(answer, board, entry.sizes, language))

    return _at(sheet, done, forget=forget)


def _at(sheet: Sheet, work: Callable[[Entry], Result], *, forget: bool = False) -> Result:
    """Work on an open plan. What raises anything but a refusal leaves the plan closed: nobody knows its state."""
    entry = _taken(sheet)
    try:
        result = work(entry)
    except EditRefused:
        _open().put(sheet.plan, sheet.held, entry, sheet.room)
        raise
    if not forget:
        _open().put(sheet.plan, sheet.then or sheet.held, entry, sheet.room)
    return result


def _refuse_beyond(sheet: Sheet, outcome: Outcome) -> None:
    """Regions that only stand beside a plan, because its buildings do, are not redrawn with it."""
    touched = {grid.region for grid in outcome.grids} | {region.code for region in outcome.regions}
    if beyond := sorted(touched - sheet.regions):
        raise EditRefused("region-missing", code=beyond[0])


def _taken(sheet: Sheet) -> Entry:
    """The plan as the store has it: as it is open, if it is judged by the same things still."""
    with reachable(), session(_engine(sheet.url)) as work:
        seen = plans.seen(work, sheet.plan)
        if (entry := _open().take(sheet.plan, sheet.held, seen)) is not None:
            return entry
        content = plans.content(work, drafts.find(work, sheet.plan))
    return Entry.of(content.plan, content.terms, replace(content.codes, keeps=sheet.keeps), seen)


@cache
def _open() -> OpenPlans:
    return OpenPlans()


@cache
def _engine(url: str) -> Engine:
    return service_engine(url)
