"""What is written out of a publication: which rows, in which columns, readable by whom?"""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import python_calamine
import shapely
from commands import Here
from conftest import Store, fresh
from district import at, publish, small
from test_import_export import rich

from geo.files import FileUnwritable, plan_of, read, things
from geo.files.write_csv import write_csv
from geo.files.write_sheet import Batch, Field, Kind, Sheet
from geo.files.write_shp import SHORT_NAMES, short_names, write_shp
from geo.files.write_xlsx import write_xlsx
from geo.model import MAP_LAYERS, Building, Layer, Plan
from geo.store import embedded
from geo.store.sheets import OWN

NASTY = "=1+2", "+86", "-1", "@A1", "{=1}", 'a "b", c', "二\n行", "", "0012345678901234567890", "https://example.org"


def sheet(values: list[str], shape: shapely.Geometry | None = None) -> Sheet:
    """A layer of one text column, in two batches."""
    rows = [["facility", value] for value in values]
    batches = [Batch(part, [shape] * len(part)) for part in (rows[:2], rows[2:]) if part]
    return Sheet(Layer.FACILITY, (Field("layer"), Field("name")), batches)


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


@pytest.fixture(scope="module")
def published(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    with fresh(cluster, small_town) as one:
        yield one


@pytest.fixture
def wangge(published: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """The command on the published small district, which nobody changes."""
    return Here(published, monkeypatch, capsys)


@pytest.fixture
def own(small_store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """The command on a store of one test, for those who publish."""
    return Here(small_store, monkeypatch, capsys)


def test_a_grid_table_has_what_departments_join_on(wangge: Here, tmp_path: Path) -> None:
    assert wangge("export", "-o", tmp_path / "grids.csv").status == 0
    data = (tmp_path / "grids.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbflayer,code,")
    assert data.count(b"\n") == data.count(b"\r\n") == 12
    park = next(row for row in rows(tmp_path / "grids.csv") if row["code"] == "A04")
    area, shape = float(park.pop("area_m2")), park.pop("wkt")
    assert park == {
        "layer": "grid", "code": "A04", "name": "公园 Park", "kind": "special", "region": "A", "region_name": "A",
        "community_code": "A", "community_name": "A", "street_code": "S", "street_name": "街",
        "district_code": "D", "district_name": "虚构区", "households": "0", "buildings": "1", "standing": "proven",
        "publication": "1",
    }  # fmt: skip
    assert 94_000 < area < 97_000
    assert shapely.from_wkt(shape).equals(next(grid.shape for grid in small().grids if grid.code == "A04"))


def test_the_other_layers_of_a_table(wangge: Here, tmp_path: Path) -> None:
    told = {}
    for layer in MAP_LAYERS:
        assert wangge("export", "-o", tmp_path / f"{layer}.csv", "--layer", layer, "--no-shape").status == 0
        told[layer] = rows(tmp_path / f"{layer}.csv")
        assert "wkt" not in told[layer][0]
    assert {layer: len(found) for layer, found in told.items()} == {
        "region": 6, "grid": 11, "building": 9, "facility": 3, "line": 1, "water": 1
    }  # fmt: skip
    house = next(row for row in told[Layer.BUILDING] if row["id"] == "h-B02")
    assert (house["grid"], house["grid_code"], house["street_name"], house["households"]) == ("", "B02", "街", "620")
    assert [row["grid_code"] for row in told[Layer.FACILITY]] == ["A01", "B01", ""]
    street = next(row for row in told[Layer.REGION] if row["code"] == "S")
    assert (street["grids"], street["households"], street["buildings"], street["parent"]) == ("9", "2720", "8", "D")


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("A", (["A"], 4, 4, ["f1"], ["l1"], [])),
        ("S", (["A", "B", "C", "S"], 9, 8, ["f1", "f2"], ["l1"], [])),
        ("D", (["A", "B", "C", "D", "E", "S"], 11, 9, ["f1", "f2"], ["l1"], [])),
        ("C", (["C"], 1, 0, [], [], [])),
    ],
)
def test_a_region_takes_what_is_below_it_and_on_it(
    wangge: Here, tmp_path: Path, region: str, expected: tuple[Any, ...]
) -> None:
    path = tmp_path / "part.geojson"
    assert wangge("export", "--region", region, "-o", path).status == 0
    plan = plan_of(things(read(path)))
    assert (
        [one.code for one in plan.regions],
        len(plan.grids),
        len(plan.buildings),
        [one.id for one in plan.facilities],
        [one.id for one in plan.lines],
        [one.id for one in plan.water],
    ) == expected
    assert wangge("export", "--region", region, "--layer", "building", "-o", tmp_path / "b.csv").status == 0
    assert len(rows(tmp_path / "b.csv")) == expected[2]


def test_what_is_no_export(wangge: Here, tmp_path: Path) -> None:
    assert wangge("export", "-o", tmp_path / "x.pdf").status == 2
    assert wangge("export", "-o", tmp_path / "x.csv", "--layer", "grid", "--layer", "region").status == 2
    assert wangge("export", "-o", tmp_path / "x.csv", "--region", "Z").status == 2
    assert wangge("export", "-o", tmp_path / "x.csv", "--publication", 2).status == 2
    assert wangge("export", "-o", tmp_path / "x.gpkg", "--no-shape").status == 2
    assert wangge("export", "-o", tmp_path / "none" / "x.csv").status == 2
    assert wangge("export", "-o", tmp_path / "none" / "x.zip").status == 2
    assert list(tmp_path.iterdir()) == []


def test_some_layers_of_a_plan_file(wangge: Here, tmp_path: Path) -> None:
    path = tmp_path / "some.geojson"
    assert wangge("export", "-o", path, "--layer", "water", "--layer", "line").status == 0
    plan = plan_of(things(read(path)))
    assert plan == replace(Plan(), lines=plan.lines, water=plan.water)
    assert len(plan) == 2


def test_a_workbook_has_a_sheet_a_layer_and_no_formula(small_store: Store, own: Here, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    spoken = replace(small(), buildings=(*small().buildings, Building(id="007", name="=1+2", shape=at(0.1, 0.1))))
    publish(small_store, spoken)
    assert own("export", "-o", path).status == 0
    book = python_calamine.load_workbook(path)
    assert book.sheet_names == [layer.value for layer in MAP_LAYERS]
    header, *found = book.get_sheet_by_name("building").to_python()
    first = dict(zip(header, found[0], strict=True))
    assert (first["id"], first["name"], first["grid_code"], first["publication"]) == ("007", "=1+2", "A01", 2.0)
    with zipfile.ZipFile(path) as parts:
        pages = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(pages) == 6
    assert all('state="frozen"' in page and 'ySplit="1"' in page and "<f>" not in page for page in pages)


def test_nasty_cells_stay_what_they_are(tmp_path: Path) -> None:
    assert write_csv(sheet([*NASTY]), tmp_path / "a.csv", shape=False) == len(NASTY)
    assert [row["name"] for row in rows(tmp_path / "a.csv")] == [*NASTY]
    assert write_xlsx([sheet([*NASTY])], tmp_path / "a.xlsx", shape=False) == len(NASTY)
    cells = python_calamine.load_workbook(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python()
    assert [row[1] for row in cells[1:]] == [*NASTY]


def test_shapefiles_are_read_by_gdal(small_store: Store, own: Here, tmp_path: Path) -> None:
    publish(small_store, rich())
    path = tmp_path / "all.zip"
    assert own("export", "-o", path).status == 0
    with zipfile.ZipFile(path) as parts:
        names = {name.rpartition(".")[0] for name in parts.namelist()}
        assert parts.read("grid.cpg") == b"UTF-8"
        parts.extractall(tmp_path / "all")
    assert names == {
        "region", "grid", "building_polygon", "building_point", "facility_point", "facility_points",
        "facility_polygon", "line", "water",
    }  # fmt: skip
    frames = {name: pyogrio.read_dataframe(tmp_path / "all" / f"{name}.shp") for name in names}
    assert all(frame.crs.to_epsg() == 4326 for frame in frames.values())
    assert all(column.isascii() and len(column) <= 10 for frame in frames.values() for column in frame.columns)
    grids = frames["grid"].set_index("code")
    assert grids.loc["A04", "name"] == "公园 Park"
    assert grids.loc["A04", "strt_name"] == "街"
    assert grids.loc["B02", "households"] == 620
    for grid in rich().grids:
        assert grids.loc[grid.code, "geometry"].normalize() == shapely.normalize(grid.shape)
    lake = next(one for one in rich().water if one.id == "w2").shape
    assert frames["water"].set_index("id").loc["w2", "geometry"].normalize() == shapely.normalize(lake)
    assert frames["region"].set_index("code").loc["D", "geometry"] is None


def test_a_single_shapefile(wangge: Here, tmp_path: Path) -> None:
    assert wangge("export", "-o", tmp_path / "grids.shp", "--simple").status == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        f"grids.{part}" for part in ("shp", "shx", "dbf", "prj", "cpg")
    }
    assert list(pyogrio.read_dataframe(tmp_path / "grids.shp").columns) == [
        "layer", "code", "name", "kind", "region", "geometry"
    ]  # fmt: skip
    assert wangge("export", "-o", tmp_path / "f.shp", "--layer", "facility").status == 2
    assert not (tmp_path / "f.shp").exists()


def test_texts_are_refused_and_never_cut(tmp_path: Path) -> None:
    fits, too_long = "网" * 84 + "ab", "网" * 84 + "abc"
    assert write_shp([sheet(["短", fits], at(0, 0))], tmp_path / "a.zip") == 2
    with zipfile.ZipFile(tmp_path / "a.zip") as parts:
        parts.extractall(tmp_path)
    assert list(pyogrio.read_dataframe(tmp_path / "facility.shp")["name"]) == ["短", fits]
    with pytest.raises(FileUnwritable) as refused:
        write_shp([sheet(["短", "短", too_long], at(0, 0))], tmp_path / "b.zip")
    assert (refused.value.id, refused.value.values["row"], refused.value.values["length"]) == (
        "text-too-long-for-dbf", 3, 255
    )  # fmt: skip
    with pytest.raises(FileUnwritable) as refused:
        write_xlsx([sheet(["a", "b", "x" * 32_768])], tmp_path / "b.xlsx", shape=False)
    assert (refused.value.id, refused.value.values["row"]) == ("cell-too-long", 3)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(("b.", "."))]


def test_short_names_are_a_fixed_table() -> None:
    assert all(len(name) > 10 and len(short) <= 10 and short.isascii() for name, short in SHORT_NAMES.items())
    assert all(short_names(OWN[layer]) == [field.name for field in OWN[layer]] for layer in Layer)
    assert short_names([Field("片区_code"), Field("street_code"), Field("a" * 11, Kind.WHOLE), Field("name")]) == [
        "f01", "strt_code", "f03", "name"
    ]  # fmt: skip


def test_a_failure_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text("old")

    def broken() -> Any:
        yield Batch([["facility", "a"]], [None])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_csv(Sheet(Layer.FACILITY, (Field("layer"), Field("name")), broken()), path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_past_publication_is_written_as_it_was(small_store: Store, own: Here, tmp_path: Path) -> None:
    publish(small_store, replace(small(), grids=tuple(replace(grid, name="new") for grid in small().grids)))
    assert own("export", "-o", tmp_path / "old.csv", "--publication", 1).status == 0
    assert own("export", "-o", tmp_path / "new.csv").status == 0
    assert {row["name"] for row in rows(tmp_path / "old.csv")} == {"", "公园 Park"}
    assert {(row["name"], row["publication"]) for row in rows(tmp_path / "new.csv")} == {("new", "2")}


@pytest.mark.parametrize("layer", ["grid", "building", "facility", "line", "water"])
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_table_comes_back_as_it_went(wangge: Here, tmp_path: Path, suffix: str, layer: str) -> None:
    path = tmp_path / f"back.{suffix}"
    assert wangge("export", "-o", path, "--layer", layer).status == 0
    back = plan_of(things(read(path, table=layer if suffix == "xlsx" else None)))
    whole = tmp_path / "whole.geojson"
    assert wangge("export", "-o", whole, "--layer", layer).status == 0
    assert back == plan_of(things(read(whole)))
    assert len(back) > 0
