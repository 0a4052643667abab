"""Does everything that is exported come back the same, in every format, whole and by region?"""

import math
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pyogrio
import pytest
import shapely
from commands import Here
from conftest import Store, fresh
from district import at, document, publish
from divisions import cell
from real import everything, taken
from test_import_export import in_order, rich

from geo.files import Reading, read, read_geojson
from geo.model import MAP_LAYERS, Building, Facility, Grid, Plan, Region, Water
from geo.store import door, embedded, intake
from geo.store.connect import session
from geo.store.order import Order

FORMATS = ("geojson", "gpkg", "csv", "xlsx", "zip")
LONG = "00510108001001000012"
"""A code of 20 digits that begins with zeros: as a number it would be another one."""


def odd() -> Plan:
    """The rich district with long codes, a grid in another's hole, courtyards, estimates, and nothing where it may."""
    ring, inner = shapely.difference(cell(9, 0, 3, 3), cell(10, 1, 1, 1)), cell(10, 1, 1, 1)
    assert isinstance(ring, shapely.Polygon)
    court = shapely.difference(cell(9.2, 0.2, 0.6, 0.6), cell(9.4, 0.4, 0.2, 0.2))
    lakes = shapely.MultiPolygon([cell(9, 4), shapely.difference(cell(11, 4), cell(11.2, 4.2, 0.2, 0.2))])
    assert isinstance(court, shapely.Polygon)
    plan = rich()
    community = Region(code="0001", name="零一社区", level="community", parent="S", shape=cell(9, 0, 3, 3))
    return replace(
        plan,
        regions=(*plan.regions, community),
        grids=(
            *plan.grids,
            Grid(code=LONG, name="第一网格", region="0001", shape=ring),
            Grid(code="0000000001", region="0001", shape=inner),
        ),
        buildings=(
            *plan.buildings,
            Building(id=f"{LONG}7", name="回字楼", households=36, estimated=True, shape=court, entrance=at(9.2, 0.5)),
            Building(id="007", shape=at(10.5, 1.5)),
            Building(id="1E5", name="3-1", address="1/2", households=0, shape=cell(10.1, 1.1, 0.2, 0.2)),
        ),
        facilities=(*plan.facilities, Facility(id="0", name="TRUE", category="2024-01-05", shape=court)),
        water=(*plan.water, Water(id="湖", shape=lakes)),
    )


