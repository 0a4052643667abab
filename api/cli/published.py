"""What is wrong with what was published?"""

import typer

from api import settings
from api.cli.output import say
from api.cli.store import opened
from geo import plan
from geo.plan import Report
from geo.store.live import Live
from geo.store.reports import published_plan


def published(code: str) -> tuple[Report, int]:
    """The findings of a published region, and the publication they are of."""
    with opened(settings.read()) as store:
        live = Live(store.engine)
        live.refresh()
        state = live.seen.map
        if code not in state.regions:
            say(f"{code} is neither a file nor a published region")
            raise typer.Exit(2)
        divided = [below for below in state.under(code) if below in state.boundaries]
        return plan.check(*published_plan(store.engine, state, divided)), state.publication
