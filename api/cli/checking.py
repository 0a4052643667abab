"""The verb `check`."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from api.cli import options
from api.cli.output import language, row_document, show_figures, show_findings, show_rows, tell
from api.shapes import findings_collection, report_document
from geo.files import RowProblem
from geo.model import Severity
from geo.store import intake
from geo.store.intake import Order


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
        from api.cli.published import published  # noqa: PLC0415 - a file is checked without loading the store

        report, publication = published(subject)
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
