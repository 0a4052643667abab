"""Is a state that was reverted to the very state it was, whatever happened since, and does nothing get lost?"""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from conftest import Store
from district import house, small
from district import publish as take_in
from divisions import cell, community, together
from publishing import at_once, divided, drafted, faults, halves, head, in_force, publish
from sqlalchemy import text

from geo.model import Building, Person, Plan, Role
from geo.ruleset import DEFAULT, parse
from geo.store import door, drafts, opening, revert, rulesets, schedule, things
from geo.store.connect import session
from geo.store.door import Published
from geo.store.refusals import (
    HouseholdsOrphaned,
    KeyReused,
    NeverBack,
    NoSuchPublication,
    NothingToPublish,
    RegionReserved,
    StaleBase,
)
from geo.store.revert import Request, What

LAYERS = ("region", "building", "facility", "line", "water", "person", "dwelling", "tally")


def state(store: Store, number: int) -> Mapping[str, object]:
    """Everything that was published at a number, as the rows tell it."""
    told: dict[str, object] = {}
    with store.owner.connect() as connection:
        for layer in LAYERS:
            rows = connection.execute(text(f"SELECT * FROM {layer} WHERE numbers @> :n ::bigint"), {"n": number})
            cut = [{k: v for k, v in row._mapping.items() if k not in ("row", "numbers")} for row in rows]
            told[layer] = sorted(map(repr, cut))
        rows = connection.execute(
            text("""SELECT e.region, e.standing, ST_AsBinary(e.boundary), g.id, g.name, g.kind, ST_AsBinary(g.shape)
                FROM edition AS e JOIN grid AS g ON g.edition = e.id WHERE e.numbers @> :n ::bigint ORDER BY 1, 4"""),
            {"n": number},
        )
        told["ground"] = [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in rows]
    return told


def back(store: Store, number: int, **options) -> Published:
    return revert.revert(store.service, Request(number=number, actor="ann", reason="why", **options))


def lived_in(code: str, column: int, cut: float, households: int) -> Plan:
    home = Building(id=f"h{code}", households=households, shape=cell(column + 0.8, 0.4, 0.1, 0.1))
    return replace(halves(code, column, cut), buildings=(home,))


def test_the_whole_state_comes_back(store: Store) -> None:
    take_in(store, small())
    then = state(store, 1)
    changed = small()
    changed = replace(
        changed,
        grids=tuple(replace(grid, name="新") if grid.code == "B01" else grid for grid in changed.grids),
        buildings=(*(replace(b, households=7) for b in changed.buildings), house("new", "A04", 1, 1)),
        people=(Person(id="p", name="王", place="A01", role=Role.RESPONSIBLE),),
    )
    take_in(store, changed)
    publish(store.service, drafted(store.service, halves("Z", 30, 1)))
    assert state(store, 3) != then
    told = back(store, 1)
    assert (told.number, told.kind, told.standing) == (4, "revert", {"B": "proven"})
    assert state(store, 4) == then
    assert sorted(in_force(store.service)) == ["A", "B", "C", "E"]
    assert faults(store.owner) == {}
    with store.owner.connect() as connection:
        row = connection.execute(text("SELECT actor, reason, regions, west FROM publication WHERE number = 4")).one()
        assert (row.actor, row.reason, row.regions, row.west is not None) == ("ann", "why", ["B", "Z"], True)
        details = connection.execute(text("SELECT details FROM log WHERE publication = 4")).scalar_one()
        assert details == {"revert": 1, "what": "all"}
    assert back(store, 3).number == 5
    assert state(store, 5) == state(store, 3)
    assert faults(store.owner) == {}


def test_only_what_differs_gets_new_rows(store: Store) -> None:
    take_in(store, small())
    before = in_force(store.service)
    changed = small()
    take_in(
        store, replace(changed, grids=tuple(replace(g, name="新") if g.code == "B01" else g for g in changed.grids))
    )
    back(store, 1)
    after = in_force(store.service)
    assert {code for code in after if after[code].id != before[code].id} == {"B"}
    with store.owner.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM building WHERE lower(numbers) > 1")).scalar_one() == 0
    with pytest.raises(NothingToPublish):
        back(store, 1)
    with pytest.raises(NothingToPublish):
        back(store, 3, what=What.GROUND)
    for number in (0, 4, 99, -1):
        with pytest.raises(NoSuchPublication):
            back(store, number)
    assert head(store.service) == 3


