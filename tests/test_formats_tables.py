"""Which column is taken for which field, and what do the readers of tables tell about what they did?"""

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from shapely import Polygon, box

from geo.datum import WGS84
from geo.files import FileUnreadable, Reading, read, read_batches, read_bytes, things
from geo.files.limits import BODY, FILE, Limits

BLOCK = box(104, 30.5, 104.01, 30.51)


def table(header: str, *rows: str, **options: Any) -> Reading:
    return read_bytes("\n".join([header, *rows]).encode(), "a.csv", **{"datum": WGS84, **options})


@pytest.mark.parametrize(
    ("layer", "header", "guessed"),
    [
        (
            "grid",
            "网格编码,社区编码,网格名称,WKT",
            {"code": "网格编码", "region": "社区编码", "name": "网格名称", "wkt": "WKT"},
        ),
        ("grid", "WGBM,SQBM,MC", {"code": "WGBM", "region": "SQBM", "name": "MC"}),
        ("grid", "Grid_Code,ｃｏｍｍｕｎｉｔｙ code", {"code": "Grid_Code", "region": "ｃｏｍｍｕｎｉｔｙ code"}),
        ("grid", "code,网格编码", {}),
        ("grid", "网格编码,编码,区划编码", {"region": "区划编码"}),
        (
            "building",
            "楼栋编号,网格编码,总户数,地上层数",
            {"id": "楼栋编号", "grid": "网格编码", "households": "总户数", "levels": "地上层数"},
        ),
        ("building", "LDBH,HS,lng,lat", {"id": "LDBH", "households": "HS", "lon": "lng"}),
        ("building", "户数,总户数", {}),
        ("facility", "经度,纬度,编号", {"lon": "经度", "lat": "纬度", "id": "编号"}),
        ("region", "社区代码,社区名称,上级编码", {"code": "社区代码", "name": "社区名称", "parent": "上级编码"}),
        ("facility", "colour,size", {}),
    ],
)
def test_columns_are_guessed_only_where_one_can_be_meant(layer: str, header: str, guessed: dict[str, str]) -> None:
    reading = table(header, layer=layer)
    assert dict(reading.guessed) == guessed == dict(reading.mapping)
    assert list(reading.columns) == header.split(",")


def test_what_is_stated_is_not_guessed() -> None:
    reading = table("编码,名称,MC", "1,a,b", layer="facility", mapping={"name": "MC"}, constants={"id": "x"})
    assert (dict(reading.mapping), dict(reading.guessed)) == ({"name": "MC"}, {})
    plan = table("layer,编码,region,wkt", f'grid,1,2,"{BLOCK.wkt}"', layer=None, datum=None)
    assert (dict(plan.guessed), plan.datum) == ({}, WGS84)
    with pytest.raises(FileUnreadable, match="field-unknown"):
        table("a", "1", layer="facility", mapping={"colour": "a"})


def test_a_column_that_cannot_be_the_name_of_two_fields() -> None:
    """`text` of a drawing is a code for grids; nothing is a code and a name at once."""
    assert dict(table("text", layer="grid").guessed) == {"code": "text"}
    assert dict(table("标识", layer="grid").guessed) == {}


def test_a_list_without_places_needs_no_datum() -> None:
    reading = table("楼栋编号,户数", "0001,300", layer="building", datum=None)
    assert (reading.datum, reading.rows[0].geometry) == (WGS84, None)


def test_the_encoding_is_told_with_samples() -> None:
    text = "编号,名称\n1,东风社区\n2,建设路\n"
    for encoding, name, how in (
        ("gbk", "gb18030", "guess"),
        ("utf-8", "utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig", "mark"),
    ):
        found = read_bytes(text.encode(encoding), "a.csv", layer="facility").encoding
        assert found is not None
        assert (found.name, found.how, found.samples) == (name, how, ("编号", "名称", "东风社区", "建设路"))
    assert read_bytes(b"id,name\n1,a\n", "a.csv", layer="facility").encoding is None


@pytest.mark.parametrize(
    ("driver", "suffix"), [("FlatGeobuf", ".fgb"), ("KML", ".kml"), ("ESRI Shapefile", ".shp"), ("GPKG", ".gpkg")]
)
def test_what_gdal_writes_is_read_as_it_was(tmp_path: Path, driver: str, suffix: str) -> None:
    ring, hole = BLOCK.exterior.coords, box(104.002, 30.502, 104.004, 30.504).exterior.coords
    shapes = [Polygon(ring, [hole]), shapely.MultiPolygon([BLOCK, box(104.02, 30.5, 104.03, 30.51)]), BLOCK]
    codes = np.array(["007", "00000000000000000008", "9"], dtype=object)
    path = tmp_path / f"a{suffix}"
    pyogrio.raw.write(path, np.array([shapely.to_wkb(one) for one in shapes], dtype=object), [codes], ["WGBM"],
                      driver=driver, crs="EPSG:4326", geometry_type="MultiPolygon")  # fmt: skip
    found: list[Any] = list(things(read(path, layer="grid", constants={"region": "r"})))
    assert [thing.code for thing in found if shapely.get_num_geometries(thing.shape) == 1] == ["007", "9"]
    by_code = {thing.code: thing.shape for thing in found}
    for code, shape in zip(codes, shapes, strict=True):
        assert shapely.equals_exact(by_code[code].normalize(), shape.normalize(), 1e-9), code


def test_batches_have_the_rows_of_the_whole_in_little_memory(tmp_path: Path) -> None:
    count = 60_000
    path = tmp_path / "points.csv"
    path.write_text("id,lon,lat\n" + "".join(f"{n},{104 + n * 1e-6:.6f},30.5\n" for n in range(count)))
    tracemalloc.start()
    numbers = [
        row.number for reading in read_batches(path, layer="facility", datum=WGS84, rows=2000) for row in reading.rows
    ]
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert numbers == list(range(1, count + 1))
    assert most < 40_000_000


@pytest.mark.parametrize(
    ("limits", "id"),
    [
        (Limits(bytes=20, features=9), "file-too-large"),
        (Limits(bytes=10**6, features=1), "features-too-many"),
        (Limits(bytes=10**6, features=9, all_vertices=1), "vertices-too-many"),
        (Limits(bytes=10**6, features=9, columns=2), "columns-too-many"),
    ],
)
def test_limits_of_tables(limits: Limits, id: str) -> None:
    with pytest.raises(FileUnreadable) as caught:
        table("id,lon,lat", "1,104,30", "2,104,30", layer="facility", limits=limits)
    assert caught.value.id == id


def test_limits_of_whole_formats(tmp_path: Path) -> None:
    small = Limits(bytes=10**9, features=9, whole=30)
    (tmp_path / "a.kml").write_text("<kml>" + " " * 100 + "</kml>")
    (tmp_path / "a.geojson").write_text('{"type":"FeatureCollection",' + " " * 100 + '"features":[]}')
    for name in ("a.kml", "a.geojson"):
        with pytest.raises(FileUnreadable, match="file-too-large"):
            read(tmp_path / name, limits=small)
    assert BODY.whole <= FILE.bytes
