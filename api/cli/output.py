"""How is something told in a terminal?"""

import sys
from collections.abc import Sequence
from typing import Any

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api import settings
from api.imported import row_document
from api.slugs import told as slug_of
from api.texts import Language, finding_text, text
from geo.files import Reading, RowProblem
from geo.ledger import kinds
from geo.model import Finding, Severity
from geo.moved import Moved
from geo.plan import Report
from geo.refusal import Refusal
from geo.store.growth import Change
from geo.store.intake import Intake
from geo.store.notes import Note
from geo.store.refusals import Refused

MOST_SHOWN = 30
"""Lines of one kind in the terminal; `--json` tells all."""
MOST_BORDERS = 10
"""Moved borders in the terminal."""
UNSEEN_WIDTH = 200
"""Characters of a line where nobody says how wide the terminal is: a log, a pipe."""
terminal = Console(stderr=True, highlight=False, width=None if sys.stderr.isatty() else UNSEEN_WIDTH)


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
    slug, values = slug_of(error)
    return text(f"problem.{slug}.detail", language(), **values)


def show_rows(rows: list[RowProblem]) -> None:
    for row in rows[:MOST_SHOWN]:
        told = row_document(row, language())
        say(f"row {told['row']} refused: {told['message']}")
    if len(rows) > MOST_SHOWN:
        say(f"... and {len(rows) - MOST_SHOWN} more rows refused")


def show_findings(findings: list[Finding]) -> None:
    """Findings grouped by rule, the first ones of each told in words."""
    if not findings:
        say("no findings")
        return
    table = Table("rule", "severity", "count", "m²", "largest m²", "for example", box=None, header_style="bold")
    for kind in kinds(findings):
        sizes = [finding.area_m2 for finding in kind.findings if finding.area_m2 is not None]
        colour = "red" if kind.severity is Severity.BLOCKING else "yellow"
        table.add_row(
            f"[{colour}]{kind.rule.value}[/]",
            kind.severity.value,
            str(len(kind.findings)),
            *([f"{sum(sizes):.2f}", f"{max(sizes):.2f}"] if sizes else ["", ""]),
            escape(finding_text(kind.findings[0], language())),
        )
    terminal.print(table)


def show_figures(report: Report) -> None:
    figures = report.figures
    say(
        f"{figures.units_covered} of {figures.units} divided regions covered; "
        f"{figures.area_covered_m2:.0f} of {figures.area_m2:.0f} m² ; "
        f"{figures.households_covered} of {figures.households} households"
    )


def show_sources(sources: Sequence[Reading]) -> None:
    """How files were read, where something of it was guessed."""
    for source in sources:
        if source.guessed:
            columns = ", ".join(f"{field} from {column}" for field, column in source.guessed.items())
            say(f"{source.source}: columns taken by their names: {columns}")
        if source.encoding is not None and source.encoding.how == "guess":
            say(f"{source.source}: read as {source.encoding.name}: {', '.join(source.encoding.samples)}")


def show_notes(notes: Sequence[Note]) -> None:
    for note in notes[:MOST_SHOWN]:
        say(text(f"note.{note.id}", language(), **note.values))
    if len(notes) > MOST_SHOWN:
        say(f"... and {len(notes) - MOST_SHOWN} more notes")


def show_changes(grids: Sequence[Change]) -> None:
    """The grids whose households change; those that outgrow the rule or fall under it one by one."""
    if not grids:
        return
    say(f"households change in {len(grids)} grids")
    for change in [change for change in grids if change.is_grown or change.is_fallen][:MOST_SHOWN]:
        before = "none" if change.households_before is None else change.households_before
        way = "grown to" if change.is_grown else "fallen to"
        say(f"  {change.code} in {change.region}: {way} {change.households_after} (was {before})")


def show_intake(taken: Intake) -> None:
    """The three parts of a dry run: rows by verdict, findings, what would change."""
    show_sources(taken.sources)
    for layer, counts in taken.rows.items():
        say(f"{layer}: " + ", ".join(f"{number} {verdict}" for verdict, number in counts.items()))
    show_rows(list(taken.problems))
    if taken.created:
        say("regions that will be made: " + ", ".join(taken.created))
    if taken.shifts:
        say(f"{len(taken.shifts)} nodes moved by healing, the farthest by {taken.shifts[0].metres:.3f} m")
        show_borders(taken.borders)
    show_notes(taken.notes)
    show_findings(taken.report.findings)
    show_figures(taken.report)
    show_changes(taken.grids)
    if taken.vanishing:
        say(f"{len(taken.vanishing)} things would vanish: " + ", ".join(taken.vanishing[:MOST_SHOWN]))


def show_borders(borders: Sequence[Moved]) -> None:
    """The borders that healing moved, the largest shifts first."""
    for border in borders[:MOST_BORDERS]:
        lon, lat = border.place
        say(
            f"  {' | '.join(border.codes)}: {border.nodes} nodes, up to {border.largest_m:.3f} m, "
            f"{border.length_m:.0f} m of border, at {lon:.7f} {lat:.7f}"
        )
    if len(borders) > MOST_BORDERS:
        say(f"  ... and {len(borders) - MOST_BORDERS} more borders")
