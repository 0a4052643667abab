"""Millions of rows go another way than hundreds: is the outcome the same, and is nothing left of what was stopped?"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from commands import Here
from conftest import Store
from district import at, document, publish, small
from sqlalchemy import text

from api import working
from api.asked import Asked, plain
from geo.datum import Datum
from geo.files import read, read_batches
from geo.model import Building
from geo.store import door, intake, jobs, streaming, things
from geo.store.connect import session
from geo.store.order import Mode, Order
from geo.store.published import current_publication
from geo.store.streaming import Streamed, stream

WGS84 = Datum("wgs84")
ROWS_AT_ONCE = 3


@pytest.fixture
def district(store: Store) -> Store:
    publish(store, small())
    return store


def place(column: float, row: float) -> str:
    point = at(column, row)
    return f"{point.x},{point.y}"


def written(path: Path, header: str, *lines: str) -> Path:
    path.write_text("\n".join((header, *lines)) + "\n", "utf-8")
    return path


def streamed(store: Store, path: Path, mode: Mode, *, keep: bool = True) -> Streamed:
    with session(store.service) as work, work.begin() as transaction:
        batches = read_batches(path, layer="building", datum=WGS84, rows=ROWS_AT_ONCE)
        taken = stream(work, batches, Order(mode=mode), actor="planner")
        if not keep:
            transaction.rollback()
    return taken


def taken(store: Store, path: Path, mode: Mode) -> intake.Intake:
    with session(store.service) as work:
        return intake.take(work, [read(path, layer="building", datum=WGS84)], Order(mode=mode))


def buildings(store: Store) -> dict[str, Building]:
    with session(store.service) as work:
        return {one.id: one for one in things.buildings(work, current_publication(work))}


ADDED = (
    "id,name,address,households,grid,lon,lat",
    f"n1,甲,柳堰路1号,12,,{place(0.2, 0.2)}",
    f"n2,,,,,{place(1.2, 0.2)}",
    f"n1,,,5,,{place(1.2, 0.2)}",
    f"n3,,,many,,{place(1.2, 0.2)}",
    f"n4,,,7,A01,{place(2.7, 0.7)}",
    "n5,,,7,,,",
    f"n6,\"a\\b\t, c\",,8,,{place(9, 9)}",
    f"h-A01,other,,1,,{place(0.5, 0.5)}",
    f"n7,,,9,,{place(1, 0.5)}",
)  # fmt: skip
UPDATED = (
    "id,households,lon,lat",
    "h-A01,777,,",
    "h-A02,,,",
    f"h-B01,44,{place(0.5, 0.5)}",
    "nobody,3,,",
    f"fresh,4,{place(0.5, 0.5)}",
    "h-A03,500,,",
)


@pytest.mark.parametrize(("mode", "lines"), [(Mode.ADD, ADDED), (Mode.UPDATE, UPDATED)])
def test_a_stream_does_what_a_list_does(district: Store, tmp_path: Path, mode: Mode, lines: tuple[str, ...]) -> None:
    path = written(tmp_path / "rows.csv", *lines)
    by_list, by_stream = taken(district, path, mode), streamed(district, path, mode)
    assert {layer: dict(counts) for layer, counts in by_stream.rows.items()} == by_list.rows
    alike = {"code-came-before": "code-twice", "thing-unmatched": "building-unmatched"}
    told = sorted((one.number, alike.get(one.id, one.id)) for one in by_stream.problems)
    assert told == [(one.number, one.id) for one in by_list.problems]
    assert by_stream.grids == by_list.grids
    door.publish(district.service, door.Request(plan=by_stream.plan, actor="planner"))
    changed = {one.id: one for one in by_list.changes.buildings}
    now = buildings(district)
    assert {code: now[code] for code in changed} == changed
    with session(district.service) as work:
        tallies = dict(
            work.execute(
                text(
                    "SELECT i.code, t.households FROM tally AS t JOIN identity AS i ON i.id = t.grid"
                    " WHERE in_force(t.numbers)"
                )
            ).all()
        )
    assert {one.code: tallies.get(one.code) for one in by_stream.grids} == {
        one.code: one.households_after for one in by_stream.grids
    }


def test_an_update_touches_only_what_its_columns_say(district: Store, tmp_path: Path) -> None:
    before = buildings(district)["h-A01"]
    draft = streamed(district, written(tmp_path / "a.csv", "id,households", "h-A01,321"), Mode.UPDATE)
    other = streamed(district, written(tmp_path / "b.csv", "id,name", "h-A01,改名"), Mode.UPDATE)
    for one in (other, draft):
        door.publish(district.service, door.Request(plan=one.plan, actor="planner"))
    now = buildings(district)["h-A01"]
    assert (now.name, now.households, now.shape, now.entrance) == ("改名", 321, before.shape, before.entrance)


def test_ground_is_not_streamed(district: Store, tmp_path: Path) -> None:
    path = tmp_path / "plan.geojson"
    path.write_bytes(document(small()))
    with session(district.service) as work:
        told = stream(work, [read(path)], Order(), actor="planner")
    assert {one.id for one in told.problems} == {"ground-not-streamed"}
    assert {one.layer for one in told.problems} == {"region", "grid"}


class Enough(Exception):  # noqa: N818 - a wish of the test
    pass


def test_nothing_is_left_of_a_stream_that_was_stopped(district: Store, tmp_path: Path) -> None:
    path = written(tmp_path / "rows.csv", *ADDED)

    def stop(phase: str, done: int, total: int) -> None:
        assert (phase, total) == ("rows", 0)
        if done > ROWS_AT_ONCE:
            raise Enough

    def half() -> Iterator[object]:
        with session(district.service) as work, work.begin():
            batches = read_batches(path, layer="building", datum=WGS84, rows=ROWS_AT_ONCE)
            yield stream(work, batches, Order(), actor="planner", progress=stop)

    with pytest.raises(Enough):
        next(half())
    with district.owner.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM plan WHERE state = 'draft'")).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM plan_item WHERE code LIKE 'n%'")).scalar_one() == 0


def test_the_command_streams_what_is_large(
    district: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(streaming, "LARGE", 10)
    wangge, path = Here(district, monkeypatch, capsys), written(tmp_path / "rows.csv", *ADDED)
    options = ("--layer", "building", "--datum", "wgs84", "--json")
    dry = wangge("import", path, *options, "--dry-run")
    assert (dry.status, dry.told["plan"], dry.told["rows"]) == (1, None, {"building": {"new": 5, "refused": 4}})
    assert dry.told["unassigned"] == {"buildings": 1, "households": 8}
    told = wangge("import", path, *options, "--publish")
    assert (told.status, told.told["number"]) == (1, 2)
    assert buildings(district)["n6"].name == "a\\b\t, c"
    words = wangge("import", path, *options[:-1], "--dry-run")
    assert "row 2 " not in words.err
    assert "row 4 refused" in words.err


def test_a_job_streams_what_is_large(district: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "LARGE", 10)
    path = written(tmp_path / "rows.csv", *ADDED)
    number = uuid4()
    asked = Asked(name="rows.csv", layer="building", datum="wgs84", publish=True)
    with session(district.service) as work, work.begin():
        pieces = [path.read_bytes()]
        jobs.create(work, number, kind="import", actor="planner", asked=plain(asked), pieces=pieces, waiting=20)
        turn = jobs.begin(work, number)
    assert turn is not None
    working.run(district.service_url, str(tmp_path), number, turn, timedelta(days=1))
    with session(district.service) as work:
        done = jobs.find(work, number)
    assert (done.state, done.problem) == ("done", None)
    assert done.result is not None
    assert (done.result["rows"], done.result["number"]) == ({"building": {"new": 5, "refused": 4}}, 2)
    assert done.result["files"][0]["name"] == "rows.csv"
    assert {"n1", "n7"} <= buildings(district).keys()
