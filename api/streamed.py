"""How is a file with millions of rows taken in, on the command line and by a job?"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.imported import Wish, encoding_guessed, streamed_document
from api.texts import Language
from geo.files import Reading
from geo.store.connect import reachable, session, unhurried
from geo.store.order import Order, Progress
from geo.store.streaming import Streamed, stream

Hindrance = tuple[str, dict[str, str | int | float]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a stream came to: `document` tells it, `hindered` is the problem that kept it from being kept."""

    taken: Streamed
    document: dict[str, Any]
    hindered: Hindrance | None
    is_kept: bool


def take(
    engine: Engine,
    batches: Iterable[Reading],
    order: Order,
    wish: Wish,
    *,
    actor: str,
    language: Language,
    title: str,
    reason: str = "",
    dry_run: bool = False,
    progress: Progress,
    with_it: Callable[[Session, Outcome], None] = lambda _, __: None,
) -> Outcome:
    """Stream the rows into a draft that stays unless something hinders it, nothing differs, or it is a dry run.

    `with_it` changes something else in the same transaction where the draft stays.
    """
    with reachable(), session(engine) as work, work.begin() as transaction:
        unhurried(work)
        taken = stream(work, batches, order, actor=actor, title=title, reason=reason, progress=progress)
        hindered = None if dry_run else _hindrance(taken, wish)
        is_kept = not (dry_run or hindered or taken.is_empty)
        told = {**streamed_document(taken, language), "plan": str(taken.plan) if is_kept else None, "number": None}
        outcome = Outcome(taken, told, hindered, is_kept)
        if is_kept:
            with_it(work, outcome)
        else:
            transaction.rollback()
    return outcome


def _hindrance(taken: Streamed, wish: Wish) -> Hindrance | None:
    if wish.strict and taken.refused:
        return "rows-refused", {"refused": taken.refused}
    return None if wish.sure else encoding_guessed(taken.sources)
