"""The verb `import`."""

import getpass
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final

import typer

from api import settings
from api.cli import flowing, options
from api.cli.output import language, problem, say, show_findings, show_intake, tell
from api.cli.progress import watched
from api.cli.sources import batches_as, readings_as
from api.cli.store import Opened, opened
from api.imported import Wish, hindrance, intake_document
from api.report import write_import_report
from api.texts import text
from geo.files import Reading
from geo.footprints import Estimate
from geo.model import Severity
from geo.store import door, intake, profiles, streaming
from geo.store.connect import reachable, session
from geo.store.intake import Intake
from geo.store.order import Mode, Order
from geo.store.refusals import NotApart, NotExact, Refused

REMEDIES: Final = MappingProxyType(
    {
        "rows-refused": "mend the rows, or leave out --strict",
        "blocking-findings": "mend the above, heal with --snap, or publish with --provisional",
        "encoding-guessed": "say --encoding, or --yes",
        "would-vanish": "say --yes if they are to go",
    }
)


def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Any format; wangge import --help tells more")],
    layer: options.Layer = None,
    table: options.Table = None,
    datum: options.DatumName = None,
    crs: options.Crs = None,
    encoding: options.Encoding = None,
    field: options.Fields = None,
    constant: options.Constants = None,
    profile: Annotated[str | None, typer.Option(help="Read the files as was kept under this name")] = None,
    save_profile: Annotated[str | None, typer.Option(help="Keep how the files are read under this name")] = None,
    level: Annotated[str, typer.Option(help="Level of regions that grids name and nobody knows")] = "community",
    scheme: Annotated[str | None, typer.Option(help="Code scheme of such regions")] = None,
    snap: Annotated[bool, typer.Option("--snap", help="Join nodes and edges within 0.2 m")] = False,
    mode: Annotated[
        Mode,
        typer.Option(
            help="add: never change what is there; update: rows set what they have a value for; "
            "replace: what has no row vanishes"
        ),
    ] = Mode.ADD,
    within: Annotated[str | None, typer.Option(help="Region that --mode replace is about")] = None,
    estimate: Annotated[
        str | None,
        typer.Option(help="Reckon households that nobody counted: 'default', or m2=90,floors=3,share=1"),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Take nothing when a row is refused")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell everything and keep nothing")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Take guesses as they are, and let vanish what would")] = False,
    reason: Annotated[str, typer.Option(help="Why; it stands in the log")] = "",
    publish: Annotated[bool, typer.Option("--publish", help="Publish at once; else a draft is kept")] = False,
    provisional: Annotated[
        bool, typer.Option("--provisional", help="Publish what cannot be proven, its findings open")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="Folder for the report: JSON, bad rows, map, page")] = None,
    json: options.Json = False,
) -> None:
    """Take in files: a dry run first, then a draft or a publication of what differs from the published map.

    Reads GeoJSON, GeoPackage, Shapefile (zip or folder), KML, FlatGeobuf, DXF, CSV and XLSX.
    """
    _refuse_contradictions(datum, crs, within, mode, report)
    stated = {"layer": layer, "table": table, "datum": datum or crs, "encoding": encoding}
    pairs = {"fields": options.pairs(field, "--field"), "constants": options.pairs(constant, "--set")}
    order = Order(snap=snap, mode=mode, within=within, level=level, scheme=scheme, estimate=_estimate(estimate))
    wish = Wish(publish=publish, provisional=provisional, strict=strict, sure=yes)
    with opened(settings.read()) as store:
        how = _profiled(store, profile, {**stated, **pairs})
        if streaming.is_for(files, how.get("layer"), order):
            if report is not None:
                largest = f"{streaming.LARGE >> 20} MiB"
                raise typer.BadParameter(
                    f"a report is for files below {largest}; --json tells all", param_hint="--report"
                )
            if save_profile:
                _keep_profile(store, save_profile, how, [next(batches_as([file], how)) for file in files], sure=yes)
            flowing.run(
                store,
                batches_as(files, how),
                order,
                wish,
                title=files[0].name,
                reason=reason,
                dry_run=dry_run,
                json=json,
            )
            return
        readings = readings_as(files, how)
        if save_profile:
            _keep_profile(store, save_profile, how, readings, sure=yes)
        run(
            store,
            readings,
            order,
            wish,
            title=files[0].name,
            reason=reason,
            dry_run=dry_run,
            report=report,
            json=json,
        )


def _estimate(stated: str | None) -> Estimate | None:
    try:
        return None if stated is None else Estimate.parse(stated)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--estimate") from None


def _refuse_contradictions(
    datum: str | None, crs: str | None, within: str | None, mode: Mode, report: Path | None
) -> None:
    """Raises typer.BadParameter, before anything is read."""
    if datum is not None and crs is not None:
        raise typer.BadParameter("--datum and --crs say the same; give one of the two", param_hint="--crs")
    if within is not None and mode is not Mode.REPLACE:
        raise typer.BadParameter("only --mode replace is about a region", param_hint="--within")
    if report is not None and any(path.exists() and not path.is_dir() for path in (report, report.parent)):
        raise typer.BadParameter(f"{report} is no folder and cannot become one", param_hint="--report")


