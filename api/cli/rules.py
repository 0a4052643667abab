"""The verb `rules`."""

import getpass
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from api import settings
from api.cli import options
from api.cli.output import language, say, tell, terminal
from api.cli.store import opened
from api.rulebook import names_of, rulebook, wishes
from api.texts import text
from geo.model import GridKind
from geo.parameters import PARAMETERS
from geo.rules import CATALOGUE
from geo.ruleset import MOST_TEXT, Limits, Ruleset, RulesetRefused, Stated, read
from geo.store import rulesets
from geo.store.connect import reachable, session
from geo.store.published import current_publication


def rules(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Limits as JSON, to check or publish")] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Bring the limits of FILE into force")] = False,
    reason: Annotated[str, typer.Option(help="Why; it stands in the log")] = "",
    json: options.Json = False,
) -> None:
    """The catalogue of rules with the limits in force, or those of a file, to check or to publish."""
    if file is None and (publish or reason):
        raise typer.BadParameter("--publish and --reason want a FILE")
    stated = None if file is None else _read(file)
    number = None
    if stated is None or publish:
        stated, number = _in_force(stated, reason)
    limits = stated.within(())
    if json:
        tell(rulebook(stated, limits, language(), publication=number))
        return
    if number is not None:
        say(f"published as number {number}" if publish else f"limits in force at publication {number}")
    else:
        say(f"{file}: good; not published")
    _show_rules(limits)
    for code, one in sorted(stated.regions.items()):
        names = [
            *one.values,
            *(["facilities"] * bool(one.facilities)),
            *(f"drawing.{name}" for name in one.wished.names),
        ]
        say(f"{code} states limits of its own: {', '.join(names)}")


def _read(file: Path) -> Ruleset:
    """The limits of a file. Raises RulesetRefused, typer.BadParameter where there is no such file."""
    try:
        with file.open("rb") as opened_file:
            told = opened_file.read(4 * MOST_TEXT + 1)
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read") from error
    try:
        return read(told.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise RulesetRefused("ruleset-not-json") from error


def _in_force(stated: Ruleset | None, reason: str) -> tuple[Ruleset, int]:
    """The limits in force with the publication they are of; `stated` ones are brought into force first."""
    with opened(settings.read()) as store:
        if stated is not None:
            return stated, rulesets.publish(store.engine, stated, getpass.getuser(), reason)
        with reachable(), session(store.engine) as work:
            number = current_publication(work)
            return rulesets.at(work, number), number


def _show_rules(limits: Limits) -> None:
    table = Table("rule", "name", "severity", "accept", "limits", box=None, header_style="bold")
    for entry in CATALOGUE.values():
        table.add_row(
            entry.rule.value,
            escape(text(f"rule.{entry.rule}", language())),
            ", ".join(severity.value for severity in entry.severities),
            "yes" if entry.can_be_accepted else "no",
            escape("; ".join(_told(name, limits) for name in names_of(entry))),
        )
    terminal.print(table)
    say(
        "grids are drawn with "
        + "; ".join(f"{one['name']} {_value(one['value'])}" for one in wishes(limits, language()))
    )


def _stated(one: Stated) -> list[str]:
    """What a region states, by name."""
    return [*one.values, *(["facilities"] if one.facilities else []), *(f"drawing.{name}" for name in one.wished.names)]


def _value(value: float | bool | list[str] | None) -> str:
    """A wish in force."""
    if isinstance(value, list):
        return " ".join(value) or "none"
    return "as they are" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value).lower()


def _told(name: str, limits: Limits) -> str:
    """A limit by kind of grid, once where all kinds have the same."""
    if name in PARAMETERS:
        values = {kind: "off" if (limit := limits.of(name, kind)) is None else f"{limit:.10g}" for kind in GridKind}
    else:
        values = {kind: " ".join(sorted(limits.facilities[kind])) or "none" for kind in GridKind}
    if len(set(values.values())) == 1:
        return f"{name} {next(iter(values.values()))}"
    return f"{name} {', '.join(f'{kind.value} {value}' for kind, value in values.items())}"
