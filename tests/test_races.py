"""Many publish at once: does every number come once, is every loser told, and is the map whole each time?"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import pytest
import shapely
from conftest import Store, fresh
from divisions import ORIGIN, STEP, cell, community, together
from proofs import Proof
from publishing import all_at_once, at_once, divided, drafted, engines, faults, file_of, halves, head, in_force, publish
from serving import Service, served
from sqlalchemy import event, text

from geo import lattice
from geo.model import Building, Ground, Plan
from geo.store import embedded
from geo.store.door import Published
from geo.store.refusals import StaleBase


def deadlocks(store: Store) -> int:
    with store.owner.connect() as connection:
        told = connection.execute(text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
        return int(told.scalar_one())


def test_of_two_from_one_base_one_is_published(store: Store, full: bool, proof: Proof) -> None:
    rounds = 100 if full else 6
    publish(store.service, drafted(store.service, halves("A", 0, 1)))
    with engines(store.service_url, 2) as several:
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


@pytest.fixture(scope="module")
def web(cluster: embedded.Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, Service]]:
    """A store, and a service on it that several tests ask."""
    with fresh(cluster) as store:
        environment = {"DATABASE_URL": store.service_url, "WANGGE_OWNER_URL": store.owner_url}
        with served(tmp_path_factory.mktemp("web") / "log", environment) as service:
            yield store, service


def test_over_http_the_second_of_two_is_told_409(web: tuple[Store, Service], full: bool, proof: Proof) -> None:
    rounds, (store, service) = 100 if full else 3, web
    before = head(store.service)
    with service.clients(2) as clients:
        for n in range(rounds):
            plans = [drafted(store.service, halves("H", 0, cut + n / 200)) for cut in (0.5, 1.0)]
            pairs = zip(clients, plans, strict=True)
            told = at_once([partial(client.publish, plan, str(plan)) for client, plan in pairs])
            won, lost = sorted(told, key=lambda reply: reply.status)
            assert (won.status, lost.status) == (200, 409)
            assert (won.told["number"], lost.told["type"]) == (before + n + 1, "/problems/stale-base")
            assert won.headers["x-publication"] == str(before + n + 1)
            assert faults(store.owner) == {}
    proof("two publishers at once from one base, over HTTP", rounds, "one 200, one 409 `stale-base`")


def test_neighbours_at_once_are_both_published(store: Store, full: bool, proof: Proof) -> None:
    """Each puts a new node on the common border, which is slanted: a node lies up to half a step off the old line."""
    rounds = 100 if full else 6
    border = [place(2, 0), place(2.3, 2)]
    publish(store.service, drafted(store.service, together([side("A", 0, border, 1), side("B", 4, border, 1)])))
    chance = random.Random(7)
    with engines(store.service_url, 2) as several:
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
    (spot,) = points(lattice.rounded(shapely.Point(ORIGIN[0] + column * STEP, ORIGIN[1] + row * STEP)))
    return spot


def points(shape: Ground | shapely.Point) -> list[Spot]:
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


def test_a_neighbour_published_between_proof_and_door_is_no_refusal(store: Store) -> None:
    """B gains a node on the border after A was noded and before A is proven: A is noded anew, not turned away."""
    border = [place(2, 0), place(2.3, 2)]
    publish(store.service, drafted(store.service, together([side("A", 0, border, 1), side("B", 4, border, 1)])))
    border.insert(1, inner(border, 1))
    mine, theirs = drafted(store.service, flat("A", 0, border)), drafted(store.service, side("B", 4, border, 1.5))
    with engines(store.service_url, 2) as (one, two):

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
    """Six publishers, each with one or two of six regions, at times new regions, and buildings that others name too."""
    rounds = 100 if full else 5
    codes = "ABCDEF"
    publish(store.service, drafted(store.service, together([halves(c, 2 * n, 1) for n, c in enumerate(codes)])))
    chance, published = random.Random(11), 0
    with engines(store.service_url, 6) as several:
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
    proof(
        "six publishers on overlapping sets of regions", rounds, f"{published} of {6 * rounds} published, no deadlock"
    )


def taken(chance: random.Random, codes: str, n: int) -> Plan:
    """Some regions redrawn, some new ones beside them, and buildings that others name too; all in no order."""
    plans = [
        halves(code, 2 * codes.index(code), chance.uniform(0.2, 1.8))
        for code in chance.sample(codes, chance.randint(1, 2))
    ]
    plans += [cells(f"N{n}-{k}", 20 + 3 * n, 5 * k) for k in chance.sample(range(9), 2) if n % 4 == 0]
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
    with engines(store.service_url, 4) as several:
        for n in range(rounds):
            plan = drafted(store.service, halves("A", 0, 0.5 + n / 100))
            told = at_once([partial(publish, engine, plan, f"key {n}") for engine in several])
            assert {getattr(one, "number", one) for one in told} == {n + 1}
            assert all(one == told[0] for one in told)
    assert faults(store.owner) == {}
    proof("four requests with one key at once", rounds, "one publication, four times the same answer")


def test_one_key_for_two_plans_at_once_publishes_one(store: Store, full: bool) -> None:
    with engines(store.service_url, 4) as several:
        for n in range(20 if full else 3):
            drawn = [halves(f"{code}{n}", 20 * n + 3 * k, 1) for k, code in enumerate("ABCD")]
            plans = [drafted(store.service, plan) for plan in drawn]
            told = at_once([partial(publish, e, plan, f"key {n}") for e, plan in zip(several, plans, strict=True)])
            assert sorted(type(one).__name__ for one in told) == ["KeyReused"] * 3 + ["Published"]
            assert head(store.service) == n + 1
    assert faults(store.owner) == {}


def test_one_key_at_once_over_http(web: tuple[Store, Service], full: bool, proof: Proof) -> None:
    """Drafts and publications: repeated at once, each is made once and told alike."""
    rounds, (store, service) = 50 if full else 3, web
    before, drafts = head(store.service), count(store, "plan")
    with service.clients(4) as clients:
        for n in range(rounds):
            upload = file_of(halves("K", 20, 0.5 + n / 100))
            headers = {"Idempotency-Key": f"draft-{n}"}
            told = at_once([partial(client.ask, "/v1/plans", "POST", upload, headers) for client in clients])
            assert [reply.status for reply in told] == [201] * 4, told
            (plan,) = {reply.told["id"] for reply in told}
            told = at_once([partial(client.publish, plan, f"publish-{n}") for client in clients])
            assert [reply.status for reply in told] == [200] * 4, told
            assert {reply.body for reply in told} == {told[0].body}
            assert told[0].told["number"] == before + n + 1
    assert count(store, "plan") == drafts + rounds
    assert faults(store.owner) == {}
    proof(
        "four requests with one key at once, over HTTP",
        rounds,
        "one draft, one publication, four times the same answer",
    )


def count(store: Store, table: str) -> int:
    with store.owner.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