def test_retired_codes_come_back_here_and_nowhere_else(store: Store) -> None:
    publish(store.service, drafted(store.service, community("A", 0, 0)))
    publish(store.service, drafted(store.service, community("A", 0, 0, size=1)))
    with session(store.service) as work, work.begin():
        past = opening.opened(work, ["A"], publication=1, actor="ann")
        recoded = opening.recoded(work, past)
    assert recoded == {"A02": "A-1", "A03": "A-2", "A04": "A-3"}
    publish(store.service, past)
    found = {grid.code: grid.shape.wkb for grid in in_force(store.service)["A"].grids}
    assert found == {recoded.get(grid.code, grid.code): grid.shape.wkb for grid in community("A", 0, 0).grids}
    assert back(store, 1).standing == {"A": "proven"}
    assert [grid.code for grid in in_force(store.service)["A"].grids] == ["A01", "A02", "A03", "A04"]
    with session(store.service) as work, work.begin():
        again = opening.opened(work, ["A"], publication=2, actor="ann")
        assert opening.recoded(work, again) == {}
    assert faults(store.owner) == {}


def test_a_code_that_stands_elsewhere_is_not_brought_back(store: Store) -> None:
    publish(store.service, drafted(store.service, together([halves("A", 0, 1), halves("B", 2, 1)])))
    whole = together(
        [divided("A", [cell(0, 0, 1, 2)]), divided("B", [cell(1, 0, 1, 2), cell(2, 0, 1, 2), cell(3, 0, 1, 2)])]
    )
    west, *others = whole.grids[1:]
    moved = (whole.grids[0], replace(west, code="A02"), *(replace(g, code=f"B0{n}") for n, g in enumerate(others, 1)))
    publish(store.service, drafted(store.service, replace(whole, grids=moved)))
    with session(store.service) as work, work.begin():
        alone = opening.opened(work, ["A"], publication=1, actor="ann")
        both = opening.opened(work, ["A", "B"], publication=1, actor="ann")
        assert [opening.recoded(work, one) for one in (alone, both)] == [{"A02": "A-1"}, {}]
    assert publish(store.service, both).number == 3


def test_no_table_of_others_takes_the_place_of_a_temporary_one(store: Store) -> None:
    """As on a PostgreSQL where anybody may make tables in `public`."""
    publish(store.service, drafted(store.service, halves("A", 0, 1)))
    publish(store.service, drafted(store.service, halves("A", 0, 0.5)))
    with store.owner.begin() as connection:
        connection.execute(text("CREATE TABLE public.differing AS SELECT region, id AS past FROM edition LIMIT 0"))
    assert back(store, 1).standing == {"A": "proven"}


def test_ground_alone_comes_back_and_buildings_follow(store: Store) -> None:
    publish(store.service, drafted(store.service, lived_in("A", 0, 1, 30)))
    moved = lived_in("A", 0, 0.5, 70)
    publish(store.service, drafted(store.service, moved))
    told = back(store, 1, what=What.GROUND)
    assert (told.number, told.standing) == (3, {"A": "proven"})
    assert state(store, 3)["ground"] == state(store, 1)["ground"]
    assert state(store, 3)["building"] == state(store, 2)["building"]
    with session(store.service) as work:
        assert [b.households for b in things.buildings(work, 3)] == [70]
    assert faults(store.owner) == {}


def test_households_keep_a_grid(store: Store) -> None:
    publish(store.service, drafted(store.service, halves("A", 0, 1)))
    publish(store.service, drafted(store.service, lived_in("B", 4, 1, 30)))
    with pytest.raises(HouseholdsOrphaned) as refused:
        back(store, 1, what=What.GROUND)
    assert refused.value.codes == ("hB",)
    assert back(store, 1).number == 3


def test_a_region_that_is_no_more_comes_back_with_the_ground(store: Store) -> None:
    take_in(store, small())
    publish(store.service, drafted(store.service, halves("Z", 30, 1)))
    back(store, 1)
    told = back(store, 2, what=What.GROUND)
    assert told.standing == {"Z": "proven"}
    assert state(store, 4)["region"] == state(store, 2)["region"]
    assert faults(store.owner) == {}


