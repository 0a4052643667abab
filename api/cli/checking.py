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
from api.cli.listing import show_accepted, show_kinds, show_largest, show_provisional, show_regions
from api.cli.output import language, show_figures, show_rows, tell
from api.covering import blocking, shares
from api.imported import row_document
from api.report import Checked, atlas_of, bad_rows, by_region, picture, plan_of, write_page, write_report
from api.shapes import figures_document, findings_collection, report_document
from geo.acceptance import opened
from geo.files import Reading, RowProblem
from geo.store import intake
from geo.store.order import Order

SUFFIXES = frozenset(
    {".geojson", ".json", ".geojsonl", ".gpkg", ".shp", ".zip", ".kml", ".fgb", ".dxf", ".csv", ".tsv", ".xlsx"}
)
"""Names that end so are files, though there be none: no region has such a code."""


class By(StrEnum):
    REGION = "region"


@dataclass(frozen=True, slots=True)
class Subject:
    """What was checked; `provisional` regions with the publication they are so since, `problems` of refused rows."""

    checked: Checked
    provisional: Mapping[str, int] = field(default_factory=dict)
    problems: Sequence[RowProblem] = ()


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
        found = _of_file(Path(subject), options.readings([Path(subject)], *how))
    else:
        found = _of_code(subject)
    findings = found.checked.report.findings
    regions = by_region(opened(findings), found.checked.plan)
    document = _document(found, regions)
    _write(found.checked, document, html, report)
    if json:
        tell(document)
    elif geojson:
        typer.echo(orjson.dumps(_places(found.checked)))
    else:
        _show(found, regions, by)
    if found.problems or blocking(findings):
        raise typer.Exit(1)


def _of_file(file: Path, readings: list[Reading]) -> Subject:
    taken = intake.take(None, readings, Order(judge=True))
    bad = bad_rows(taken.problems, readings, language()) if taken.problems else []
    made = datetime.now().astimezone()
    checked = Checked(title=file.name, plan=plan_of(taken), report=taken.report, made=made, refused=bad)
    return Subject(checked, problems=taken.problems)


def _of_code(code: str) -> Subject:
    from api.cli.published import published  # noqa: PLC0415 - a file is checked without loading the store

    found = published(code)
    name = next((region.name for region in found.plan.regions if region.code == code), "")
    checked = Checked(
        title=f"{code} {name}".strip() if name != code else code,
        plan=found.plan,
        report=found.report,
        terms=found.terms,
        publication=found.publication,
        made=datetime.now().astimezone(),
    )
    return Subject(checked, found.provisional)


def _document(found: Subject, regions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    report = found.checked.report
    return {
        **report_document(report, language(), found.checked.publication),
        "shares": shares(report),
        "blocking": blocking(report.findings),
        "refused": [row_document(row, language()) for row in found.problems],
        "by_region": [{**one, "provisional_since": found.provisional.get(one["region"])} for one in regions],
        "provisional": [{"region": region, "since": since} for region, since in found.provisional.items()],
    }


def _places(checked: Checked) -> dict[str, Any]:
    """The places of all findings, with the figures."""
    figures = {"publication": checked.publication, "coverage": figures_document(checked.report.figures)}
    return findings_collection(checked.report.findings, language(), most=None, **figures)


def _write(checked: Checked, document: Mapping[str, Any], html: Path | None, folder: Path | None) -> None:
    """The page, and the folder, where they are asked for."""
    if html is None and folder is None:
        return
    page = atlas_of(checked, language())
    if html is not None:
        write_page(html, page)
    if folder is not None:
        places = [row.place for row in checked.refused]
        plan, title, terms = checked.plan, checked.title, checked.terms
        drawing = picture(plan, checked.report, language(), title=title, refused=places, terms=terms)
        write_report(folder, document, checked.refused, drawing, page)


def _show(found: Subject, regions: Sequence[Mapping[str, Any]], by: By | None) -> None:
    show_rows(list(found.problems))
    findings = found.checked.report.findings
    show_kinds(findings)
    if by is By.REGION:
        show_regions(regions, found.provisional)
    else:
        show_largest(findings)
        show_provisional(found.provisional)
    show_accepted(findings)
    show_figures(found.checked.report)
