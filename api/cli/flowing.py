"""How are files with millions of rows imported on the command line?"""

import getpass
from collections.abc import Iterable

import typer

from api import streamed
from api.cli.output import language, problem, say, show_changes, show_rows, show_sources, tell
from api.cli.progress import watched
from api.cli.store import Opened
from api.imported import Wish
from api.streamed import Outcome
from api.texts import text
from geo.files import Reading
from geo.store import door
from geo.store.order import Order
from geo.store.refusals import Refused


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
    with watched() as progress:
        outcome = streamed.take(
            store.engine,
            batches,
            order,
            wish,
            actor=getpass.getuser(),
            language=language(),
            title=title,
            reason=reason,
            dry_run=dry_run,
            progress=progress,
        )
    refusal = None
    if outcome.is_kept and wish.publish:
        asked = door.Request(plan=outcome.taken.plan, actor=getpass.getuser(), reason=reason)
        try:
            outcome.document["number"] = door.publish(store.engine, asked).number
        except Refused as error:
            refusal = error
    if json:
        tell(outcome.document)
    else:
        _show(outcome)
    if refusal is not None:
        say(problem(refusal))
    if outcome.hindered is not None:
        slug, values = outcome.hindered
        say(text(f"problem.{slug}.detail", language(), **values))
    if outcome.taken.refused or refusal or outcome.hindered:
        raise typer.Exit(1)


def _show(outcome: Outcome) -> None:
    taken, told = outcome.taken, outcome.document
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