def test_proven_ground_never_becomes_provisional_again(store: Store) -> None:
    whole = halves("A", 0, 1)
    holed = replace(whole, grids=whole.grids[:1])
    with session(store.service) as work, work.begin():
        shape = whole.regions[0].shape
        assert shape is not None
        number = drafts.save(work, holed, {"A": shape}, {"A": None}, actor="x", provisional=True)
    publish(store.service, number)
    publish(store.service, drafted(store.service, whole))
    for what in What:
        with pytest.raises(NeverBack) as refused:
            back(store, 1, what=what)
        assert refused.value.codes == ("A",)


def test_ground_that_waits_is_not_reverted(store: Store) -> None:
    publish(store.service, drafted(store.service, together([halves("A", 0, 1), halves("B", 2, 1)])))
    publish(store.service, drafted(store.service, halves("A", 0, 0.5)))
    publish(store.service, drafted(store.service, halves("B", 2, 0.5)))
    now, monday = datetime(2030, 1, 1, tzinfo=UTC), datetime(2030, 1, 7, tzinfo=UTC)
    waiting = drafted(store.service, halves("A", 0, 0.7))
    schedule.publish(store.service, door.Request(plan=waiting, actor="ann", at=monday), now)
    with pytest.raises(RegionReserved) as refused:
        back(store, 1)
    assert (refused.value.codes, refused.value.plans) == (("A",), (str(waiting),))
    assert back(store, 2).standing == {"B": "proven"}


def test_a_plan_drawn_before_has_a_stale_base(store: Store) -> None:
    publish(store.service, drafted(store.service, halves("A", 0, 1)))
    publish(store.service, drafted(store.service, halves("A", 0, 0.5)))
    plan = drafted(store.service, halves("A", 0, 0.7))
    back(store, 1)
    with pytest.raises(StaleBase):
        publish(store.service, plan)


def test_limits_stay_as_they_are(store: Store) -> None:
    publish(store.service, drafted(store.service, halves("A", 0, 1)))
    rulesets.publish(store.service, parse({"limits": {"households_most": {"residential": 450}}}), "ann")
    publish(store.service, drafted(store.service, halves("A", 0, 0.5)))
    back(store, 1)
    with session(store.service) as work:
        assert rulesets.at(work, 4) != DEFAULT


def test_one_key_one_revert_and_a_dry_run_none(store: Store) -> None:
    publish(store.service, drafted(store.service, halves("A", 0, 1)))
    publish(store.service, drafted(store.service, halves("A", 0, 0.5)))
    assert back(store, 1, dry_run=True).number == 3
    assert head(store.service) == 2
    first = back(store, 1, key="k")
    assert back(store, 1, key="k") == first
    with pytest.raises(KeyReused):
        back(store, 2, key="k")
    assert head(store.service) == 3


def test_past_states_replayed_against_a_list_of_them(store: Store, full: bool) -> None:
    """Any schedule of publications and reverts: each state is what the list says it is, then and ever after."""
    chance = random.Random(5)
    publish(store.service, drafted(store.service, together([lived_in("A", 0, 1, 5), lived_in("B", 2, 1, 6)])))
    states = [state(store, 1)]
    for n in range(60 if full else 12):
        if chance.random() < 0.4 and len(states) > 1:
            number = chance.randint(1, len(states) - 1)
            if states[number - 1] == states[-1]:
                with pytest.raises(NothingToPublish):
                    back(store, number)
                continue
            back(store, number)
            states.append(states[number - 1])
        else:
            code, column = chance.choice([("A", 0), ("B", 2)])
            publish(store.service, drafted(store.service, lived_in(code, column, 0.3 + n / 50, chance.randrange(99))))
            states.append(state(store, len(states) + 1))
        assert state(store, len(states)) == states[-1]
    assert [state(store, number) for number in range(1, len(states) + 1)] == states
    assert faults(store.owner) == {}


def test_a_revert_and_a_publication_at_once(store: Store, full: bool) -> None:
    publish(store.service, drafted(store.service, halves("A", 0, 1)))
    for n in range(20 if full else 3):
        publish(store.service, drafted(store.service, halves("A", 0, 0.5 + n / 100)))
        before = head(store.service)
        plan = drafted(store.service, halves("A", 0, 0.7 + n / 100))
        told = at_once([lambda plan=plan: publish(store.service, plan), lambda: back(store, 1)])
        assert sorted(type(one).__name__ for one in told) in (["Published"] * 2, ["Published", "StaleBase"])
        assert head(store.service) == before + sum(isinstance(one, Published) for one in told)
    assert faults(store.owner) == {}
