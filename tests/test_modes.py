"""What do rows do to what is published: add, update, replace; and what of it is told before?"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shapely
from commands import Here
from conftest import Store
from district import at, document, small
from divisions import cell

from geo import datum as datums
from geo.datum import Datum
from geo.model import Building, Plan
from geo.store import things
from geo.store.connect import session
from geo.store.published import current_publication


@pytest.fixture
def wangge(store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Here:
    """The command on a store where the small district is published."""
    here = Here(store, monkeypatch, capsys)
    path = tmp_path / "district.geojson"
    path.write_bytes(document(small()))
    assert here("publish", path).status == 0
    return here


def buildings(store: Store) -> dict[str, Building]:
    with session(store.service) as work:
        return {one.id: one for one in things.buildings(work, current_publication(work))}


def table(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def layer(plan: Plan, **parts: Any) -> bytes:
    """A plan file of some parts alone."""
    return document(replace(Plan(), **parts)) if parts else document(plan)


# Update: the planner's morning


def test_a_list_of_households_by_id_updates_nothing_else(wangge: Here, store: Store, tmp_path: Path) -> None:
    before = buildings(store)
    path = table(tmp_path / "list.csv", "楼栋编号,户数", "h-A01,320", "h-A02,", "h-B01,121")
    dry = wangge("import", path, "--layer", "building", "--datum", "wgs84", "--mode", "update", "--dry-run", "--json")
    assert dry.told["rows"] == {"building": {"changed": 2, "unchanged": 1}}
    assert dry.told["files"][0]["guessed"] == {"id": "楼栋编号", "households": "户数"}
    told = wangge("import", path, "--layer", "building", "--datum", "wgs84", "--mode", "update", "--publish", "--json")
    assert (told.status, told.told["number"]) == (0, 2)
    after = buildings(store)
    assert after["h-A01"] == replace(before["h-A01"], households=320)
    assert after["h-A02"] == before["h-A02"]
    assert {code: one for code, one in after.items() if code not in ("h-A01", "h-B01")} == {
        code: one for code, one in before.items() if code not in ("h-A01", "h-B01")
    }


def test_grids_that_grow_and_fall_are_told_with_both_figures(wangge: Here, tmp_path: Path) -> None:
    path = table(tmp_path / "list.csv", "id,households", "h-A01,820", "h-A02,120", "h-B03,351")
    told = wangge("import", path, "--layer", "building", "--datum", "wgs84", "--mode", "update", "--dry-run", "--json")
    changes = told.told["changes"]
    assert (changes["grown"], changes["fallen"]) == (["A01"], ["A02"])
    figures = {one["code"]: (one["households_before"], one["households_after"]) for one in changes["grids"]}
    assert figures == {"A01": (310, 820), "A02": (420, 120), "B03": (350, 351)}
    assert {one["code"]: one["verdict_after"] for one in changes["grids"]} == {
        "A01": "high",
        "A02": "low",
        "B03": "good",
    }


def test_rows_without_an_id_are_matched_by_address_and_told_with_candidates(
    wangge: Here, store: Store, tmp_path: Path
) -> None:
    addressed = [replace(one, address=f"柳堰路{n}号") for n, one in enumerate(small().buildings, start=10)]
    addressed[-1] = replace(addressed[-1], address="柳堰路10号")
    path = tmp_path / "addressed.geojson"
    path.write_bytes(layer(small(), buildings=tuple(addressed)))
    assert wangge("import", path, "--mode", "update", "--publish").status == 0
    lines = ("地址,户数", "柳堰路 11 號,77", "柳堰路10号,5", "柳堰路99号,6", ",7")
    told = wangge(
        "import", table(tmp_path / "l.csv", *lines), "--layer", "building", "--datum", "wgs84", "--mode", "update",
        "--publish", "--json",
    )  # fmt: skip
    refused = {row["row"]: row["problem"] for row in told.told["refused"]}
    assert refused == {2: "building-ambiguous", 3: "building-unmatched", 4: "field-missing"}
    ambiguous = next(row for row in told.told["refused"] if row["row"] == 2)
    assert addressed[0].id in ambiguous["message"]
    assert addressed[-1].id in ambiguous["message"]
    assert (told.status, told.told["number"]) == (1, 3)
    assert buildings(store)[addressed[1].id].households == 77


def test_an_update_keeps_what_somebody_else_changed_meanwhile(wangge: Here, store: Store, tmp_path: Path) -> None:
    counts = table(tmp_path / "counts.csv", "id,households", "h-A01,333")
    names = table(tmp_path / "names.csv", "id,name", "h-A01,改名")
    options = ("--layer", "building", "--datum", "wgs84", "--mode", "update", "--json")
    draft = wangge("import", counts, *options).told["plan"]
    assert wangge("import", names, *options, "--publish").told["number"] == 2
    assert wangge("publish", draft).status == 0
    now = buildings(store)["h-A01"]
    assert (now.name, now.households) == ("改名", 333)


def test_grids_of_an_update_leave_their_neighbours(wangge: Here, tmp_path: Path) -> None:
    path = table(tmp_path / "names.csv", "网格编码,网格名称", "A01,一号网格")
    told = wangge("import", path, "--layer", "grid", "--datum", "wgs84", "--mode", "update", "--publish", "--json")
    assert (told.status, told.told["rows"], told.told["number"]) == (0, {"grid": {"changed": 1}}, 2)
    assert told.told["changes"]["removed"] == []
    assert wangge("check", "A").status == 0


def test_two_who_add_the_same_thing(wangge: Here, store: Store, tmp_path: Path) -> None:
    """The second is told: its row would take the place of the first one's without a word."""
    place = f"{at(0.2, 0.7).x},{at(0.2, 0.7).y}"
    options = ("--layer", "building", "--datum", "wgs84", "--json")
    one = wangge("import", table(tmp_path / "one.csv", "id,households,lon,lat", f"new,5,{place}"), *options)
    two = wangge("import", table(tmp_path / "two.csv", "id,households,lon,lat", f"new,6,{place}"), *options)
    assert wangge("publish", one.told["plan"]).status == 0
    refused = wangge("publish", two.told["plan"])
    assert (refused.status, "new was added by somebody else" in refused.err) == (1, True)
    assert buildings(store)["new"].households == 5