def run(
    store: Opened,
    readings: Sequence[Reading],
    order: Order,
    wish: Wish,
    *,
    title: str,
    reason: str = "",
    dry_run: bool = False,
    report: Path | None = None,
    json: bool = False,
) -> None:
    """Take readings in, tell everything, and keep or publish what nothing hinders. Raises typer.Exit(1) else."""
    refusal, kept = None, None
    told: dict[str, Any] = {"plan": None, "number": None}
    with reachable(), session(store.engine) as work, work.begin():
        with watched() as progress:
            taken = intake.take(work, readings, order, progress=progress)
        told = {**intake_document(taken, language()), **told}
        if not json:
            show_intake(taken)
        hindered = None if dry_run else hindrance(taken, _confirmed(taken, wish, json=json))
        if not (dry_run or hindered or taken.is_empty):
            kept = intake.keep(
                work, taken, actor=getpass.getuser(), title=title, reason=reason, provisional=wish.provisional
            )
            told["plan"] = str(kept)
    if kept is not None and wish.publish:
        try:
            asked = door.Request(plan=kept, actor=getpass.getuser(), reason=reason)
            told["number"] = door.publish(store.engine, asked).number
        except Refused as error:
            refusal = error
    if report is not None:
        _report(report, taken, readings, told, title)
    _conclude(told, taken, hindered, refusal, json=json)
    if _is_bad(taken, refusal, hindered=hindered is not None, accepted=wish.provisional and not dry_run):
        raise typer.Exit(1)


def _confirmed(taken: Intake, wish: Wish, *, json: bool) -> Wish:
    """The wish, after a person at a terminal was asked about guesses and about what would vanish."""
    guessed = [(field, column) for source in taken.sources for field, column in source.guessed.items()]
    if wish.sure or json or not sys.stdin.isatty() or not (guessed or hindrance(taken, replace(wish, strict=False))):
        return wish
    typer.confirm("Is that right, shall it be kept?", err=True, abort=True)
    return replace(wish, sure=True)


def _is_bad(taken: Intake, refusal: Refused | None, *, hindered: bool, accepted: bool) -> bool:
    """Whether something was refused, or blocks and was not accepted as provisional ground."""
    blocking = any(finding.severity is Severity.BLOCKING for finding in taken.report.findings)
    accepted = accepted and bool(taken.outlines)
    return refusal is not None or hindered or bool(taken.problems) or (blocking and not accepted)


def _conclude(
    told: dict[str, Any],
    taken: Intake,
    hindered: tuple[str, dict[str, Any]] | None,
    refusal: Refused | None,
    *,
    json: bool,
) -> None:
    if refusal is not None:
        say(problem(refusal))
        if isinstance(refusal, NotExact | NotApart):
            show_findings(list(refusal.findings))
        say(f"kept as draft {told['plan']}")
    elif told["number"] is not None:
        say(f"published as number {told['number']}")
    elif hindered:
        slug, values = hindered
        say(text(f"problem.{slug}.detail", language(), **values))
        say(f"nothing was kept: {REMEDIES[slug]}")
    elif taken.is_empty:
        say("nothing differs from the published map")
    elif told["plan"] is not None:
        say(f"kept as draft {told['plan']}; wangge publish {told['plan']} publishes it")
    if json:
        tell(told)


def _report(folder: Path, taken: Intake, readings: Sequence[Reading], told: dict[str, Any], title: str) -> None:
    """The document, the bad rows, the map and a page of both, in a folder."""
    for path in write_import_report(folder, taken, told, language(), readings=readings, title=title):
        say(f"written: {path}")


def _profiled(store: Opened, name: str | None, stated: dict[str, Any]) -> dict[str, Any]:
    """How the files are read: what is stated wins over the profile."""
    if name is None:
        return stated
    with reachable(), session(store.engine) as work:
        kept = profiles.find(work, name)
        if kept is None:
            known = ", ".join(profiles.names(work)) or "none"
            raise typer.BadParameter(f"there is no profile {name}; known: {known}", param_hint="--profile")
    return profiles.over(kept, stated)


def _keep_profile(store: Opened, name: str, how: dict[str, Any], taken: Sequence[Reading], *, sure: bool) -> None:
    """Keep how the files were read, with the columns that were guessed, and a guessed encoding where it is `sure`."""
    guessed = {field: column for reading in taken for field, column in reading.guessed.items()}
    encodings = {reading.encoding.name for reading in taken if reading.encoding and reading.encoding.how == "guess"}
    settled = {**how, "fields": {**guessed, **how["fields"]}}
    if sure and len(encodings) == 1 and not how.get("encoding"):
        settled["encoding"] = encodings.pop()
    with reachable(), session(store.engine) as work, work.begin():
        profiles.keep(work, name, settled, getpass.getuser())
    say(f"kept as profile {name}")
