"""The verb `publish`."""

import getpass
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from api import settings
from api.cli import importing, options
from api.cli.output import say, tell
from api.cli.sources import readings_as
from api.cli.store import opened
from api.imported import Wish
from geo.store import door
from geo.store.order import Order


def publish(
    subject: Annotated[str, typer.Argument(metavar="PLAN_ID|FILE", help="A draft, or a plan file to take in first")],
    reason: Annotated[str, typer.Option(help="Why; it stands in the log")] = "",
    provisional: Annotated[bool, typer.Option("--provisional", help="For a file: what cannot be proven too")] = False,
    key: Annotated[str | None, typer.Option(help="Idempotency key: the same key never publishes twice")] = None,
    json: options.Json = False,
) -> None:
    """Publish a draft now, through the one door."""
    try:
        number = UUID(subject)
    except ValueError:
        _publish_file(Path(subject), reason, provisional, json=json)
        return
    with opened(settings.read()) as store:
        done = door.publish(store.engine, door.Request(plan=number, actor=getpass.getuser(), reason=reason, key=key))
    if json:
        tell(door.plain(done))
    else:
        say(f"published as number {done.number}")


def _publish_file(file: Path, reason: str, provisional: bool, *, json: bool) -> None:
    """A plan file is the whole division of the regions it draws."""
    with opened(settings.read()) as store:
        wish = Wish(publish=True, provisional=provisional, sure=True)
        importing.run(
            store, readings_as([file], {}), Order(whole=True), wish, title=file.name, reason=reason, json=json
        )
