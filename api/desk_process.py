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

from api import editing, rebasing, repairing
from api.block_documents import features
from api.edit_documents import Done, ground_document
from api.open_plans import Entry, OpenPlans, Room
from api.rebasing import Choices, Conflicts, Rebased
from api.repairing import Wish
from api.texts import Language
from geo.consequences import Answer
from geo.model import Grid, Region
from geo.open_plan import OpenPlan
from geo.redraw import by_blocks, written
from geo.redraw.board import Keeps
from geo.redraw.by_blocks import NO_BLOCKS, Blocks
from geo.redraw.refused import EditRefused
from geo.store import drafts, plan_blocks, plans
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
    edits = written.read_all(asked, POINTER, _blocks(sheet, by_blocks.named(asked)))
    return _at(sheet, lambda entry: editing.edited(entry, edits, sheet.regions, language, keep=sheet.then is not None))


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


def blocks(sheet: Sheet, community: str | None, after: tuple[str, int] | None, limit: int) -> list[dict[str, Any]]:
    """The features of a plan's blocks, in order: those of one community, after the one of a key."""
    only = None if community is None else [community]
    with reachable(), session(_engine(sheet.url)) as work:
        page = plan_blocks.listed(work, sheet.plan, communities=only, after=after, limit=limit)
        beside = plan_blocks.listed(work, sheet.plan, communities={block.community for block in page})
    return _at(sheet, lambda entry: features(entry.plan.board, page, beside)) if page else []


def _blocks(sheet: Sheet, ids: Collection[str]) -> Blocks:
    """The ground of those blocks of a plan that edits name."""
    if not ids:
        return NO_BLOCKS
    with reachable(), session(_engine(sheet.url)) as work:
        return plan_blocks.found(work, sheet.plan, ids)


def _changed(sheet: Sheet, change: Callable[[OpenPlan], Answer], language: Language, *, forget: bool = False) -> Done:
    """`forget` closes the plan after a change that cannot be taken back."""
    is_kept = sheet.then is not None or forget
    return _at(sheet, lambda entry: editing.changed(entry, change, language, is_kept=is_kept), forget=forget)


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
