"""What is wrong with what was published?"""

from collections.abc import Mapping
from dataclasses import dataclass

import typer

from api import settings
from api.cli.output import say
from api.cli.store import opened
from geo import plan
from geo.model import Plan
from geo.plan import Report
from geo.store.connect import reachable, session
from geo.store.live import Live
from geo.store.reports import published_plan
from geo.store.standing import provisional_since


@dataclass(frozen=True, slots=True)
class Published:
    """A published region as checked. `provisional`: its provisional regions, with the first publication they are of."""

    plan: Plan
    report: Report
    publication: int
    provisional: Mapping[str, int]


def published(code: str) -> Published:
    """The findings of a published region, and the publication they are of."""
    with opened(settings.read()) as store:
        live = Live(store.engine)
        live.refresh()
        state = live.seen.map
        if code not in state.regions:
            say(f"{code} is neither a file nor a published region")
            raise typer.Exit(2)
        divided = [below for below in state.under(code) if below in state.boundaries]
        judged, beside = published_plan(store.engine, state, divided)
        with reachable(), session(store.engine) as work:
            since = provisional_since(work, state.publication)
        return Published(
            judged,
            plan.check(judged, beside),
            state.publication,
            {region: number for region, number in since.items() if region in divided},
        )
