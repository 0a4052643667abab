"""The verb `check`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from api.cli import options
from api.cli.listing import show_kinds, show_largest, show_provisional, show_regions
from api.cli.output import language, show_figures, show_rows, tell
from api.imported import row_document
from api.report import BadRow, bad_rows, by_region, picture, plan_of, write_page, write_report
from api.shapes import findings_collection, report_document
from geo.files import Reading, RowProblem
from geo.model import Plan, Severity
from geo.plan import Report
from geo.store import intake
from geo.store.order import Order

SUFFIXES = frozenset(
    {".geojson", ".json", ".geojsonl", ".gpkg", ".shp", ".zip", ".kml", ".fgb", ".dxf", ".csv", ".tsv", ".xlsx"}
)
"""Names that end so are files, though there be none: no region has such a code."""


class By(StrEnum):
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked, and what came of it; `provisional` regions with the publication they are so since."""

    title: str
    plan: Plan
    report: Report
    publication: int | None = None
    provisional: Mapping[str, int] = field(default_factory=dict)
    problems: Sequence[RowProblem] = ()
    refused: Sequence[BadRow] = ()


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
    html: Annotated[Path | None, typer.Option("--html", help="A page with map and findings")] = None,
    report: Annotated[Path | None, typer.Option("--report", help="A folder for JSON, bad rows, map and page")] = None,
    by: Annotated[By | None, typer.Option("--by", help="region: what each divided region has to heal")] = None,
) -> None:
    """Findings of a plan file (no store is needed) or of a published region; heals nothing."""
    if Path(subject).exists() or Path(subject).suffix.lower() in SUFFIXES:
        how = (layer, table, datum or crs, encoding, field, constant)
        checked = _of_file(Path(subject), options.readings([Path(subject)], *how))
    else:
        checked = _of_code(subject)
    regions = by_region(checked.report.findings, checked.plan)
    document = _document(checked, regions)
    _write(checked, document, html, report)
    if json:
        tell(document)
    elif geojson:
        typer.echo(orjson.dumps(findings_collection(checked.report.findings, language())))
    else:
        _show(checked, regions, by)
    if checked.problems or any(finding.severity is Severity.BLOCKING for finding in checked.report.findings):
        raise typer.Exit(1)


def _of_file(file: Path, readings: list[Reading]) -> Checked:
    taken = intake.take(None, readings, Order())
    bad = bad_rows(taken.problems, readings, language()) if taken.problems else []
    return Checked(file.name, plan_of(taken), taken.report, problems=taken.problems, refused=bad)


def _of_code(code: str) -> Checked:
    from api.cli.published import published  # noqa: PLC0415 - a file is checked without loading the store

    found = published(code)
    return Checked(code, found.plan, found.report, found.publication, found.provisional)


def _document(checked: Checked, regions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        **report_document(checked.report, language(), checked.publication),
        "refused": [row_document(row, language()) for row in checked.problems],
        "by_region": [{**one, "provisional_since": checked.provisional.get(one["region"])} for one in regions],
        "provisional": [{"region": region, "since": since} for region, since in checked.provisional.items()],
    }


def _write(checked: Checked, document: Mapping[str, Any], html: Path | None, folder: Path | None) -> None:
    """The page, and the folder, where they are asked for."""
    if html is None and folder is None:
        return
    places = [problem.place for problem in checked.problems]
    drawing = picture(checked.plan, checked.report, language(), title=checked.title, refused=places)
    told = (document, checked.refused, drawing, language())
    made = datetime.now().astimezone()
    if html is not None:
        write_page(html, *told, title=checked.title, made=made)
    if folder is not None:
        write_report(folder, *told, title=checked.title, made=made)


def _show(checked: Checked, regions: Sequence[Mapping[str, Any]], by: By | None) -> None:
    show_rows(list(checked.problems))
    show_kinds(checked.report.findings)
    if by is By.REGION:
        show_regions(regions, checked.provisional)
    else:
        show_largest(checked.report.findings)
        show_provisional(checked.provisional)
    show_figures(checked.report)
