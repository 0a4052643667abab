"""Many publish at once: does every number come once, is every loser told, and is the map whole each time?"""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
import shapely
from conftest import Store
from divisions import ORIGIN, STEP, cell, community, together
from proofs import Proof
from publishing import at_once, divided, drafted, faults, file_of, halves, head, in_force
from serving import served
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.exc import DBAPIError

from geo import lattice
from geo.model import Building, Ground, Plan
from geo.store import door
from geo.store.connect import service_engine, session
from geo.store.door import Published
from geo.store.refusals import Refused, StaleBase
from geo.store.staging import stage

LEVELS = ("READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")


@contextmanager
def engines(store: Store, count: int) -> Iterator[list[Engine]]:
    """Several services, each with connections of its own."""
    several = [service_engine(store.service_url) for _ in range(count)]
    yield several
    for engine in several:
        engine.dispose()


def publish(engine: Engine, plan: UUID, key: str | None = None) -> Published:
    return door.publish(engine, door.Request(plan=plan, actor="planner", key=key))


def all_at_once(several: Sequence[Engine], plans: Sequence[UUID]) -> list[Published | Refused]:
    return at_once([partial(publish, engine, plan) for engine, plan in zip(several, plans, strict=True)])


def deadlocks(store: Store) -> int:
    with store.owner.connect() as connection:
        told = connection.execute(text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
        return int(told.scalar_one())


def test_of_two_from_one_base_one_is_published(store: Store, full: bool, proof: Proof) -> None:
    rounds = 100 if full else 6
    publish(store.service, drafted(store.service, halves("A", 0, 1)))
    with engines(store, 2) as several:
        for n in range(rounds):
            cuts = [0.5 + n / 200, 1.0 + n / 200]
            told = all_at_once(several, [drafted(store.service, halves("A", 0, cut)) for cut in cuts])
            won = [one for one in told if isinstance(one, Published)]
            lost = [one for one in told if isinstance(one, StaleBase)]
            assert [one.number for one in won] == [n + 2]
            assert [one.codes for one in lost] == [("A",)]
            drawn = halves("A", 0, cuts[told.index(won[0])]).grids
            assert [grid.shape for grid in in_force(store.service)["A"].grids] == [grid.shape for grid in drawn]
            assert faults(store.owner) == {}
    proof("two publishers at once from one base", rounds, "one published, the other told that its base is stale")


def test_over_http_the_second_of_two_is_told_409(store: Store, full: bool, proof: Proof, tmp_path: Path) -> None:
    rounds = 100 if full else 3
    environment = {"DATABASE_URL": store.service_url, "WANGGE_OWNER_URL": store.owner_url}
    with served(tmp_path / "log", environment) as service, service.clients(2) as clients:
        for n in range(rounds):
            plans = [drafted(store.service, halves("A", 0, cut + n / 200)) for cut in (0.5, 1.0)]
            pairs = zip(clients, plans, strict=True)
            told = at_once([partial(client.publish, plan, str(plan)) for client, plan in pairs])
            won, lost = sorted(told, key=lambda reply: reply.status)
            assert (won.status, lost.status) == (200, 409)
            assert (won.told["number"], lost.told["type"]) == (n + 1, "/problems/stale-base")
            assert won.headers["x-publication"] == str(n + 1)
            assert faults(store.owner) == {}
    proof("the same over HTTP", rounds, "one 200, one 409 `stale-base`")


def test_neighbours_at_once_are_both_published(store: Store, full: bool, proof: Proof) -> None:
    """Each puts a new node on the common border, which is slanted: a node lies up to half a step off the old line."""
    rounds = 100 if full else 6
    border = [place(2, 0), place(2.3, 2)]
    publish(store.service, drafted(store.service, together([side("A", 0, border, 1), side("B", 4, border, 1)])))
    chance = random.Random(7)
    with engines(store, 2) as several:
        for n in range(rounds):
            gained = [inner(border, chance.uniform(0.1, 1.9)) for _ in "AB"]
            plans = [side(code, edge, border, new) for code, edge, new in zip("AB", (0, 4), gained, strict=True)]
            told = all_at_once(several, [drafted(store.service, plan) for plan in plans])
            assert sorted(getattr(one, "number", 0) for one in told) == [2 * n + 2, 2 * n + 3], told
            now = in_force(store.service)
            one, two = (set(points(now[code].boundary)) for code in "AB")
            border = sorted(one & two, key=lambda point: point[1])
            assert set(gained) <= set(border)
            assert faults(store.owner) == {}
    proof("two neighbours at once, a node each on their border", rounds, "both published, no gap, nodes on both sides")


Spot = tuple[float, float]


def place(column: float, row: float) -> Spot:
    """A lattice point in pitches from the origin."""
    return points(cell(column, row))[0]


def points(shape: Ground) -> list[Spot]:
    return [(x, y) for x, y in shapely.get_coordinates(shape).tolist()]


def inner(border: Sequence[Spot], row: float) -> Spot:
    """The lattice point nearest to a border where it passes a row."""
    y = ORIGIN[1] + row * STEP
    (x, _), *_ = shapely.get_coordinates(
        shapely.LineString(border).intersection(shapely.LineString([(100, y), (110, y)]))
    )
    (spot,) = points(lattice.rounded(shapely.Point(x, y)))
    return spot


def side(code: str, column: float, border: Sequence[Spot], new: Spot | float) -> Plan:
    """One side of a border with a new node on it; its two grids meet on the row of the node."""
    new = inner(border, new) if isinstance(new, float | int) else new
    edge = place(column, 0)[0]
    south = [p for p in border if p[1] < new[1]]
    north = [p for p in border if p[1] > new[1]]
    parts = [
        shapely.Polygon([(edge, south[0][1]), *south, new, (edge, new[1])]),
        shapely.Polygon([(edge, new[1]), new, *north, (edge, north[-1][1])]),
    ]
    return divided(code, parts)


@pytest.mark.parametrize("level", LEVELS)
def test_a_session_that_sees_an_older_state_does_not_pass(store: Store, level: str) -> None:
    """Whoever calls the door in SQL at whatever level: a state proven against the past is never switched on."""
    publish(store.service, drafted(store.service, together([halves("A", 0, 1), halves("B", 2, 1)])))
    mine, theirs = (drafted(store.service, halves("A", 0, cut)) for cut in (0.5, 1.5))
    with session(store.service) as work:
        work.connection(execution_options={"isolation_level": level})
        stage(work, mine)
        publish(store.service, theirs)
        with pytest.raises(DBAPIError) as refused:
            work.execute(select(func.publish(mine, "planner", "")))
        assert sqlstate(refused.value) == ("WG001" if level == LEVELS[0] else "40001")
    assert head(store.service) == 2
    assert faults(store.owner) == {}


def test_levels_mixed_at_once(store: Store, full: bool, proof: Proof) -> None:
    rounds = 60 if full else 3
    publish(store.service, drafted(store.service, together([halves("A", 0, 1), halves("B", 2, 1)])))
    with engines(store, 6) as several:
        for n in range(rounds):
            before = head(store.service)
            drawn = [halves(code, column, 0.5 + n / 200) for code, column in (("A", 0), ("B", 2)) for _ in LEVELS]
            plans = [drafted(store.service, plan) for plan in drawn]
            calls = zip(several, plans, LEVELS * 2, strict=True)
            told = at_once([partial(called, engine, plan, level) for engine, plan, level in calls])
            numbers = sorted(one for one in told if isinstance(one, int))
            assert numbers == list(range(before + 1, before + 1 + len(numbers)))
            assert 1 <= len(numbers) <= 2
            assert {one for one in told if isinstance(one, str)} <= {"WG001", "WG002", "40001"}
            assert faults(store.owner) == {}
    proof("six sessions at three isolation levels at once, two regions", rounds, "at most one a region passes")


def called(engine: Engine, plan: UUID, level: str) -> int | str:
    """The number that the door gives when it is called in SQL, or the state it refuses with."""
    try:
        with session(engine) as work, work.begin():
            work.connection(execution_options={"isolation_level": level})
            stage(work, plan)
            return int(work.execute(select(func.publish(plan, "planner", ""))).scalar_one())
    except DBAPIError as error:
        return sqlstate(error)


def sqlstate(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", None))


@pytest.mark.parametrize("default", LEVELS[1:])
def test_the_level_of_the_database_does_not_matter(store: Store, default: str) -> None:
    """Whatever a database's own default is, neighbours published at once both pass."""
    with store.owner.connect() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_isolation = '{default}'"))
        connection.commit()
    publish(store.service, drafted(store.service, together([halves("A", 0, 1), halves("B", 2, 1)])))
    with engines(store, 2) as several:
        plans = [drafted(store.service, halves("A", 0, 0.5)), drafted(store.service, halves("B", 2, 0.5))]
        told = all_at_once(several, plans)
        assert sorted(getattr(one, "number", 0) for one in told) == [2, 3], told


def test_a_neighbour_published_between_proof_and_door_is_no_refusal(store: Store) -> None:
    """B gains a node on the border after A was noded and before A is proven: A is noded anew, not turned away."""
    border = [place(2, 0), place(2.3, 2)]
    publish(store.service, drafted(store.service, together([side("A", 0, border, 1), side("B", 4, border, 1)])))
    border.insert(1, inner(border, 1))
    mine, theirs = drafted(store.service, flat("A", 0, border)), drafted(store.service, side("B", 4, border, 1.5))
    with engines(store, 2) as (one, two):

        def between(connection: object, cursor: object, statement: str, *_: object) -> None:
            if "publish(" in statement and head(two) == 1:
                publish(two, theirs)

        event.listen(one, "before_cursor_execute", between)
        assert publish(one, mine).number == 3
    assert (
        len(set(points(in_force(store.service)["A"].boundary)) & set(points(in_force(store.service)["B"].boundary)))
        == 4
    )
    assert faults(store.owner) == {}


def flat(code: str, column: float, border: Sequence[Spot]) -> Plan:
    """One side of a border in one grid, without a node of its own."""
    edge = place(column, 0)[0]
    return divided(code, [shapely.Polygon([(edge, border[0][1]), *border, (edge, border[-1][1])])])


def test_many_on_overlapping_sets_of_regions(store: Store, full: bool, proof: Proof) -> None:
    """Six publishers, each with one to three of six regions, new regions and buildings named in any order."""
    rounds = 100 if full else 5
    codes = "ABCDEF"
    publish(store.service, drafted(store.service, together([halves(c, 2 * n, 1) for n, c in enumerate(codes)])))
    chance, published = random.Random(11), 0
    with engines(store, 6) as several:
        for n in range(rounds):
            before = head(store.service)
            drawn = [taken(chance, codes, n) for _ in several]
            told = all_at_once(several, [drafted(store.service, plan) for plan in drawn])
            won = {m: one for m, one in enumerate(told) if isinstance(one, Published)}
            assert sorted(one.number for one in won.values()) == list(range(before + 1, before + 1 + len(won)))
            for m, one in enumerate(told):
                theirs = {code for other in won for code in named(drawn[other]) if other != m}
                assert m in won or (isinstance(one, StaleBase) and set(one.codes) <= theirs & named(drawn[m])), one
            assert faults(store.owner) == {}
            published += len(won)
    assert deadlocks(store) == 0
    proof("six publishers on overlapping sets of regions", rounds, f"{published} published, no deadlock")


def taken(chance: random.Random, codes: str, n: int) -> Plan:
    """Some regions redrawn, some new ones beside them, and buildings that others name too; all in no order."""
    plans = [halves(code, 2 * codes.index(code), chance.uniform(0.2, 1.8)) for code in chance.sample(codes, 2)]
    plans += [cells(f"N{n}-{k}", 20 + 3 * n, 5 * k) for k in chance.sample(range(3), 2)]
    chance.shuffle(plans)
    spots = chance.sample(range(6), 3)
    houses = tuple(
        Building(id=f"h{k}", households=chance.randrange(500), shape=cell(2 * k + 0.4, 1, 0.1, 0.1)) for k in spots
    )
    return replace(together(plans), buildings=houses)


def cells(code: str, column: int, row: int) -> Plan:
    return community(code, column, row)


def named(plan: Plan) -> set[str]:
    return {region.code for region in plan.regions}


def test_one_key_at_once_is_one_publication(store: Store, full: bool, proof: Proof) -> None:
    rounds = 50 if full else 4
    with engines(store, 4) as several:
        for n in range(rounds):
            plan = drafted(store.service, halves("A", 0, 0.5 + n / 100))
            told = at_once([partial(publish, engine, plan, f"key {n}") for engine in several])
            assert {getattr(one, "number", one) for one in told} == {n + 1}
            assert all(one == told[0] for one in told)
    assert faults(store.owner) == {}
    proof("four requests with one key at once", rounds, "one publication, four times the same answer")


def test_one_key_for_two_plans_at_once_publishes_one(store: Store, full: bool) -> None:
    with engines(store, 4) as several:
        for n in range(20 if full else 3):
            drawn = [halves(f"{code}{n}", 20 * n + 3 * k, 1) for k, code in enumerate("ABCD")]
            plans = [drafted(store.service, plan) for plan in drawn]
            told = at_once([partial(publish, e, plan, f"key {n}") for e, plan in zip(several, plans, strict=True)])
            assert sorted(type(one).__name__ for one in told) == ["KeyReused"] * 3 + ["Published"]
            assert head(store.service) == n + 1
    assert faults(store.owner) == {}


def test_one_key_at_once_over_http(store: Store, full: bool, tmp_path: Path) -> None:
    """Drafts and publications: repeated at once, each is made once and told alike."""
    environment = {"DATABASE_URL": store.service_url, "WANGGE_OWNER_URL": store.owner_url}
    with served(tmp_path / "log", environment) as service, service.clients(4) as clients:
        for n in range(20 if full else 3):
            upload = file_of(halves("A", 0, 0.5 + n / 100))
            headers = {"Idempotency-Key": f"draft {n}".replace(" ", "-")}
            told = at_once([partial(client.ask, "/v1/plans", "POST", upload, headers) for client in clients])
            assert [reply.status for reply in told] == [201] * 4, told
            (plan,) = {reply.told["id"] for reply in told}
            told = at_once([partial(client.publish, plan, f"publish-{n}") for client in clients])
            assert [reply.status for reply in told] == [200] * 4, told
            assert {reply.body for reply in told} == {told[0].body}
            assert told[0].told["number"] == n + 1
    with store.owner.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM plan")).scalar_one() == n + 1
    assert faults(store.owner) == {}
