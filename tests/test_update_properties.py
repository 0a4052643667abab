"""Does what an import says come true, whatever the rows: in each mode, in any order, as the dry run told?"""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from conftest import Store, fresh
from district import at, served, small
from divisions import cell
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from geo.datum import WGS84
from geo.files import Reading, read_bytes
from geo.footprints import Estimate
from geo.model import Building
from geo.store import door, embedded, intake, things
from geo.store.connect import session
from geo.store.intake import Intake
from geo.store.known import Known
from geo.store.order import Mode, Order
from geo.store.published import current_publication

IDS = sorted(one.id for one in small().buildings)
FRESH = ("n1", "n2", "n3")
GRIDS = ("A01", "A02", "A04", "B01", "B03", "C01", "E01", "E02")
COLUMNS: Mapping[str, st.SearchStrategy[Any]] = {
    "name": st.sampled_from(("甲栋", "乙栋")),
    "address": st.sampled_from(("柳堰路1号", "柳堰路2号")),
    "compound": st.sampled_from(("东院", "西院")),
    "households": st.integers(0, 700),
    "levels": st.integers(1, 30),
    "kind": st.sampled_from(("flats", "tower")),
    "grid": st.sampled_from(GRIDS),
}
PLACES = st.tuples(st.sampled_from((0.2, 0.5, 1.0, 1.5, 2.5, 3.5, 6.5)), st.sampled_from((0.2, 0.5, 1.0, 1.5, 3.5)))
FEW = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


Town = Callable[[], AbstractContextManager[Store]]


@pytest.fixture(scope="module")
def town(cluster: embedded.Cluster, small_town: str) -> Town:
    """A store where the small district is published, for one example."""
    return partial(fresh, cluster, small_town)


def listed(rows: Mapping[str, Mapping[str, Any]], columns: Sequence[str]) -> Reading:
    """A list of buildings by id, as a CSV of these columns; a value that a row has not is an empty cell."""
    text = io.StringIO()
    writer = csv.DictWriter(text, ["id", *columns], restval="")
    writer.writeheader()
    writer.writerows({"id": code, **row} for code, row in rows.items())
    return read_bytes(text.getvalue().encode(), "list.csv", layer="building", datum=WGS84)


@st.composite
def lists(draw: st.DrawFn, columns: Sequence[str] = tuple(COLUMNS)) -> dict[str, dict[str, Any]]:
    """For some buildings a value in some of the columns."""
    codes = draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=4, unique=True))
    return {code: {name: draw(COLUMNS[name]) for name in columns if draw(st.booleans())} for code in codes}


