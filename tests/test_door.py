"""The publish door: numbers, bases, neighbours, node amendments, provisional editions, and nobody going round it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import shapely
from conftest import Store, fresh
from divisions import cell, community, together
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from geo.model import Building, Grid, Plan, Region, Standing
from geo.noding import noded
from geo.store import answers, door, drafts, embedded
from geo.store.connect import session
from geo.store.published import current_publication, editions, regions
from geo.store.refusals import CodeTaken, HouseholdsOrphaned, NeverBack, NotApart, NotExact, NothingToPublish, StaleBase
from geo.store.tables import dwelling, edition, identity, log, tally


def drawn(store: Store, plan: Plan, base: dict[str, int | None] | None = None, provisional: bool = False):
    with session(store.service) as work, work.begin():
        own = {region.code: region.shape for region in plan.regions if region.shape is not None}
        current = {one.region: one.intent for one in editions(work, current_publication(work), codes=own)}
        return drafts.save(
            work,
            plan,
            own,
            {code: current.get(code) for code in own} if base is None else base,
            actor="planner",
            provisional=provisional,
        )


def publish(store: Store, plan: Plan, **options) -> door.Published:
    return door.publish(store.service, door.Request(plan=drawn(store, plan, **options), actor="planner", reason="test"))


def published(store: Store):
    with session(store.service) as work:
        return {one.region: one for one in editions(work, current_publication(work))}


def test_numbers_follow_each_other_from_one(store: Store) -> None:
    first = publish(store, community("A", 0, 0))
    second = publish(store, community("B", 5, 0))
    assert (first.number, second.number) == (1, 2)
    assert second.at > first.at
    assert first.standing == {"A": "proven"}


def test_what_is_published_is_what_was_drawn(store: Store) -> None:
    plan = community("A", 0, 0)
    publish(store, plan)
    one = published(store)["A"]
    assert one.boundary.equals_exact(plan.regions[0].shape, 0)
    assert [(grid.code, grid.shape.wkb) for grid in one.grids] == [(grid.code, grid.shape.wkb) for grid in plan.grids]


def test_a_gap_does_not_pass(store: Store) -> None:
    plan = community("A", 0, 0)
    holed = replace(plan, grids=plan.grids[:-1])
    with pytest.raises(NotExact) as refused:
        publish(store, holed)
    assert refused.value.codes == ("A",)
    assert [finding.rule.value for finding in refused.value.findings] == ["gap"]
    assert published(store) == {}


def test_a_gap_passes_as_provisional_once(store: Store) -> None:
    plan = community("A", 0, 0)
    holed = replace(plan, grids=plan.grids[:-1])
    assert publish(store, holed, provisional=True).standing == {"A": "provisional"}
    assert publish(store, plan).standing == {"A": "proven"}
    with pytest.raises(NeverBack):
        publish(store, holed, provisional=True)


def test_second_of_two_from_one_base_is_stale(store: Store) -> None:
    publish(store, community("A", 0, 0))
    one, two = drawn(store, community("A", 0, 0)), drawn(store, community("A", 0, 0))
    door.publish(store.service, door.Request(plan=one, actor="a"))
    with pytest.raises(StaleBase) as refused:
        door.publish(store.service, door.Request(plan=two, actor="b"))
    assert refused.value.codes == ("A",)


def test_overlapping_neighbours_do_not_pass(store: Store) -> None:
    publish(store, community("A", 0, 0))
    with pytest.raises(NotApart) as refused:
        publish(store, community("B", 1, 0))
    assert refused.value.codes == ("B",)


def test_a_node_on_a_border_amends_the_neighbour(store: Store) -> None:
    publish(store, community("A", 0, 0))
    left = [cell(2, 0, 2, 0.5), cell(2, 0.5, 2, 0.5), cell(2, 1, 2, 1)]
    grids = tuple(Grid(code=f"B0{n + 1}", region="B", shape=shape) for n, shape in enumerate(left))
    outline = shapely.coverage_union_all(left)
    shapes = noded([outline, *left])
    plan = Plan(
        regions=(Region(code="B", shape=shapes[0]),),
        grids=tuple(replace(grid, shape=shape) for grid, shape in zip(grids, shapes[1:], strict=True)),
    )
    result = publish(store, plan)
    assert result.amended == ["A"]
    after = published(store)["A"]
    with session(store.service) as work:
        rows = work.execute(select(edition.c.id, edition.c.cause, edition.c.intent).order_by(edition.c.id)).all()
    first = rows[0]
    assert after.intent == first.id
    assert len(shapely.get_coordinates(after.boundary)) == 10
    # A plan drawn on the old edition is not stale: its base is the last change on purpose.
    again = publish(store, community("A", 0, 0), base={"A": first.id})
    assert again.number == 3
    assert len(shapely.get_coordinates(published(store)["A"].boundary)) == 10


def house(code: str, column: float, row: float, households: int) -> Building:
    return Building(id=code, households=households, shape=cell(column, row, 0.1, 0.1))


def test_households_follow_the_ground(store: Store) -> None:
    plan = replace(community("A", 0, 0), buildings=(house("h1", 0.2, 0.2, 300), house("h2", 0.9, 0.2, 40)))
    publish(store, plan)

    def sums() -> dict[str, int]:
        with session(store.service) as work:
            rows = work.execute(
                select(identity.c.code, tally.c.households)
                .join(identity, identity.c.id == tally.c.grid)
                .where(func.in_force(tally.c.numbers))
            )
            return {row.code: row.households for row in rows}

    # h2 reaches from 0.9 to 1.0: it touches the border and lies wholly in the first grid.
    assert sums() == {"A01": 340}
    moved = community("A", 0, 0)
    redrawn = [cell(0, 0, 0.9), cell(0.9, 0, 1.1), cell(0, 1), cell(1, 1)]
    shapes = noded([plan.regions[0].shape, *redrawn])
    moved = Plan(
        regions=(replace(moved.regions[0], shape=shapes[0]),),
        grids=tuple(replace(grid, shape=shape) for grid, shape in zip(moved.grids, shapes[1:], strict=True)),
    )
    publish(store, moved)
    assert sums() == {"A01": 300, "A02": 40}
    with session(store.service) as work:
        assert work.execute(select(func.count()).select_from(dwelling)).scalar_one() == 3


def test_no_household_loses_its_grid(store: Store) -> None:
    publish(store, replace(community("A", 0, 0), buildings=(house("h1", 1.5, 1.5, 300),)))
    smaller = community("A", 0, 0, size=1)
    with pytest.raises(HouseholdsOrphaned) as refused:
        publish(store, smaller)
    assert refused.value.codes == ("h1",)


def test_a_code_is_never_used_again(store: Store) -> None:
    publish(store, community("A", 0, 0))
    publish(store, community("A", 0, 0, size=1))
    stolen = community("B", 5, 0, size=1)
    stolen = replace(stolen, grids=(replace(stolen.grids[0], code="A04"),))
    with pytest.raises(CodeTaken) as refused:
        publish(store, stolen)
    assert refused.value.codes == ("A04",)
    with pytest.raises(CodeTaken):
        publish(store, community("A", 0, 0))


def test_one_key_one_publication(store: Store) -> None:
    number = drawn(store, community("A", 0, 0))
    first = door.publish(store.service, door.Request(plan=number, actor="a", key="k"))
    assert door.publish(store.service, door.Request(plan=number, actor="a", key="k")) == first
    with session(store.service) as work:
        assert current_publication(work) == 1


def test_a_key_is_known_for_a_week(store: Store) -> None:
    for code, column, days in (("A", 0, 6), ("B", 5, 8)):
        number = drawn(store, community(code, column, 0))
        door.publish(store.service, door.Request(plan=number, actor="a", key=code))
        with store.owner.begin() as owner:
            at = {"key": code, "days": days}
            owner.execute(text("UPDATE answer SET at = now() - make_interval(days => :days) WHERE key = :key"), at)
    with session(store.service) as work, work.begin():
        assert answers.expire(work) == 1
        assert list(work.scalars(text("SELECT key FROM answer"))) == ["A"]


def test_a_dry_run_keeps_nothing(store: Store) -> None:
    number = drawn(store, community("A", 0, 0))
    told = door.publish(store.service, door.Request(plan=number, actor="a", dry_run=True))
    assert told.number == 1
    assert published(store) == {}
    assert door.publish(store.service, door.Request(plan=number, actor="a")).number == 1


def test_an_empty_plan_is_refused(store: Store) -> None:
    with pytest.raises(NothingToPublish):
        publish(store, Plan())


def test_several_regions_in_one_publication(store: Store) -> None:
    result = publish(store, together([community("A", 0, 0), community("B", 2, 0), community("C", 0, 2)]))
    assert result.number == 1
    assert set(result.standing) == {"A", "B", "C"}
    assert {one.standing for one in published(store).values()} == {Standing.PROVEN}


@pytest.fixture(scope="module")
def filled(cluster: embedded.Cluster) -> Iterator[Store]:
    """A store with one publication, for tests that are refused and leave it as it is."""
    with fresh(cluster) as store:
        publish(store, community("A", 0, 0))
        yield store


ROUND_THE_DOOR = [
    "UPDATE head SET publication = 99",
    "INSERT INTO head VALUES (1, 5)",
    "INSERT INTO edition (region, numbers, boundary, standing, cause, intent)"
    " SELECT region, '[9,)', boundary, standing, cause, intent FROM edition",
    "UPDATE edition SET numbers = 'empty'",
    "DELETE FROM grid",
    "UPDATE grid SET shape = shape",
    "TRUNCATE edition CASCADE",
    "INSERT INTO publication SELECT 9, kind, at, actor, reason, plan, regions FROM publication",
    "DELETE FROM log",
    "UPDATE log SET actor = 'x'",
    "INSERT INTO log (actor, action) VALUES ('x', 'publish')",
    "INSERT INTO identity (layer, code) VALUES ('grid', 'x')",
    "UPDATE tally SET households = 0",
    "DELETE FROM dwelling",
    "ALTER TABLE edition DISABLE TRIGGER ALL",
    "DROP FUNCTION publish(uuid, text, text)",
    "CREATE OR REPLACE FUNCTION ground_is_exact(b geometry, g geometry[]) RETURNS boolean"
    " LANGUAGE sql AS 'SELECT true'",
    "SET ROLE wangge_owner",
    "SET SESSION AUTHORIZATION wangge_owner",
    "SELECT switch_ground(NULL, NULL, 1)",
    "SELECT switch_data(NULL, 1)",
    "SELECT identify('grid', ARRAY['x'])",
    "CREATE TABLE public.mine (x int)",
    "GRANT wangge_owner TO wangge_service",
    "COPY edition FROM PROGRAM 'true'",
]


@pytest.mark.parametrize("statement", ROUND_THE_DOOR)
def test_the_service_cannot_go_round_the_door(filled: Store, statement: str) -> None:
    with session(filled.service) as work, pytest.raises(ProgrammingError):
        work.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log SET actor = 'x'",
        "DELETE FROM log",
        "TRUNCATE log",
        "DELETE FROM publication",
        "UPDATE grid SET name = 'x'",
        "UPDATE edition SET boundary = ST_Translate(boundary, 1, 1)",
        "DELETE FROM edition",
        "UPDATE region SET name = 'x'",
    ],
)
def test_even_the_owner_does_not_change_the_past(filled: Store, statement: str) -> None:
    with session(filled.owner) as work, pytest.raises(Exception, match="never changed"):
        work.execute(text(statement))


def test_the_log_tells_who_when_and_why(store: Store) -> None:
    publish(store, community("A", 0, 0))
    with session(store.service) as work:
        rows = work.execute(select(log.c.actor, log.c.action, log.c.reason, log.c.publication).order_by(log.c.id)).all()
        assert [tuple(row) for row in rows] == [("planner", "draft", "", None), ("planner", "publish", "test", 1)]
        assert [region.code for region in regions(work, 1)] == ["A"]


def test_off_lattice_ground_is_not_stored(store: Store) -> None:
    plan = community("A", 0, 0)
    off = shapely.transform(plan.grids[0].shape, lambda xy: xy + 3e-9)
    with pytest.raises(Exception, match=r"shape_on_lattice|cover"):
        publish(store, replace(plan, grids=(replace(plan.grids[0], shape=off), *plan.grids[1:])), provisional=True)
