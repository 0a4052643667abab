"""The verb `check`."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from api import settings
from api.cli import options
from api.cli.output import language, row_document, say, show_figures, show_findings, show_rows, tell
from api.cli.store import opened
from api.shapes import findings_collection, report_document
from geo import plan
from geo.files import RowProblem
from geo.model import Severity
from geo.plan import Report
from geo.store import intake
from geo.store.intake import Order
from geo.store.live import Live
from geo.store.reports import published_plan


def check(
    subject: Annotated[str, typer.Argument(metavar="FILE|CODE", help="A plan file, or the code of a region")],
    layer: options.Layer = None,
    table: options.Table = None,
    datum: options.DatumName = None,
    crs: options.Crs = None,
    encoding: options.Encoding = None,
    field: options.Fields = None,
    constant: options.Constants = None,
    json: options.Json = False,
    geojson: Annotated[bool, typer.Option("--geojson", help="The places as GeoJSON on stdout")] = False,
) -> None:
    """Findings of a plan file (no store is needed) or of a published region; heals nothing."""
    publication, rows = None, list[RowProblem]()
    if Path(subject).exists() or Path(subject).suffix in {".geojson", ".json", ".gpkg", ".geojsonl"}:
        read = options.readings([Path(subject)], layer, table, datum or crs, encoding, field, constant)
        taken = intake.take(None, read, Order())
        report, rows = taken.report, list(taken.problems)
    else:
        report, publication = _published(subject)
    if json:
        tell({**report_document(report, language(), publication), "refused": [row_document(row) for row in rows]})
    elif geojson:
        typer.echo(orjson.dumps(findings_collection(report.findings, language())))
    else:
        show_rows(rows)
        show_findings(report.findings)
        show_figures(report)
    if rows or any(finding.severity is Severity.BLOCKING for finding in report.findings):
        raise typer.Exit(1)


def _published(code: str) -> tuple[Report, int]:
    with opened(settings.read()) as store:
        live = Live(store.engine)
        live.refresh()
        state = live.seen.map
        if code not in state.regions:
            say(f"{code} is neither a file nor a published region")
            raise typer.Exit(2)
        divided = [below for below in state.under(code) if below in state.boundaries]
        return plan.check(*published_plan(store.engine, state, divided)), state.publication
