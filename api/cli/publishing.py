"""The verb `publish`."""

import getpass
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from pydantic_core import PydanticCustomError

from api import settings
from api.cli import importing, options
from api.cli.output import say, tell
from api.cli.sources import readings_as
from api.cli.store import opened
from api.imported import Wish
from api.instants import strict_instant
from api.schedule import now
from api.settings import Settings
from geo.store import door, schedule
from geo.store.order import Order
from geo.store.schedule import Scheduled


def publish(
    subject: Annotated[str, typer.Argument(metavar="PLAN_ID|FILE", help="A draft, or a plan file to take in first")],
    reason: Annotated[str, typer.Option(help="Why; it stands in the log")] = "",
    provisional: Annotated[bool, typer.Option("--provisional", help="For a file: what cannot be proven too")] = False,
    key: Annotated[str | None, typer.Option(help="Idempotency key: the same key never publishes twice")] = None,
    at: Annotated[str | None, typer.Option(help="For a plan: a date (00:00 in WANGGE_TIMEZONE) or an instant")] = None,
    json: options.Json = False,
) -> None:
    """Publish a plan through the one door, now or at an instant to come, when a running service does it."""
    try:
        number = UUID(subject)
    except ValueError:
        if at is not None:
            raise typer.BadParameter("only a plan waits for an instant", param_hint="--at") from None
        _publish_file(Path(subject), reason, provisional, json=json)
        return
    told = settings.read()
    wish = door.Request(plan=number, actor=getpass.getuser(), reason=reason, key=key, at=_instant(at, told))
    with opened(told) as store:
        done = schedule.publish(store.engine, wish, now())
    if isinstance(done, Scheduled):
        tell(schedule.plain(done)) if json else say(f"scheduled for {done.at.astimezone(told.zone).isoformat()}")
    else:
        tell(door.plain(done)) if json else say(f"published as number {done.number}")


def _instant(at: str | None, told: Settings) -> datetime | None:
    if at is None:
        return None
    try:
        read = strict_instant(at)
    except PydanticCustomError:
        raise typer.BadParameter("neither a date nor an instant with its offset", param_hint="--at") from None
    return read if read.tzinfo is not None else read.replace(tzinfo=told.zone)


def _publish_file(file: Path, reason: str, provisional: bool, *, json: bool) -> None:
    """A plan file is the whole division of the regions it draws."""
    with opened(settings.read()) as store:
        wish = Wish(publish=True, provisional=provisional, sure=True)
        importing.run(
            store, readings_as([file], {}), Order(whole=True), wish, title=file.name, reason=reason, json=json
        )
