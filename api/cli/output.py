"""How is something told in a terminal?"""

import sys
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from api import settings
from api.shapes import report_document
from api.slugs import SLUGS
from api.texts import Language, finding_text, text
from geo.files import RowProblem
from geo.model import Finding
from geo.plan import Report
from geo.refusal import Refusal
from geo.store.intake import Intake
from geo.store.refusals import NoSuchDraft, NotADraft, Refused

MOST_SHOWN = 30
"""Lines of one kind in the terminal; `--json` tells all."""
terminal = Console(stderr=True, highlight=False)


def language() -> Language:
    return settings.read().lang


def say(line: str) -> None:
    """A message for a person, on stderr."""
    terminal.print(line, markup=False, soft_wrap=True)


def tell(document: dict[str, Any]) -> None:
    """The one JSON document of a command, on stdout."""
    sys.stdout.buffer.write(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_INDENT_2))
    sys.stdout.buffer.flush()


def problem(error: Refusal | Refused) -> str:
    """One line about a refusal, in the language of the command line."""
    if isinstance(error, Refusal):
        return text(f"file.{error.id}", language(), **{"name": "", **error.values})
    codes = ", ".join(error.codes)
    if isinstance(error, NotADraft):
        return text("problem.plan-not-draft.detail", language(), plan=error.codes[0], state=error.state)
    slug = "unknown-plan" if isinstance(error, NoSuchDraft) else SLUGS[type(error)]
    return text(f"problem.{slug}.detail", language(), codes=codes, plan=codes)


def row_document(row: RowProblem) -> dict[str, Any]:
    """A refused row: its number, what is wrong, in words, and where."""
    return {
        "row": row.number,
        "layer": row.layer,
        "problem": row.id,
        "message": text(f"row.{row.id}", language(), **row.values),
        "place": row.place,
    }


def show_rows(rows: list[RowProblem]) -> None:
    for row in rows[:MOST_SHOWN]:
        told = row_document(row)
        say(f"row {told['row']} refused: {told['message']}")
    if len(rows) > MOST_SHOWN:
        say(f"... and {len(rows) - MOST_SHOWN} more rows refused")


def show_findings(findings: list[Finding]) -> None:
    """Findings grouped by rule, the first ones of each told in words."""
    if not findings:
        say("no findings")
        return
    table = Table("rule", "severity", "count", "m²", "for example", box=None, header_style="bold")
    for rule in sorted({finding.rule for finding in findings}):
        own = [finding for finding in findings if finding.rule is rule]
        area = sum(finding.area_m2 or 0.0 for finding in own)
        example = finding_text(max(own, key=lambda finding: finding.area_m2 or 0.0), language())
        colour = "red" if own[0].severity == "blocking" else "yellow"
        table.add_row(
            f"[{colour}]{rule.value}[/]", own[0].severity.value, str(len(own)), f"{area:.2f}" if area else "", example
        )
    terminal.print(table)


def show_figures(report: Report) -> None:
    figures = report.figures
    say(
        f"{figures.units_covered} of {figures.units} divided regions covered; "
        f"{figures.area_covered_m2:.0f} of {figures.area_m2:.0f} m² ; "
        f"{figures.households_covered} of {figures.households} households"
    )


def show_intake(taken: Intake) -> None:
    """The three parts of a dry run: rows by verdict, findings, what would change."""
    for layer, counts in taken.rows.items():
        say(f"{layer}: " + ", ".join(f"{number} {verdict}" for verdict, number in counts.items()))
    show_rows(list(taken.problems))
    if taken.created:
        say("regions that will be made: " + ", ".join(taken.created))
    if taken.shifts:
        say(f"{len(taken.shifts)} nodes moved by healing, the farthest by {taken.shifts[0].metres:.3f} m")
    show_findings(taken.report.findings)
    show_figures(taken.report)


def intake_document(taken: Intake) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "rows": taken.rows,
        "refused": [row_document(row) for row in taken.problems],
        "created": list(taken.created),
        "regions": sorted(taken.outlines),
        "healing": {
            "nodes": len(taken.shifts),
            "largest_m": taken.shifts[0].metres if taken.shifts else 0.0,
            "moves": [{"from": shift.start, "to": shift.end, "metres": shift.metres} for shift in taken.shifts],
        },
        **report_document(taken.report, language(), None),
    }