# Replace


def test_replace_lists_what_would_vanish_and_asks(wangge: Here, store: Store, tmp_path: Path) -> None:
    kept = [one for one in small().buildings if one.id != "h-B02"]
    path = tmp_path / "some.geojson"
    path.write_bytes(layer(small(), buildings=tuple(kept)))
    told = wangge("import", path, "--mode", "replace", "--publish", "--json")
    assert (told.status, told.told["number"], told.told["changes"]["removed"]) == (1, None, ["h-B02"])
    assert "h-B02" in buildings(store)
    figures = {one["code"]: one["households_after"] for one in told.told["changes"]["grids"]}
    assert figures == {"B02": None}
    told = wangge("import", path, "--mode", "replace", "--publish", "--yes", "--json")
    assert (told.status, told.told["number"]) == (0, 2)
    assert "h-B02" not in buildings(store)
    place = f"h-B02,9,{at(3.5, 0.5).x},{at(3.5, 0.5).y}"
    path = table(tmp_path / "b.csv", "id,households,lon,lat", place)
    back = wangge("import", path, "--layer", "building", "--datum", "wgs84", "--publish", "--json")
    assert (back.status, back.told["rows"]) == (0, {"building": {"new": 1}})


def test_replace_keeps_all_where_a_row_was_refused(wangge: Here, store: Store, tmp_path: Path) -> None:
    path = table(tmp_path / "b.csv", "id,households,lon,lat", f"h-A01,many,{at(0.5, 0.5).x},{at(0.5, 0.5).y}")
    told = wangge("import", path, "--layer", "building", "--datum", "wgs84", "--mode", "replace", "--yes", "--json")
    assert (told.status, told.told["changes"]["removed"]) == (1, [])
    assert [note["note"] for note in told.told["notes"]] == ["replace-withheld"]


def test_replace_within_a_region_leaves_the_others(wangge: Here, tmp_path: Path) -> None:
    path = tmp_path / "one.geojson"
    path.write_bytes(layer(small(), buildings=(small().buildings[0],)))
    told = wangge("import", path, "--mode", "replace", "--within", "A", "--dry-run", "--json")
    assert set(told.told["changes"]["removed"]) == {"h-A02", "h-A03", "h-A04"}


# Add


def test_add_leaves_grids_that_differ(wangge: Here, tmp_path: Path) -> None:
    path = table(tmp_path / "names.csv", "code,name,region,wkt", f'A01,new,A,"{cell(0, 0).wkt}"')
    told = wangge("import", path, "--layer", "grid", "--datum", "wgs84", "--publish", "--json")
    assert (told.status, [row["problem"] for row in told.told["refused"]]) == (1, ["row-exists"])


# Parts, towers, estimates


def footprints(*shapes: shapely.Polygon, **more: Any) -> bytes:
    return layer(Plan(), buildings=tuple(Building(id="t", shape=shape, **more) for shape in shapes))


