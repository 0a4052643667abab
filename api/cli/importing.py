"""The verb `import`."""

import getpass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from api import settings
from api.cli import options
from api.cli.output import intake_document, problem, say, show_findings, show_intake, tell
from api.cli.store import opened
from geo.model import Severity
from geo.store import door, intake
from geo.store.connect import reachable, session
from geo.store.intake import Intake, Order
from geo.store.refusals import NotApart, NotExact, Refused


class Mode(StrEnum):
    ADD = "add"
    UPDATE = "update"


def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="GeoJSON or GeoPackage")],
    layer: options.Layer = None,
    table: options.Table = None,
    datum: options.DatumName = None,
    crs: options.Crs = None,
    encoding: options.Encoding = None,
    field: options.Fields = None,
    constant: options.Constants = None,
    level: Annotated[str, typer.Option(help="Level of regions that grids name and nobody knows")] = "community",
    scheme: Annotated[str | None, typer.Option(help="Code scheme of such regions")] = None,
    snap: Annotated[bool, typer.Option("--snap", help="Join nodes and edges within 0.2 m")] = False,
    mode: Annotated[Mode, typer.Option(help="add: never change what is there; update: rows replace")] = Mode.ADD,
    strict: Annotated[bool, typer.Option("--strict", help="Take nothing when a row is refused")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell everything and keep nothing")] = False,
    reason: Annotated[str, typer.Option(help="Why; it stands in the log")] = "",
    publish: Annotated[bool, typer.Option("--publish", help="Publish at once; else a draft is kept")] = False,
    provisional: Annotated[
        bool, typer.Option("--provisional", help="Publish what cannot be proven, its findings open")
    ] = False,
    json: options.Json = False,
) -> None:
    """Take in files: a dry run first, then a draft or a publication of what differs from the published map."""
    read = options.readings(files, layer, table, datum or crs, encoding, field, constant)
    order = Order(snap=snap, update=mode is Mode.UPDATE, level=level, scheme=scheme)
    with opened(settings.read()) as store:
        with reachable(), session(store.engine) as work, work.begin():
            taken = intake.take(work, read, order)
            blocked = _blocked(taken, publish and not provisional) or (strict and bool(taken.problems))
            kept = None
            if not (dry_run or blocked or taken.is_empty):
                kept = intake.keep(
                    work, taken, actor=getpass.getuser(), title=files[0].name, reason=reason, provisional=provisional
                )
        told: dict[str, Any] = {**intake_document(taken), "plan": None if kept is None else str(kept), "number": None}
        if not json:
            show_intake(taken)
        refusal = None
        if kept is not None and publish:
            wish = door.Request(plan=kept, actor=getpass.getuser(), reason=reason)
            try:
                told["number"] = door.publish(store.engine, wish).number
            except Refused as error:
                refusal = error
    _conclude(told, taken, blocked, refusal, json=json)
    if _is_bad(taken, blocked, refusal, dry_run=dry_run, provisional=provisional):
        raise typer.Exit(1)


def _blocked(taken: Intake, publishing: bool) -> bool:
    """Whether blocking findings keep new ground from being published."""
    return publishing and bool(taken.outlines) and _has_blocking(taken)


def _has_blocking(taken: Intake) -> bool:
    return any(finding.severity is Severity.BLOCKING for finding in taken.report.findings)


def _is_bad(taken: Intake, blocked: bool, refusal: Refused | None, *, dry_run: bool, provisional: bool) -> bool:
    """Whether something was refused, or blocks and was not accepted as provisional ground."""
    accepted = provisional and bool(taken.outlines) and not dry_run
    return refusal is not None or blocked or bool(taken.problems) or (_has_blocking(taken) and not accepted)


def _conclude(told: dict[str, Any], taken: Intake, blocked: bool, refusal: Refused | None, *, json: bool) -> None:
    if refusal is not None:
        say(problem(refusal))
        if isinstance(refusal, NotExact | NotApart):
            show_findings(list(refusal.findings))
        say(f"kept as draft {told['plan']}")
    elif told["number"] is not None:
        say(f"published as number {told['number']}")
    elif blocked:
        say("nothing was kept: mend the above, heal with --snap, or publish with --provisional")
    elif taken.is_empty:
        say("nothing differs from the published map")
    elif told["plan"] is not None:
        say(f"kept as draft {told['plan']}; wangge publish {told['plan']} publishes it")
    if json:
        tell(told)