@pytest.fixture
def wangge(store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(store, monkeypatch, capsys)


@pytest.fixture
def empty(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as one:
        yield one


def exported(wangge: Here, folder: Path, suffix: str, *options: object) -> list[Path]:
    """The files of an export: one, or one a layer where the format holds no more."""
    paths = [folder / f"{layer}.csv" for layer in MAP_LAYERS] if suffix == "csv" else [folder / f"all.{suffix}"]
    for path in paths:
        only = ("--layer", path.stem) if suffix == "csv" else ()
        assert wangge("export", "-o", path, *only, *options).status == 0
    return paths


def readings(paths: Sequence[Path]) -> list[Reading]:
    return [read(path, table=table) for path in paths for table in tables(path)]


def tables(path: Path) -> Sequence[str | None]:
    """What a file has to be asked for by name."""
    if path.suffix == ".xlsx":
        return MAP_LAYERS
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return sorted(name[:-4] for name in archive.namelist() if name.endswith(".shp"))
    return [None]


def take_in(store: Store, read: Sequence[Reading]) -> None:
    with session(store.service) as work, work.begin():
        found = intake.take(work, read, Order(), check=False)
        assert list(found.problems) == []
        number = intake.keep(work, found, actor="test")
    door.publish(store.service, door.Request(plan=number, actor="test"))


def is_unchanged(store: Store, read: Sequence[Reading]) -> bool:
    """Whether every row is just what is published: codes, texts, counts and each coordinate."""
    found = taken(store, read)
    assert list(found.problems) == []
    assert {verdict for counts in found.rows.values() for verdict in counts} == {"unchanged"}
    return found.is_empty


@pytest.mark.parametrize("simple", [False, True])
@pytest.mark.parametrize("suffix", FORMATS)
def test_all_of_it_comes_back_the_same(
    store: Store, empty: Store, wangge: Here, tmp_path: Path, suffix: str, simple: bool
) -> None:
    publish(store, odd())
    assert everything(store) == in_order(odd())
    came = readings(exported(wangge, tmp_path, suffix, *(["--simple"] if simple else [])))
    take_in(empty, came)
    assert alike(everything(empty)) == alike(everything(store))
    assert is_unchanged(store, came)
    assert is_unchanged(empty, came)


def alike(plan: Plan) -> Plan:
    """With rings that begin anywhere and run either way: what they enclose is the same."""

    def turned(part: str) -> Any:
        things = getattr(plan, part)
        return tuple(one if one.shape is None else replace(one, shape=shapely.normalize(one.shape)) for one in things)

    return Plan(**{part.name: turned(part.name) for part in fields(Plan)})


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_region_comes_back_where_its_parents_are(
    store: Store, empty: Store, wangge: Here, tmp_path: Path, suffix: str
) -> None:
    plan = odd()
    publish(store, plan)
    came = readings(exported(wangge, tmp_path, suffix, "--region", "S"))
    take_in(empty, [read_geojson(document(Plan(regions=tuple(one for one in plan.regions if one.code == "D"))))])
    take_in(empty, came)
    back = alike(everything(empty))
    whole = alike(everything(store))
    codes = {"A", "B", "C", "D", "S", "0001"}
    assert back.regions == tuple(one for one in whole.regions if one.code in codes)
    assert back.grids == tuple(one for one in whole.grids if one.region in codes)
    ids = {one.id for one in back.buildings}
    assert back.buildings == tuple(one for one in whole.buildings if one.id in ids)
    assert {one.id for one in whole.buildings} - ids == {"h-E02"}
    assert is_unchanged(store, came)


@pytest.mark.parametrize("suffix", ["xlsx", "zip"])
def test_by_the_command_sheet_by_sheet(
    store: Store,
    empty: Store,
    wangge: Here,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    suffix: str,
) -> None:
    publish(store, odd())
    (path,) = exported(wangge, tmp_path, suffix)
    other = Here(empty, monkeypatch, capsys)
    order = {layer.value: number for number, layer in enumerate(MAP_LAYERS)}
    for table in sorted(tables(path), key=lambda name: order[str(name).partition("_")[0]]):
        told = other("import", path, "--table", table, "--publish", "--provisional", "--json")
        assert (told.status, told.told["refused"]) == (0, []), told.err
    assert alike(everything(empty)) == alike(everything(store))
    assert other("check", "A", "--json").told["findings"] == []


# What GDAL makes of it


@pytest.mark.parametrize("suffix", FORMATS)
def test_gdal_reads_what_is_written(store: Store, wangge: Here, tmp_path: Path, suffix: str) -> None:
    publish(store, odd())
    grids = {one.code: one for one in odd().grids}
    buildings = {one.id: one for one in odd().buildings}
    for frame in frames(exported(wangge, tmp_path, suffix), suffix):
        rows = frame.to_dict("records")
        for row in rows:
            own = grids.get(row["code"]) if row["layer"] == "grid" else buildings.get(row["id"])
            if row["layer"] not in ("grid", "building"):
                continue
            assert own is not None, row
            assert (row["name"] if isinstance(row["name"], str) else "") == own.name
            shape = row["geometry"] if suffix not in ("csv", "xlsx") else shapely.from_wkt(row["wkt"])
            assert shape.equals(own.shape)
            if isinstance(own, Building):
                assert counted(row["households"]) == own.households


def counted(cell: Any) -> int | None:
    """A count as GDAL gives it: a number, its text, or one of three ways to say nothing."""
    return None if cell is None or cell == "" or math.isnan(float(cell)) else int(cell)


def frames(paths: Sequence[Path], suffix: str) -> Iterator[Any]:
    """Each layer as GDAL reads it, with a `layer`, a `code` and an `id` whatever it has."""
    for path in paths:
        source = f"/vsizip/{path}" if suffix == "zip" else str(path)
        for name, _ in pyogrio.list_layers(source):
            options = {"AUTODETECT_TYPE": "NO"} if suffix == "csv" else {}
            options |= {"HEADERS": "FORCE", "FIELD_TYPES": "STRING"} if suffix == "xlsx" else {}
            frame = pyogrio.read_dataframe(source, layer=name, **options)
            frame["layer"] = name.partition("_")[0] if "layer" not in frame else frame["layer"]
            for column in ("code", "id"):
                frame[column] = frame.get(column)
            yield frame