@st.composite
def placed(draw: st.DrawFn, codes: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Whole rows of some buildings: a footprint somewhere, perhaps on no ground, with or without a declared grid."""
    rows = {}
    for code in draw(st.lists(st.sampled_from(codes), min_size=1, max_size=4, unique=True)):
        column, row = draw(PLACES)
        door_ = draw(st.none() | PLACES)
        rows[code] = {
            "wkt": cell(column, row, 0.2, 0.2).wkt,
            "entrance": "" if door_ is None else at(*door_).wkt,
            "households": draw(st.integers(0, 600)),
            "grid": draw(st.sampled_from(("", *GRIDS))),
        }
    return rows


PLACED = ("wkt", "entrance", "households", "grid")
ESTIMATED = ("name", "households", "estimated")


def drafted(store: Store, readings: Sequence[Reading], mode: Mode, **more: Any) -> tuple[Intake, Any]:
    """The dry run, and the draft that was kept of it."""
    with session(store.service) as work, work.begin():
        taken = intake.take(work, readings, Order(mode=mode, **more))
        kept = None if taken.is_empty else intake.keep(work, taken, actor="planner", provisional=True)
    return taken, kept


def put(store: Store, plan: Any) -> None:
    if plan is not None:
        door.publish(store.service, door.Request(plan=plan, actor="planner"))


def buildings(store: Store) -> dict[str, Building]:
    with session(store.service) as work:
        return {one.id: one for one in things.buildings(work, current_publication(work))}


def sums(store: Store) -> dict[str, int | None]:
    """Households of every grid in force; grids without a counted building have none."""
    with session(store.service) as work:
        known = Known.of(work)
        codes = [grid.code for region in known.divided() if (one := known.edition(region)) for grid in one.grids]
        return {**dict.fromkeys(codes), **known.tallies(codes)}


@FEW
@given(data=st.data())
def test_two_lists_of_one_morning_give_the_same_map_in_either_order(town: Town, data: st.DataObject) -> None:
    names = data.draw(st.permutations(list(COLUMNS)))
    cut = data.draw(st.integers(1, len(names) - 1))
    halves = [(names[:cut], data.draw(lists(names[:cut]))), (names[cut:], data.draw(lists(names[cut:])))]
    turns = data.draw(st.permutations((0, 1)))
    with town() as store:
        expected = buildings(store)
        plans = [drafted(store, [listed(rows, columns)], Mode.UPDATE)[1] for columns, rows in halves]
        for turn in turns:
            put(store, plans[turn])
        for _, rows in halves:
            for code, row in rows.items():
                expected[code] = replace(expected[code], **row)
        assert buildings(store) == expected


@FEW
@given(rows=placed((*IDS, *FRESH)))
def test_add_changes_nothing_that_is_published(town: Town, rows: dict[str, dict[str, Any]]) -> None:
    with town() as store:
        before = buildings(store)
        taken, plan = drafted(store, [listed(rows, PLACED)], Mode.ADD)
        put(store, plan)
        after = buildings(store)
    assert before.items() <= after.items()
    assert after.keys() - before.keys() == rows.keys() - before.keys()
    assert taken.rows["building"].get("new", 0) == len(rows.keys() - before.keys())


@FEW
@given(data=st.data())
def test_a_dry_run_tells_what_publishing_does(town: Town, data: st.DataObject) -> None:
    mode = data.draw(st.sampled_from((Mode.UPDATE, Mode.REPLACE)))
    placed_first, rows = data.draw(placed((*IDS, *FRESH))), data.draw(placed((*IDS, *FRESH)))
    with town() as store:
        put(store, drafted(store, [listed(placed_first, PLACED)], Mode.UPDATE)[1])
        before, had = buildings(store), sums(store)
        taken, plan = drafted(store, [listed(rows, PLACED)], mode)
        put(store, plan)
        after, has = buildings(store), sums(store)
        with served(store) as client:
            listing = [one["properties"] for one in client.get("/v1/grids?limit=1000").json()["features"]]
    told = taken.rows["building"]
    assert told.get("new", 0) == len(after.keys() - before.keys())
    assert told.get("changed", 0) == sum(after[code] != before[code] for code in after.keys() & before.keys())
    assert {code for _, code in taken.removed} == before.keys() - after.keys()
    if mode is Mode.REPLACE:
        assert after.keys() == rows.keys()
    changed = {one.code: (one.households_before, one.households_after) for one in taken.grids}
    assert changed == {code: (had[code], has[code]) for code in has if had[code] != has[code]}
    shown = {one["code"]: one["households"] for one in listing}
    assert {one.code: one.households_after for one in taken.grids}.items() <= shown.items()


@FEW
@given(rows=placed((*IDS, *FRESH)), counted=st.booleans())
def test_an_estimate_never_takes_the_place_of_a_count(
    town: Town, rows: dict[str, dict[str, Any]], counted: bool
) -> None:
    given_ = {code: row if counted else {**row, "households": ""} for code, row in rows.items()}
    with town() as store:
        before = buildings(store)
        put(store, drafted(store, [listed(given_, PLACED)], Mode.UPDATE, estimate=Estimate())[1])
        after = buildings(store)
    for code, one in before.items():
        assert not after[code].estimated
        assert (counted and code in rows) or after[code].households == one.households


def test_a_count_that_comes_while_an_estimate_waits_wins(town: Town) -> None:
    """An estimate drafted before the count, as an update of the footprint and as a whole row; and an old real count."""
    code, more = IDS[0], {"wkt": cell(0.2, 0.2, 0.2, 0.2).wkt}
    with town() as store:
        put(store, drafted(store, [listed({"n1": {**more, "households": ""}}, ("wkt", "households"))], Mode.ADD)[1])
        waiting = [
            drafted(store, [listed({"n1": more}, ("wkt",))], Mode.UPDATE, estimate=Estimate())[1],
            drafted(store, [listed({"n1": {"name": "新名"}}, ("name",))], Mode.UPDATE, estimate=Estimate())[1],
            drafted(
                store, [listed({code: {"name": "新名", "households": 9, "estimated": "true"}}, ESTIMATED)], Mode.UPDATE
            )[1],
        ]
        counts = listed({"n1": {"households": 77}, code: {"households": 333}}, ("households",))
        put(store, drafted(store, [counts], Mode.UPDATE)[1])
        for plan in waiting:
            put(store, plan)
        after = buildings(store)
    assert [(after[id].households, after[id].estimated, after[id].name) for id in ("n1", code)] == [
        (77, False, "新名"),
        (333, False, "新名"),
    ]
