"""Which map is `wangge owner` to ask: a published one, or that of a plan file?"""

from pathlib import Path

import typer

from api import settings
from api.cli import options
from api.cli.output import say, show_rows
from geo.layout import divided_regions
from geo.lookup import Holding, Map
from geo.model import Standing
from geo.store import intake
from geo.store.order import Order


def published(publication: int | None) -> Map:
    """A published state, the one in force where no number is said; the database is asked for it, and not again."""
    from api.cli.store import opened  # noqa: PLC0415 - with a plan file no store is wanted
    from geo.store.connect import reachable  # noqa: PLC0415 - as above
    from geo.store.live import Live  # noqa: PLC0415 - as above

    with opened(settings.read()) as store, reachable():
        live = Live(store.engine)
        live.refresh()
        state: Map | None = live.seen.map if publication is None else live.map_at(publication)
        if state is None or not state.publication:
            say(f"there is no publication {publication or 0}; the newest is {live.seen.map.publication}")
            raise typer.Exit(2)
        return state


def mapped(file: Path) -> Map:
    """The map of a plan file, as it stands after rounding. Nothing in it is proven, so overlaps are `ambiguous`."""
    readings = options.readings([file], None, None, None, None, None, None)
    taken = intake.take(None, readings, Order(judge=True), check=False)
    if taken.problems:
        say(f"{file.name}: {len(taken.problems)} rows are left out")
        show_rows(list(taken.problems))
    plan = taken.judged
    if not plan.grids:
        say(f"{file.name} has no grids")
        raise typer.Exit(2)
    return Map(
        holdings=[Holding.of(n, grid, 0, Standing.PROVISIONAL) for n, grid in enumerate(plan.grids)],
        regions={region.code: region for region in plan.regions},
        boundaries={region.code: region.shape for region, _ in divided_regions(plan) if region.shape},
    )
