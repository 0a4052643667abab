"""How are files with millions of rows imported on the command line?"""

import getpass
from collections.abc import Iterable
from typing import Any

import typer

from api.cli.output import language, problem, say, show_changes, show_rows, show_sources, tell
from api.cli.progress import watched
from api.cli.store import Opened
from api.imported import Wish, encoding_guessed, streamed_document
from api.texts import text
from geo.files import Reading
from geo.store import door
from geo.store.connect import reachable, session, unhurried
from geo.store.order import Order
from geo.store.refusals import Refused
from geo.store.streaming import Streamed, stream


def run(
    store: Opened,
    batches: Iterable[Reading],
    order: Order,
    wish: Wish,
    *,
    title: str,
    reason: str = "",
    dry_run: bool = False,
    json: bool = False,
) -> None:
    """Take batches in, tell what they change, keep or publish it. Raises typer.Exit(1) where rows were refused."""
    number, refusal = None, None
    with reachable(), session(store.engine) as work, work.begin() as transaction:
        unhurried(work)
        with watched() as progress:
            taken = stream(work, batches, order, actor=getpass.getuser(), title=title, reason=reason, progress=progress)
        guess = None if wish.sure else encoding_guessed(taken.sources)
        kept = not (dry_run or guess or taken.is_empty or (wish.strict and taken.refused))
        if not kept:
            transaction.rollback()
    if kept and wish.publish:
        try:
            asked = door.Request(plan=taken.plan, actor=getpass.getuser(), reason=reason)
            number = door.publish(store.engine, asked).number
        except Refused as error:
            refusal = error
    told: dict[str, Any] = streamed_document(taken, language())
    told |= {"plan": str(taken.plan) if kept else None, "number": number}
    if json:
        tell(told)
    else:
        _show(taken, told)
    if refusal is not None:
        say(problem(refusal))
    if guess is not None:
        slug, values = guess
        say(text(f"problem.{slug}.detail", language(), **values))
    if taken.refused or refusal or guess:
        raise typer.Exit(1)


def _show(taken: Streamed, told: dict[str, Any]) -> None:
    show_sources(taken.sources)
    for layer, counts in taken.rows.items():
        say(f"{layer}: " + ", ".join(f"{number:,} {verdict}" for verdict, number in counts.items()))
    show_rows(taken.problems)
    if taken.unassigned:
        say(f"{taken.unassigned:,} buildings with {taken.unassigned_households:,} households on ground of no grid")
    show_changes(taken.grids)
    if told["number"] is not None:
        say(f"published as number {told['number']}")
    elif told["plan"] is not None:
        say(f"kept as draft {told['plan']}; wangge publish {told['plan']} publishes it")
