"""Does a dense Chinese city centre come in as OpenStreetMap has it: cut at tiles, stacked, without households?"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from commands import Ended, Here
from conftest import Store, fresh
from real import comes_back, everything, ground_m2, near

from geo.measure import square_metres, to_metres
from geo.store import embedded

FILE = "shanghai_bund_lujiazui_osm.gpkg"
ROADS = ("--table", "roads", "--layer", "line", "--field", "id=osm_id", "--field", "class=kind")
BUILDINGS = ("--table", "buildings", "--layer", "building", "--field", "id=osm_id", "--field", "levels=levels_est")
PARTS = ("--table", "buildings_tile_parts_raw", "--layer", "building", "--field", "id=osm_id")


@pytest.fixture(scope="module")
def city(shared_data: Path) -> Path:
    return shared_data / FILE


@pytest.fixture
def wangge(store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(store, monkeypatch, capsys)


@pytest.fixture
def empty(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as one:
        yield one


def rows(city: Path, table: str) -> Any:
    return pyogrio.read_dataframe(city, layer=table)


def notes(ended: Ended, name: str) -> list[dict[str, Any]]:
    return [note for note in ended.told["notes"] if note["note"] == name]


def test_parts_at_tile_edges_become_the_buildings_they_are_of(
    wangge: Here, store: Store, empty: Store, city: Path, tmp_path: Path
) -> None:
    told = wangge("import", city, *PARTS, "--publish", "--json")
    assert (told.status, told.told["rows"], told.told["refused"]) == (0, {"building": {"new": 1450}}, [])
    raw = rows(city, "buildings_tile_parts_raw")
    assert (len(raw), int((raw["kind"] == "building_part").sum())) == (1572, 142)
    whole = set(raw.loc[raw["kind"] == "building", "osm_id"].astype(str))
    joined = {note["building"] for note in notes(told, "building-in-parts")}
    assert (len(whole), len(joined & whole)) == (1321, 103)
    assert {note["counts"] for note in notes(told, "building-in-parts")} == {1}
    taken = {one.id: one.shape for one in everything(store).buildings}
    merged = rows(city, "buildings")
    for id_, shape in zip(merged["osm_id"].astype(str), merged.geometry, strict=True):
        if id_ in joined:
            assert square_metres(taken[id_].symmetric_difference(shape)) < 0.01 * square_metres(shape) + 0.5, id_
    assert wangge("export", "-o", tmp_path / "back.csv", "--layer", "building").status == 0
    comes_back(store, empty, tmp_path / "back.csv")


def test_stacked_buildings_are_told_and_nobody_is_counted_who_was_not(
    wangge: Here, store: Store, empty: Store, city: Path, tmp_path: Path
) -> None:
    told = wangge("import", city, *BUILDINGS, "--publish", "--json")
    assert (told.status, told.told["rows"]) == (0, {"building": {"new": 1321}})
    stacked = notes(told, "building-stacked")
    assert (len(stacked), sum(note["area_m2"] for note in stacked)) == (35, near(28_606))
    (missing,) = notes(told, "households-missing")
    assert missing["count"] == 1321
    assert {one.households for one in everything(store).buildings} == {None}
    assert sum(1 for one in everything(store).buildings if one.name) == 221
    assert wangge("export", "-o", tmp_path / "back.geojson").status == 0
    comes_back(store, empty, tmp_path / "back.geojson")


def test_estimates_follow_the_stated_rule_and_say_so(wangge: Here, store: Store, city: Path) -> None:
    told = wangge("import", city, *BUILDINGS, "--estimate", "m2=90,floors=3,share=1", "--publish", "--json")
    assert told.told["number"] == 1
    (note,) = notes(told, "households-estimated")
    assert (note["count"], note["m2"], note["floors"], note["share"]) == (1321, 90, 3, 1)
    given = {one.id: one for one in everything(store).buildings}
    assert all(one.estimated for one in given.values())
    floor_m2 = ground_m2([one.shape for one in given.values() for _ in range(one.levels or 3)])
    assert floor_m2 == near(15.0e6)
    assert sum(one.households or 0 for one in given.values()) == near(floor_m2 / 90)
    table = rows(city, "buildings")
    homes = table[table["landuse_kind"] == "residential"]
    assert len(homes) == 53
    by_rule = (homes["area_m2"] * homes["levels_est"].fillna(3) / 90).sum()
    assert sum(given[id_].households or 0 for id_ in homes["osm_id"].astype(str)) == near(by_rule)


def test_no_road_is_lost_at_an_edge_of_a_tile(
    wangge: Here, store: Store, empty: Store, city: Path, tmp_path: Path
) -> None:
    told = wangge("import", city, *ROADS, "--publish", "--json")
    assert (told.status, told.told["rows"], told.told["refused"]) == (0, {"line": {"new": 1094}}, [])
    (note,) = notes(told, "things-in-parts")
    assert (note["count"], note["rows"], note["apart"]) == (370, 1054, 8)
    lines = everything(store).lines
    assert sum(to_metres(one.shape).length for one in lines) == pytest.approx(215_000, rel=0.01)
    table = rows(city, "roads")
    assert (len(table), Counter(table["kind"])["rail"], Counter(table["kind"])["ferry"]) == (1778, 91, 16)
    assert {one.category for one in lines} == set(table["kind"])
    assert wangge("export", "-o", tmp_path / "back.gpkg").status == 0
    comes_back(store, empty, tmp_path / "back.gpkg")


def test_water_land_and_places(wangge: Here, store: Store, empty: Store, city: Path, tmp_path: Path) -> None:
    def take(table: str, layer: str, *how: str) -> Ended:
        return wangge("import", city, "--table", table, "--layer", layer, *how, "--publish", "--json")

    lines = take("water_lines", "line", "--field", "id=osm_id", "--field", "class=kind")
    assert (lines.status, lines.told["rows"]) == (0, {"line": {"new": 27}})
    water = take("water_polygons", "water", "--field", "id=osm_id")
    assert (water.status, water.told["rows"]) == (0, {"water": {"new": 7 + 9}})
    places = take("pois", "facility", "--field", "id=osm_id", "--field", "category=kind")
    assert (places.status, places.told["rows"]) == (1, {"facility": {"new": 493, "refused": 1}})
    assert [row["problem"] for row in places.told["refused"]] == ["code-twice"]
    land = take("landuse_polygons", "facility", "--field", "id=fid", "--field", "category=kind")
    assert (land.status, land.told["rows"]) == (0, {"facility": {"new": 261}})
    found = everything(store)
    assert (len(found.lines), len(found.water), len(found.facilities)) == (27, 16, 493 + 261)
    river = rows(city, "water_polygons")
    assert ground_m2([one.shape for one in found.water]) == near(square_metres(shapely.union_all(river.geometry)))
    assert wangge("export", "-o", tmp_path / "back.gpkg").status == 0
    comes_back(store, empty, tmp_path / "back.gpkg")
