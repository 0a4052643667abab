"""The verb `accept`."""

import getpass
from typing import Annotated

import typer

from api.cli import options
from api.cli.output import language, say, tell
from api.cli.published import current
from api.report.sentences import accepted_text
from api.shapes import acceptance_document
from geo.model import Rule
from geo.plan import check
from geo.store import acceptances
from geo.store.acceptances import chosen
from geo.store.connect import reachable, session
from geo.store.reports import subject


def accept(
    region: Annotated[str, typer.Argument(help="A published region that has the finding")],
    rule: Annotated[Rule, typer.Argument(help="The rule that is broken; never one about coverage")],
    codes: Annotated[list[str], typer.Argument(help="The codes of the finding, all of them")],
    reason: Annotated[str, typer.Option(help="Why it may stand; it is told with the finding and stands in the log")],
    at: Annotated[tuple[float, float] | None, typer.Option(metavar="LON LAT", help="Which of several is meant")] = None,
    json: options.Json = False,
) -> None:
    """Let a finding of the published map stand, until its place changes."""
    if not reason.strip():
        raise typer.BadParameter("--reason wants to say why")
    acceptances.refuse_coverage(rule)
    with current(region) as (engine, state):
        plan, terms = subject(engine, state, region)
        finding = chosen(check(plan, terms).findings, rule, codes, at)
        with reachable(), session(engine) as work, work.begin():
            kept = acceptances.accept(work, finding, reason, getpass.getuser()).acceptance
    if json:
        tell({**acceptance_document(kept), "rule": kept.rule.value, "codes": list(kept.codes)})
    else:
        say(f"{kept.rule.value} {', '.join(kept.codes)}: {accepted_text(kept, language())}")
