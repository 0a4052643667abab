"""How do lists of people come in, and who was in charge at which publication?"""

import json
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from commands import Here
from conftest import Store
from district import document, publish, small
from divisions import community
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from geo.files import RowProblem, read, read_batches, read_geojson, things
from geo.model import Layer, Person, Plan, Post, Role
from geo.staffing import counted
from geo.store import door, intake, people, streaming
from geo.store.connect import session
from geo.store.order import Mode, Order
from geo.store.published import current_publication
from geo.store.streaming import stream
from geo.terms import Staff
from sample_data import people as sample

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HEADER = "姓名,值班电话,网格编码,岗位类型,A岗/B岗,条线,起始,截止"
LIST = (
    HEADER,
    "虚构甲,000-0000-0001,A01,网格长,A岗,,2026年1月1日,长期",
    "虚构乙,０００－００００－０００２,A01,专职,,,2026/1/1,2026-07-01",
    "虚构丙,000-0000-0003 转 12,A02,兼职,B岗,消防,20260101,",
    "虚构单位,000-0000-0004,A,单位,,,2026-01-01 08:30,",
    "虚构甲,000-0000-0001,A02,网格长,A岗,,2026-01-01,",
)


@pytest.fixture
def wangge(small_store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(small_store, monkeypatch, capsys)


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def contents(path: Path) -> bytes:
    """What is in a file, and in what is packed in it."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return b"".join(name.encode() + archive.read(name) for name in archive.namelist())


def roster(store: Store, number: int | None = None) -> dict[str, Person]:
    """Everybody bound at a publication, by id."""
    with session(store.service) as work:
        found = people.roster(work, current_publication(work) if number is None else number)
    return {one.id: one for one in found}


def names(store: Store, number: int | None = None) -> list[tuple[str, str]]:
    return sorted((one.name, one.place) for one in roster(store, number).values())


def test_a_list_as_offices_keep_it_is_understood(wangge: Here, small_store: Store, tmp_path: Path) -> None:
    path = written(tmp_path / "人员.csv", *LIST)
    told = wangge("import", path, "--layer", "person", "--publish", "--json")
    assert (told.status, told.told["number"]) == (0, 2), told.err
    assert told.told["rows"] == {"person": {"new": 5}}
    kept = {(one.name, one.place): one for one in roster(small_store).values()}
    first = kept["虚构甲", "A01"]
    assert (first.place_layer, first.role, first.post) == (Layer.GRID, Role.RESPONSIBLE, Post.AREA)
    assert (first.since, first.until, first.phone) == ("2026-01-01", None, "000-0000-0001")
    assert kept["虚构乙", "A01"].phone == "000-0000-0002"
    assert (kept["虚构丙", "A02"].post, kept["虚构丙", "A02"].subject) == (Post.SUBJECT, "消防")
    office = kept["虚构单位", "A"]
    assert (office.place_layer, office.role, office.since) == (Layer.REGION, Role.ORGANISATION, "2026-01-01T08:30:00")
    with session(small_store.service) as work:
        kind = work.execute(text("SELECT kind, west FROM publication WHERE number = 2")).one()
    assert tuple(kind) == ("data", None)


def test_the_same_list_again_changes_nothing(wangge: Here, tmp_path: Path) -> None:
    path = written(tmp_path / "people.csv", *LIST)
    assert wangge("import", path, "--layer", "person", "--publish").status == 0
    for mode in Mode:
        again = wangge("import", path, "--layer", "person", "--mode", mode, "--dry-run", "--json").told
        assert again["rows"] == {"person": {"unchanged": 5}}, mode


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("虚构丁,000-0000-0005,Z99,网格员,,,,", "place-unknown"),
        ("虚构丁,000-0000-0005,A01,局长,,,,", "kind-unknown"),
        ("虚构丁,000-0000-0005,A01,,,,,", "field-missing"),
        (",000-0000-0005,A01,网格员,,,,", "field-missing"),
        ("虚构丁,000-0000-0005,,网格员,,,,", "field-missing"),
        ("虚构丁,一二三,A01,网格员,,,,", "phone-malformed"),
        ("虚构丁,1.38E+10,A01,网格员,,,,", "phone-malformed"),
        ("虚构丁,000-0000-0005,A01,网格员,C岗,,,", "kind-unknown"),
        ("虚构丁,000-0000-0005,A01,网格员,,,2026-02-30,", "moment-malformed"),
        ("虚构丁,000-0000-0005,A01,网格员,,,soon,", "moment-malformed"),
        ("虚构丁,000-0000-0005,A01,网格员,,,2026-03-01,2026-02-01", "until-before-from"),
        ("虚构丁,000-0000-0005,A01,网格员,,,2026-03-01,2026-03-01", "until-before-from"),
        ("合计,,,,,,,", "row-total"),
    ],
)
def test_a_row_that_cannot_be_taken_is_told_and_the_others_are(
    small_store: Store, tmp_path: Path, line: str, problem: str
) -> None:
    reading = read(written(tmp_path / "people.csv", *LIST, line), layer="person")
    with session(small_store.service) as work:
        taken = intake.take(work, [reading], Order())
    assert [(one.id, one.number, one.layer) for one in taken.problems] == [(problem, 6, Layer.PERSON)]
    assert taken.rows == {"person": {"new": 5, "refused": 1}}
    assert "一二三" not in str(taken.problems)  # what is refused as a phone may be one


def test_an_update_sets_what_it_has_a_value_for(wangge: Here, small_store: Store, tmp_path: Path) -> None:
    lines = ("id,name,phone,code,role", "p1,甲,000-0000-0001,A01,responsible", "p2,乙,000-0000-0002,A,member")
    assert wangge("import", written(tmp_path / "a.csv", *lines), "--layer", "person", "--publish").status == 0
    later = ("id,phone,code,until", "p1,000-0000-0011,,", "p2,,A02,2027-01-01", "p3,000-0000-0003,A02,")
    path = written(tmp_path / "b.csv", *later)
    told = wangge("import", path, "--layer", "person", "--mode", "update", "--publish", "--json")
    assert (told.status, told.told["rows"]) == (1, {"person": {"changed": 2, "refused": 1}})
    assert [one["problem"] for one in told.told["refused"]] == ["field-missing"]
    after = roster(small_store)
    assert (after["p1"].phone, after["p1"].place) == ("000-0000-0011", "A01")
    assert (after["p2"].place, after["p2"].place_layer, after["p2"].until) == ("A02", Layer.GRID, "2027-01-01")
    assert roster(small_store, 2)["p2"].place_layer is Layer.REGION
    crossed = written(tmp_path / "c.csv", "id,from", "p2,2027-06-01")
    told = wangge("import", crossed, "--layer", "person", "--mode", "update", "--dry-run", "--json")
    assert [one["problem"] for one in told.told["refused"]] == ["until-before-from"]
    same = written(tmp_path / "d.csv", *later[:1], "p1,000-0000-0012,,")
    told = wangge("import", same, "--layer", "person", "--dry-run", "--json")
    assert [one["problem"] for one in told.told["refused"]] == ["field-missing"]  # `add` has no half rows


def test_what_a_replacing_list_does_not_name_ends_and_only_within_its_region(
    wangge: Here, small_store: Store, tmp_path: Path
) -> None:
    lines = ("name,phone,code,role", "甲,110,A01,member", "乙,110,A,member", "丙,110,B01,member", "丁,110,S,member")
    assert wangge("import", written(tmp_path / "a.csv", *lines), "--layer", "person", "--publish").status == 0
    path = written(tmp_path / "b.csv", "name,phone,code,role", "戊,110,A02,member")
    how = ("--layer", "person", "--mode", "replace", "--publish", "--yes")
    assert wangge("import", path, *how, "--within", "A").status == 0
    assert names(small_store) == [("丁", "S"), ("丙", "B01"), ("戊", "A02")]
    assert names(small_store, 2) == [("丁", "S"), ("丙", "B01"), ("乙", "A"), ("甲", "A01")]
    assert wangge("import", path, *how).status == 0
    assert names(small_store) == [("戊", "A02")]


def test_a_refused_row_withholds_what_would_end(wangge: Here, small_store: Store, tmp_path: Path) -> None:
    lines = ("name,phone,code,role", "甲,110,A01,member", "乙,110,A02,member")
    assert wangge("import", written(tmp_path / "a.csv", *lines), "--layer", "person", "--publish").status == 0
    path = written(tmp_path / "b.csv", lines[0], lines[1], "乙,none,A02,member")
    told = wangge("import", path, "--layer", "person", "--mode", "replace", "--publish", "--yes", "--json").told
    assert [one["note"] for one in told["notes"]] == ["replace-withheld"]
    assert len(roster(small_store)) == 2


def test_a_row_that_comes_twice_counts_once_and_a_second_stint_is_another_binding(
    wangge: Here, small_store: Store, tmp_path: Path
) -> None:
    first, again = "甲,110,A01,member,2026-01-01,2026-02-01", "甲,110,A01,member,2026-03-01,"
    path = written(tmp_path / "a.csv", "name,phone,code,role,from,until", first, first, again)
    told = wangge("import", path, "--layer", "person", "--publish", "--json").told
    assert told["rows"] == {"person": {"new": 2}}
    assert [one["note"] for one in told["notes"]] == ["rows-repeated"]
    assert sorted(one.since or "" for one in roster(small_store).values()) == ["2026-01-01", "2026-03-01"]


def test_the_code_of_a_grid_and_of_a_region_wants_a_word(store: Store, tmp_path: Path) -> None:
    plan = community("A", 0, 0)
    plan = replace(plan, grids=(replace(plan.grids[0], code="A"), *plan.grids[1:]))
    publish(store, plan)
    lines = ("name,phone,code,role,of", "甲,110,A,member,", "乙,110,A,member,grid", "丙,110,A,member,社区")
    with session(store.service) as work:
        taken = intake.take(work, [read(written(tmp_path / "a.csv", *lines), layer="person")], Order())
    assert [(one.id, one.number) for one in taken.problems] == [("place-ambiguous", 1)]
    assert {(one.name, one.place_layer) for one in taken.changes.people} == {("乙", "grid"), ("丙", "region")}


def test_people_come_with_the_map_that_they_are_bound_to(store: Store) -> None:
    person = {"layer": "person", "name": "甲", "phone": "110", "code": "A01", "role": "member"}
    file = document(small())
    feature = {"type": "Feature", "properties": person, "geometry": None}
    spoilt = {"type": "Feature", "properties": person, "geometry": {"type": "Point", "coordinates": [104, 30]}}
    reading = read_geojson({"type": "FeatureCollection", "features": [feature, spoilt]})
    told = list(things(reading))
    assert isinstance(told[0], Person)
    assert isinstance(told[1], RowProblem)
    assert told[1].id == "geometry-not-for-layer"  # people have no place of their own
    with session(store.service) as work, work.begin():
        taken = intake.take(work, [read_geojson(file), replace(reading, rows=reading.rows[:1])], Order())
        assert not taken.problems
        number = intake.keep(work, taken, actor="planner")
    assert door.publish(store.service, door.Request(plan=number, actor="planner")).kind == "both"
    assert names(store) == [("甲", "A01")]


def test_a_binding_outlives_its_grid_and_shows_nowhere(wangge: Here, small_store: Store, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "name,phone,code,role", "甲,110,E02,member")
    assert wangge("import", path, "--layer", "person", "--publish").status == 0
    plan = small()
    whole = next(region for region in plan.regions if region.code == "E")
    assert whole.shape is not None
    one = replace(next(grid for grid in plan.grids if grid.code == "E01"), shape=whole.shape)
    publish(small_store, Plan(regions=(whole,), grids=(one,)))
    assert names(small_store) == [("甲", "E02")]
    with session(small_store.service) as work:
        assert not people.is_there(work, 3, Layer.GRID, "E02")
        assert people.is_there(work, 2, Layer.GRID, "E02")


def test_the_people_of_the_sample_district_can_all_be_taken(district_text: str, tmp_path: Path) -> None:
    whole = json.loads(district_text)
    count = sample.write(whole, tmp_path / "people.csv")
    told = list(things(read(tmp_path / "people.csv", layer="person")))
    bound = [one for one in told if isinstance(one, Person)]
    codes = {one["properties"].get("code") for one in whole["features"]}
    assert (len(bound), {one.place for one in bound} - codes) == (count, set())
    grids = sorted(one["properties"]["code"] for one in whole["features"] if one["properties"]["layer"] == "grid")
    by_place = {code: counted(one for one in bound if one.place == code) for code in grids}
    assert [code for code, staff in by_place.items() if staff not in (Staff(1, 2), Staff(1, 3))] == grids[:1]


def test_published_people_are_never_changed(wangge: Here, small_store: Store, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "name,phone,code,role", "甲,110,A01,member")
    assert wangge("import", path, "--layer", "person", "--publish").status == 0
    for spoilt in ("UPDATE person SET phone = '119'", "DELETE FROM person", "TRUNCATE person"):
        with pytest.raises(DBAPIError), small_store.owner.begin() as connection:
            connection.execute(text(spoilt))
    with pytest.raises(DBAPIError), small_store.service.begin() as connection:
        connection.execute(text("UPDATE person SET numbers = 'empty'"))


def test_a_list_of_people_is_written_out_and_read_back(wangge: Here, small_store: Store, tmp_path: Path) -> None:
    assert wangge("import", written(tmp_path / "a.csv", *LIST), "--layer", "person", "--publish").status == 0
    for name in ("people.csv", "people.xlsx"):
        assert wangge("export", "--layer", "person", "-o", tmp_path / name).status == 0
        options = ("--table", "person") if name.endswith("xlsx") else ()
        told = wangge("import", tmp_path / name, *options, "--mode", "replace", "--dry-run", "--json")
        assert told.told["rows"] == {"person": {"unchanged": 5}}, told.err
    assert wangge("export", "--layer", "person", "--region", "B", "-o", tmp_path / "b.csv").status == 0
    assert len((tmp_path / "b.csv").read_text("utf-8-sig").splitlines()) == 1
    for name in ("people.geojson", "people.gpkg", "people.zip", "people.shp"):
        assert wangge("export", "--layer", "person", "-o", tmp_path / name).status == 2


def test_people_leave_by_no_other_door(wangge: Here, tmp_path: Path) -> None:
    """No export that does not name them has a name or a phone in it."""
    assert wangge("import", written(tmp_path / "a.csv", *LIST), "--layer", "person", "--publish").status == 0
    for name in ("all.geojson", "all.gpkg", "all.xlsx", "all.zip", "all.csv"):
        path = tmp_path / name
        assert wangge("export", "-o", path).status == 0
        data = contents(path)
        assert "虚构甲".encode() not in data, name
        assert b"000-0000-0001" not in data, name
        assert b"person" not in data, name


@pytest.mark.parametrize("mode", [Mode.ADD])
def test_a_stream_of_rows_comes_to_the_same(small_store: Store, tmp_path: Path, mode: Mode) -> None:
    bad = ("虚构丁,000-0000-0005,Z99,网格员,,,,", "虚构丁,000-0000-0005,A01,网格员,,,2026-03-01,2026-02-01")
    path = written(tmp_path / "people.csv", *LIST, *bad)
    with session(small_store.service) as work, work.begin():
        streamed = stream(work, read_batches(path, layer="person", rows=2), Order(mode=mode), actor="planner")
    assert streamed.rows == {"person": Counter(new=5, refused=2)}
    assert [one.id for one in streamed.problems] == ["place-unknown", "until-before-from"]
    door.publish(small_store.service, door.Request(plan=streamed.plan, actor="planner"))
    kept = roster(small_store)
    with session(small_store.service) as work, work.begin():
        again = stream(work, read_batches(path, layer="person", rows=2), Order(mode=mode), actor="planner")
    assert again.rows == {"person": Counter(unchanged=5, refused=2)}
    with session(small_store.service) as work:
        whole = intake.take(work, [read(path, layer="person")], Order())
    assert whole.rows == {"person": {"unchanged": 5, "refused": 2}}
    assert len(kept) == 5


def test_large_lists_are_streamed_but_updates_and_replacements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "LARGE", 10)
    path = written(tmp_path / "people.csv", *LIST)
    told = {mode: streaming.is_for([path], "person", Order(mode=mode)) for mode in Mode}
    assert told == {Mode.ADD: True, Mode.UPDATE: False, Mode.REPLACE: False}
