"""Is what public tiles tell of grids right at every publication, and no exact number of households?"""

from dataclasses import replace
from typing import Any

import pytest
from conftest import Store
from district import publish, small
from sqlalchemy import text
from tile_desk import RULES

from geo.households import band
from geo.ruleset import parse
from geo.store import rulesets
from geo.store.live import Live
from geo.store.tile_grids import derive_grids

Told = dict[str, tuple[Any, ...]]


@pytest.mark.parametrize(
    ("households", "told"),
    [
        (None, None),
        (0, "0"),
        (1, "1-99"),
        (99, "1-99"),
        (100, "100-199"),
        (999, "900-999"),
        (1000, "1000+"),
        (31_337, "1000+"),
    ],
)
def test_households_are_told_in_bands(households: int | None, told: str | None) -> None:
    assert band(households) == told


def test_every_publication_has_its_own(store: Store) -> None:
    publications(store)
    derive_grids(store.service, 4)
    at_once = {number: told(store, number) for number in range(1, 5)}
    assert at_once == {number: expected(store, number) for number in range(1, 5)}
    assert len({tuple(sorted(one.items())) for one in at_once.values()}) == 4
    before = rows(store)
    derive_grids(store.service, 4)
    assert rows(store) == before


def test_step_by_step_is_what_it_is_at_once(store: Store) -> None:
    publications(store)
    for number in range(1, 5):
        derive_grids(store.service, number)
        assert told(store, number) == expected(store, number)
    stepwise = rows(store)
    with store.owner.begin() as work:
        work.execute(text("TRUNCATE tile_grid, tile_state"))
    derive_grids(store.service, 99)
    assert rows(store) == stepwise


def test_what_did_not_change_is_not_written_again(store: Store) -> None:
    """A building more in one grid, then limits in one region: rows of the others go on."""
    publications(store)
    derive_grids(store.service, 4)
    begun = [int(number) for _, number, *_ in rows(store)]
    assert begun.count(1) == 11
    assert begun.count(2) == 1  # one grid was counted anew
    assert 0 < begun.count(3) < 5  # those of the region whose limits changed, where that says something else
    assert begun.count(4) < 5  # the region that was divided anew


def publications(store: Store) -> None:
    """Four: a map, a count, limits, ground."""
    plan = small()
    publish(store, plan)
    more = replace(plan.buildings[0], households=450)
    publish(store, replace(plan, buildings=(more, *plan.buildings[1:])))
    rulesets.publish(store.service, parse(RULES), "me")
    outline = next(region.shape for region in plan.regions if region.code == "B")
    whole = replace(next(grid for grid in plan.grids if grid.code == "B01"), shape=outline, name="整个")
    others = tuple(grid for grid in plan.grids if grid.region != "B")
    publish(store, replace(plan, grids=(*others, whole), buildings=(more, *plan.buildings[1:])))


def expected(store: Store, number: int) -> Told:
    """As the map in memory has it."""
    live = Live(store.service)
    live.refresh()
    state = live.map_at(number)
    assert state is not None
    return {
        one.code: (
            *(one.name, one.kind.value, one.region, band(one.households)),
            *(state.verdict(one), one.standing.value, one.edition),
        )
        for one in state.holdings
    }


def told(store: Store, number: int) -> Told:
    query = """SELECT code, name, kind, region, households, verdict, standing, edition FROM tile_grid
      WHERE numbers @> CAST(:number AS bigint)"""
    with store.service.connect() as connection:
        return {code: tuple(values) for code, *values in connection.execute(text(query), {"number": number})}


def rows(store: Store) -> list[tuple[Any, ...]]:
    query = """SELECT code, lower(numbers), upper(numbers), households, verdict, edition FROM tile_grid
      ORDER BY code, lower(numbers)"""
    with store.service.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]
