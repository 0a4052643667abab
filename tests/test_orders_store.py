"""Does an ordered boundary wait for grids that fit it, tell whom it concerns, and come into force with them?"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import shapely
from conftest import Store, fresh
from divisions import cell, community, together
from hypothesis import given, settings
from hypothesis import strategies as st
from publishing import at_once, divided, drafted, halves, publish
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from geo import lattice
from geo.lattice import STEPS_PER_DEGREE
from geo.model import Plan
from geo.noding import noded
from geo.store import door, drafts, embedded, orders, revert
from geo.store.connect import session
from geo.store.live import Live
from geo.store.orders import Order
from geo.store.refusals import NoSuchOrder, NotDivided, NotSound, OrderInForce, OrderPending, OrderSettled

WIDER = cell(0, 0, 2.5, 2)
"""A takes a strip of B."""


def two() -> Plan:
    return together([halves("A", 0, 1), halves("B", 2, 1), community("C", 0, 2), halves("F", 20, 1)])


def place(store: Store, boundary: shapely.Polygon, region: str = "A") -> Order:
    with session(store.service) as work, work.begin():
        return orders.placed(work, region, boundary, number="民政 12", reason="why", actor="ann")


def found(store: Store, id: int) -> Order:
    with session(store.service) as work:
        return orders.find(work, id)


def touched(store: Store) -> dict[str, list[int]]:
    with session(store.service) as work:
        return {code: [order.id for order in many] for code, many in orders.touched(work).items()}


def fitted() -> Plan:
    """A and B with the border as ordered, and a node on it that the order does not have."""
    a = noded([cell(0, 0, 1, 2), cell(1, 0, 1.5, 1), cell(1, 1, 1.5, 1)])
    return together([divided("A", a), divided("B", [cell(2.5, 0, 0.5, 2), cell(3, 0, 1, 2)])])


def test_an_order_waits_until_grids_fit_it(store: Store) -> None:
    publish(store.service, drafted(store.service, two()))
    order = place(store, WIDER)
    assert (order.region, order.number, order.reason, order.actor, order.state, order.publication) == (
        *("A", "民政 12", "why", "ann", "pending"),
        None,
    )
    assert order.boundary.wkb == WIDER.wkb
    assert touched(store) == {"A": [order.id], "B": [order.id]}
    publish(store.service, drafted(store.service, halves("A", 0, 0.5)))
    assert found(store, order.id) == order
    plan = fitted()
    told = publish(store.service, drafted(store.service, plan))
    settled = found(store, order.id)
    assert (settled.state, settled.publication) == ("in_force", told.number)
    assert touched(store) == {}
    with session(store.service) as work:
        assert orders.pending(work) == ()
    with session(store.service) as work, work.begin(), pytest.raises(OrderSettled) as refused:
        orders.withdrawn(work, order.id, actor="ann")
    assert refused.value.state == "in_force"
    assert place(store, cell(0, 0, 2, 2)).state == "pending"


def test_whom_an_order_concerns(store: Store) -> None:
    publish(store.service, drafted(store.service, two()))
    corner = shapely.union_all([cell(0, 0, 2, 2), cell(1, 2, 1, 0.5)])
    assert set(touched_by(store, corner)) == {"A", "C"}
    less = cell(0, 0, 1.5, 2)  # B and C have a border with what A loses
    assert set(touched_by(store, less)) == {"A", "B", "C"}
    outward = shapely.union_all([cell(0, 0, 2, 2), cell(0.5, -1, 0.5, 1)])
    assert set(touched_by(store, outward)) == {"A"}


def touched_by(store: Store, boundary: shapely.Polygon) -> dict[str, list[int]]:
    order = place(store, boundary)
    told = touched(store)
    with session(store.service) as work, work.begin():
        orders.withdrawn(work, order.id, actor="ann", reason="mistaken")
    assert touched(store) == {}
    return told


def test_an_order_comes_into_force_with_a_revert_too(store: Store) -> None:
    publish(store.service, drafted(store.service, two()))
    publish(store.service, drafted(store.service, fitted()))
    order = place(store, cell(0, 0, 2, 2))
    revert.revert(store.service, revert.Request(number=1, actor="ann"))
    assert (found(store, order.id).state, found(store, order.id).publication) == ("in_force", 3)


def test_an_order_that_a_revert_takes_off_the_ground_waits_anew(store: Store) -> None:
    publish(store.service, drafted(store.service, two()))
    first = place(store, WIDER)
    publish(store.service, drafted(store.service, fitted()))
    with session(store.service) as work:
        assert [one.id for one in orders.undone(work, 1)] == [first.id]
    revert.revert(store.service, revert.Request(number=1, actor="bob"))
    with session(store.service) as work:
        (again,) = orders.renewed(work, 3)
        assert (orders.undone(work, 2), orders.renewed(work, 2)) == ([], [])
        details = work.scalar(text("SELECT details->'orders' FROM log WHERE publication = 3"))
    assert details == [{"id": again.id, "region": "A", "number": "民政 12"}]
    assert again.id != first.id
    assert (again.number, again.reason, again.actor, again.state) == ("民政 12", "why", "bob", "pending")
    assert again.boundary.wkb == WIDER.wkb
    assert found(store, first.id).state == "in_force"
    assert touched(store) == {"A": [again.id], "B": [again.id]}
    revert.revert(store.service, revert.Request(number=2, actor="bob"))
    assert (found(store, again.id).state, found(store, again.id).publication) == ("in_force", 4)
    place(store, cell(0, 0, 2.6, 2))
    revert.revert(store.service, revert.Request(number=1, actor="bob"))
    with session(store.service) as work:  # another one waits for the region
        assert orders.renewed(work, 5) == []


def test_an_order_waits_for_a_publication_that_is_under_way(store: Store) -> None:
    publish(store.service, drafted(store.service, two()))
    number = drafted(store.service, fitted())
    with ThreadPoolExecutor(1) as other, session(store.service) as work, work.begin() as switching:
        door.through(work, number, door.now(door.Request(plan=number, actor="ann")))
        placing = other.submit(place, store, WIDER)
        with pytest.raises(TimeoutError):
            placing.result(0.5)
        switching.commit()
        with pytest.raises(OrderInForce):
            placing.result()


def faulty() -> Plan:
    """A provisional neighbour of A whose outline crosses itself."""
    whole, x, y = halves("X", -2, 1), *shapely.get_coordinates(cell(-2, 0)).T
    west, south, step = x.min(), y.min(), x.max() - x.min()
    places = [(0, 0), (2, 2), (2, 0), (0, 2), (1.5, 0.2), (1.5, 1.8)]
    shape = lattice.rounded(shapely.Polygon([(west + a * step, south + b * step) for a, b in places]))
    return replace(whole, regions=(replace(whole.regions[0], shape=shape),))


def test_ground_that_is_not_sound_hinders_no_order(store: Store) -> None:
    publish(store.service, drafted(store.service, two()))
    plan = faulty()
    shape = plan.regions[0].shape
    assert shape is not None
    assert not shape.is_valid
    with session(store.service) as work, work.begin():
        number = drafts.save(work, plan, {"X": shape}, {"X": None}, actor="x", provisional=True)
    publish(store.service, number)
    order = place(store, shapely.union_all([cell(0, 0, 2, 2), cell(-1.5, 0.5, 1.5, 0.5)]))
    live = Live(store.service)
    live.refresh()
    assert set(live.seen.orders) == {"A", "X"}
    other = place(store, cell(-2, 0, 2, 2), "X")  # what it gains is not beside A
    assert touched(store) == {"A": [order.id], "X": [order.id, other.id]}


class Stumbling(Live):
    """Fails once, as nobody foresaw."""

    stumbled = False

    def refresh(self) -> None:
        super().refresh()
        if not self.stumbled:
            self.stumbled = True
            raise shapely.errors.GEOSException("TopologyException: side location conflict")


def test_the_map_is_followed_on_after_any_failure(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    publish(store.service, drafted(store.service, halves("A", 0, 1)))
    live = Stumbling(store.service)
    live.start()
    try:
        publish(store.service, drafted(store.service, halves("A", 0, 0.5)))
        assert live.number_at(datetime.now(UTC) + timedelta(days=1)) == 2
    finally:
        live.stop()
    told = [one for one in caplog.records if "cannot be confirmed" in one.getMessage()]
    assert [one.exc_info is not None and one.exc_info[0] for one in told] == [shapely.errors.GEOSException]


def test_what_is_no_order(store: Store) -> None:
    publish(store.service, drafted(store.service, two()))
    bow = shapely.Polygon([(104.1, 30.7), (104.101, 30.701), (104.101, 30.7), (104.1, 30.701)])
    with pytest.raises(NotSound):
        place(store, bow)
    with pytest.raises(NotDivided):
        place(store, WIDER, "nowhere")
    with pytest.raises(OrderInForce):
        place(store, cell(0, 0, 2, 2))
    first = place(store, WIDER)
    with pytest.raises(OrderPending) as refused:
        place(store, cell(0, 0, 2.6, 2))
    assert (refused.value.codes, refused.value.order) == (("A",), first.id)
    with session(store.service) as work, work.begin(), pytest.raises(NoSuchOrder):
        orders.withdrawn(work, 99, actor="ann")
    assert sorted(type(one).__name__ for one in at_once([lambda: place(store, cell(20, 0, 3, 2), "F")] * 3)) == [
        *("Order", "OrderPending", "OrderPending")
    ]


def test_orders_are_listed_newest_first(store: Store) -> None:
    publish(store.service, drafted(store.service, two()))
    ids = []
    for n in range(3):
        ids.append(place(store, cell(0, 0, 2.1 + n / 10, 2)).id)
        with session(store.service) as work, work.begin():
            orders.withdrawn(work, ids[-1], actor="ann")
    ids += [place(store, WIDER).id, place(store, cell(20, 0, 3, 2), "F").id]
    with session(store.service) as work:
        assert [one.id for one in orders.listed(work, limit=9)] == ids[::-1]
        assert [one.id for one in orders.listed(work, limit=2, before=ids[3])] == [ids[2], ids[1]]
        assert [one.id for one in orders.listed(work, limit=9, states=["pending"])] == [ids[4], ids[3]]
        assert [one.id for one in orders.listed(work, limit=9, region="F")] == [ids[4]]
        assert orders.pending(work) == (ids[3], ids[4])
        log = work.execute(
            text("SELECT action, details->>'order' FROM log WHERE action LIKE '%order%' ORDER BY id")
        ).all()
    assert [tuple(row) for row in log][:2] == [("order", str(ids[0])), ("withdraw-order", str(ids[0]))]


@pytest.fixture(scope="module")
def filled(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as one:
        publish(one.service, drafted(one.service, two()))
        place(one, WIDER)
        yield one


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE boundary_order SET state = 'in_force'",
        "UPDATE boundary_order SET state = 'in_force', publication = 1",
        "UPDATE boundary_order SET number = 'x'",
        "DELETE FROM boundary_order",
        "TRUNCATE boundary_order",
    ],
)
def test_nobody_changes_an_order(filled: Store, statement: str) -> None:
    store = filled
    with (
        session(store.service) as work,
        pytest.raises(DBAPIError, match=r"permission denied|boundary_order_publication"),
    ):
        work.execute(text(statement))


def test_the_same_ground_is_told_from_another(store: Store) -> None:
    """Nodes are led in as a publication does; a corner that is two steps off makes another boundary."""

    def same(one: shapely.Polygon, other: shapely.Polygon) -> bool:
        with session(store.service) as work:
            return bool(
                work.execute(
                    select(func.is_same_ground(*(func.ST_GeomFromWKB(shape.wkb, 4326) for shape in (one, other))))
                ).scalar_one()
            )

    star = [(0, 0), (90, 30), (100, 100), (40, 90)]

    @settings(max_examples=40, deadline=None, derandomize=True, database=None)
    @given(st.integers(1, 10_000), st.floats(0.1, 0.9), st.integers(0, 3))
    def held(scale: int, share: float, corner: int) -> None:
        steps = [(1_041_000_000 + x * scale, 307_000_000 + y * scale) for x, y in star]
        x, y = (round(a + share * (b - a)) for a, b in zip(steps[0], steps[1], strict=True))
        lean = [steps[0], (x, y), *steps[1:]]
        whole, gained = (
            shapely.Polygon([(a / STEPS_PER_DEGREE, b / STEPS_PER_DEGREE) for a, b in p]) for p in (steps, lean)
        )
        assert same(whole, gained)
        assert same(gained, whole)
        off = [(a + 2 * (n == corner), b + 2 * (n == corner)) for n, (a, b) in enumerate(steps)]
        assert not same(whole, shapely.Polygon([(a / STEPS_PER_DEGREE, b / STEPS_PER_DEGREE) for a, b in off]))

    held()
    crossed = [(0, 0), (4, 0), (4, 4), (2, 2), (0, 4)], [(0, 0), (4, 0), (2, 2), (4, 4), (0, 4)]
    one, other = (shapely.Polygon([(104 + x / 1e3, 30 + y / 1e3) for x, y in points]) for points in crossed)
    assert not same(one, other)
    assert not same(shapely.Polygon(cell(0, 0).exterior, [cell(0.2, 0.2, 0.1, 0.1).exterior]), cell(0, 0))