def test_parts_of_one_building_are_one_and_count_once(wangge: Here, store: Store, tmp_path: Path) -> None:
    halves = cell(0.1, 0.7, 0.1, 0.1), cell(0.2, 0.7, 0.1, 0.1)
    path = tmp_path / "parts.geojson"
    path.write_bytes(footprints(*halves, households=40))
    told = wangge("import", path, "--publish", "--json")
    assert (told.status, told.told["rows"]) == (0, {"building": {"new": 1}})
    assert [(note["note"], note["parts"]) for note in told.told["notes"]] == [("building-in-parts", 2)]
    one = buildings(store)["t"]
    assert one.households == 40
    assert one.shape.equals(shapely.union_all(halves))
    path.write_bytes(footprints(cell(0.1, 0.7, 0.1, 0.1), cell(1.1, 0.7, 0.1, 0.1)))
    told = wangge("import", path, "--mode", "update", "--json")
    assert "code-twice" in [row["problem"] for row in told.told["refused"]]


def test_estimates_are_marked_and_a_count_always_wins(wangge: Here, store: Store, tmp_path: Path) -> None:
    path = tmp_path / "footprint.geojson"
    path.write_bytes(footprints(cell(0.1, 0.7, 0.1, 0.1), levels=6))
    told = wangge("import", path, "--dry-run", "--json")
    assert [note["note"] for note in told.told["notes"]] == ["households-missing"]
    told = wangge("import", path, "--estimate", "m2=100,share=0.5", "--publish", "--json")
    assert [note["note"] for note in told.told["notes"]] == ["households-estimated"]
    one = buildings(store)["t"]
    assert one.estimated
    assert one.households == pytest.approx(30 * 33.3 * 6 / 100 * 0.5, rel=0.2)
    options = ("--layer", "building", "--datum", "wgs84", "--mode", "update", "--publish", "--json")
    assert wangge("import", table(tmp_path / "c.csv", "id,households", "t,55"), *options).status == 0
    assert (buildings(store)["t"].households, buildings(store)["t"].estimated) == (55, False)
    late = table(tmp_path / "e.csv", "id,households,estimated", "t,12,true")
    told = wangge("import", late, *options)
    assert [note["note"] for note in told.told["notes"]] == ["estimate-kept-out"]
    assert (buildings(store)["t"].households, buildings(store)["t"].estimated) == (55, False)


def test_towers_over_podiums_both_stay_and_are_told(wangge: Here, tmp_path: Path) -> None:
    podium = Building(id="podium", households=10, shape=cell(0.1, 0.7, 0.2, 0.2))
    tower = Building(id="tower", households=90, shape=cell(0.15, 0.75, 0.1, 0.1))
    path = tmp_path / "towers.geojson"
    path.write_bytes(layer(Plan(), buildings=(podium, tower)))
    told = wangge("import", path, "--dry-run", "--json")
    (note,) = told.told["notes"]
    assert (note["note"], note["upper"], note["lower"], note["households"]) == (
        "building-stacked",
        "tower",
        "podium",
        100,
    )


# Datums that smell


@pytest.fixture
def shifted(tmp_path: Path) -> Path:
    """The district's buildings as a phone would give them: in GCJ-02."""
    shapes = [datums.shape_from_wgs84(building.shape, Datum("gcj02")) for building in small().buildings]
    moved = [replace(b, shape=shape, entrance=None) for b, shape in zip(small().buildings, shapes, strict=True)]
    path = tmp_path / "phone.geojson"
    path.write_bytes(layer(Plan(), buildings=tuple(moved)))
    return path


def test_an_offset_that_smells_of_a_phone_is_told(wangge: Here, shifted: Path) -> None:
    told = wangge("import", shifted, "--datum", "wgs84", "--mode", "update", "--dry-run", "--json")
    found = {note["note"]: note for note in told.told["notes"]}
    assert found["datum-suspected"]["datum"] == "gcj02"
    assert 266 < found["datum-suspected"]["offset_m"] < 606
    told = wangge("import", shifted, "--datum", "gcj02", "--mode", "update", "--dry-run", "--json")
    assert "datum-suspected" not in {note["note"] for note in told.told["notes"]}


def test_longitudes_outside_china_are_told(wangge: Here, tmp_path: Path) -> None:
    path = table(tmp_path / "far.csv", "id,lon,lat", "x,-71.1,42.3")
    told = wangge("import", path, "--layer", "building", "--datum", "wgs84", "--dry-run", "--json")
    assert [note["note"] for note in told.told["notes"]] == ["longitude-unusual"]


# Profiles


def test_a_profile_keeps_how_files_are_read(wangge: Here, tmp_path: Path) -> None:
    path = table(tmp_path / "list.csv", "甲,乙", "h-A01,320")
    options = ("--mode", "update", "--dry-run", "--json")
    how = ("--layer", "building", "--datum", "wgs84", "--field", "id=甲", "--field", "households=乙")
    told = wangge("import", path, *how, "--save-profile", "街道报表", *options)
    assert told.told["rows"] == {"building": {"changed": 1}}
    again = wangge("import", path, "--profile", "街道报表", *options)
    assert again.told["rows"] == {"building": {"changed": 1}}
    assert wangge("import", path, "--profile", "nobody", *options).status == 2
