"""What is wrong with what was published?"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import typer
from sqlalchemy import Engine

from api import settings
from api.cli.output import say
from api.cli.store import opened
from geo.lookup import Map
from geo.model import Plan
from geo.plan import Report, check
from geo.store.connect import reachable, session
from geo.store.live import Live
from geo.store.reports import divided_under, subject
from geo.store.standing import provisional_since
from geo.terms import Terms


@dataclass(frozen=True, slots=True)
class Published:
    """A published region as checked. `provisional`: its provisional regions, with the first publication they are of."""

    plan: Plan
    terms: Terms
    report: Report
    publication: int
    provisional: Mapping[str, int]


def published(code: str) -> Published:
    """The findings of a published region, those that somebody accepted marked, and the publication they are of."""
    with current(code) as (engine, state):
        plan, terms = subject(engine, state, code, settings.read().zone)
        with reachable(), session(engine) as work:
            since = provisional_since(work, state.publication)
        divided = divided_under(state, code)
        provisional = {region: number for region, number in since.items() if region in divided}
        return Published(plan, terms, check(plan, terms), state.publication, provisional)


@contextmanager
def current(code: str) -> Iterator[tuple[Engine, Map]]:
    """The store and the map in force in it, which has a region of that code; else the command ends."""
    with opened(settings.read()) as store:
        live = Live(store.engine)
        live.refresh()
        state = live.seen.map
        if code not in state.regions:
            say(f"{code} is neither a file nor a published region")
            raise typer.Exit(2)
        yield store.engine, state
