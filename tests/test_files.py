"""Does every file come back as it was written, and does a hostile one cost a typed refusal or one row, never more?"""

import io
import json
import sqlite3
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPoint, MultiPolygon, Point, Polygon

from geo import datum as datums
from geo import files
from geo.datum import Datum
from geo.files import DatumMissing, FileUnreadable, FileUnwritable, RowProblem
from geo.files.limits import BODY, Limits
from geo.files.refusals import RowRefused
from geo.files.whole import replacing
from geo.files.wkb import geometry_of
from geo.model import Building, Facility, Grid, GridKind, Line, Plan, Region, Water
from geo.refusal import DatumUnknown, Refusal

DATA = Path(__file__).parents[2] / "shared" / "data"
SMALL = Limits(bytes=2_000_000, features=50, vertices=50, gpkg_steps=3)
SQUARE = [[[104.0, 30.6], [104.01, 30.6], [104.01, 30.61], [104.0, 30.61], [104.0, 30.6]]]
POLYGON = {"type": "Polygon", "coordinates": SQUARE}


def feature(geometry: object = POLYGON, **properties: object) -> dict[str, Any]:
    properties = {"layer": "grid", "code": "51010800100101", "region": "510108001001"} | properties
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def building(**properties: object) -> dict[str, Any]:
    return feature(layer="building", id="b1", **properties)


def collection(*features: object, **members: object) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), **members}


def things(reading: files.Reading) -> list[Any]:
    return list(files.things(reading))


def told(*features: object, **options: Any) -> list[Any]:
    return things(files.read_geojson(collection(*features), **options))


def problem(thing: object) -> str:
    assert isinstance(thing, RowProblem), thing
    return thing.id


# --- files that cannot be taken as a whole


@pytest.mark.parametrize(
    ("data", "id"),
    [
        (b"", "json-malformed"),
        (b"{", "json-malformed"),
        (b"[]", "not-geojson"),
        (b"null", "not-geojson"),
        (b"12", "not-geojson"),
        (b'"text"', "not-geojson"),
        (b"{}", "not-geojson"),
        (b'{"type":"Topology","objects":{}}', "not-geojson"),
        (b'{"type":"FeatureCollection"}', "not-geojson"),
        (b'{"type":"FeatureCollection","features":{}}', "not-geojson"),
        (b'{"type":["Feature"]}', "not-geojson"),
        (b'{"type":"FeatureCollection","features":[]}trailing', "json-malformed"),
        (b'{"type":"FeatureCollection","features":[],}', "json-malformed"),
        (b"\xff\xfe\xfa" * 9, "text-not-in-encoding"),
        ('{"type":"Feature","properties":{"n":"网格"}}'.encode("gbk"), "text-not-in-encoding"),
        (b"[" * 100_000, "json-too-deep"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "json-too-deep"),
        (b'"' + b'\\"' * 500_000, "json-malformed"),
        (b"1" * 5000, "json-malformed"),
        (b" " * 2_000_001, "file-too-large"),
        (json.dumps(collection(*[1] * 51)).encode(), "features-too-many"),
    ],
)
def test_hostile_text(data: bytes, id: str) -> None:
    with pytest.raises(FileUnreadable) as caught:
        files.read_geojson(data, layer="grid", datum=datums.WGS84, limits=SMALL)
    assert caught.value.id == id


def test_brackets_in_strings_are_not_depth() -> None:
    (row,) = files.read_geojson(json.dumps(feature(name="[{" * 50 + '\\"')).encode()).rows
    assert row.problem is None


def test_files_that_are_not_there_or_not_files(tmp_path: Path) -> None:
    (tmp_path / "x.tif").write_bytes(b"II*\x00\x00\x00")
    for path, id in (("none.geojson", "file-missing"), (".", "folder-none"), ("x.tif", "format-unknown")):
        with pytest.raises(FileUnreadable) as caught:
            files.read(tmp_path / path)
        assert caught.value.id == id


@pytest.mark.parametrize(
    ("options", "id"),
    [
        ({"layer": "zone"}, "layer-unknown"),
        ({"mapping": {"colour": "code"}}, "field-unknown"),
        ({"mapping": {"name": "NAME"}}, "column-missing"),
        ({"constants": {"colour": "red"}}, "field-unknown"),
    ],
)
def test_wrong_options(options: dict[str, Any], id: str) -> None:
    with pytest.raises(FileUnreadable) as caught:
        files.read_geojson(collection(feature()), **options)
    assert caught.value.id == id


@pytest.mark.parametrize(("encoding", "id"), [("klingon", "encoding-unknown"), ("hex", "encoding-unknown")])
def test_unknown_encoding(encoding: str, id: str) -> None:
    with pytest.raises(FileUnreadable) as caught:
        files.read_geojson(b"{}", encoding=encoding)
    assert caught.value.id == id


# --- rows that cannot be taken


@pytest.mark.parametrize(
    ("geometry", "id"),
    [
        (None, "geometry-missing"),
        (7, "geometry-malformed"),
        ({}, "geometry-kind-unknown"),
        ({"type": "GeometryCollection", "geometries": []}, "geometry-kind-unknown"),
        ({"type": "CurvePolygon", "coordinates": SQUARE}, "geometry-kind-unknown"),
        ({"type": ["Polygon"], "coordinates": SQUARE}, "geometry-kind-unknown"),
        ({"type": "Polygon"}, "geometry-malformed"),
        ({"type": "Polygon", "coordinates": []}, "geometry-empty"),
        ({"type": "Polygon", "coordinates": [[]]}, "geometry-empty"),
        ({"type": "MultiPolygon", "coordinates": []}, "geometry-empty"),
        ({"type": "MultiPolygon", "coordinates": [SQUARE, []]}, "geometry-empty"),
        ({"type": "MultiPolygon", "coordinates": SQUARE}, "geometry-malformed"),
        ({"type": "Polygon", "coordinates": SQUARE[0]}, "geometry-malformed"),
        ({"type": "Polygon", "coordinates": [SQUARE]}, "geometry-malformed"),
        ({"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]}, "ring-too-short"),
        ({"type": "Polygon", "coordinates": [[[104, 30], [105, 31], [104, 30]]]}, "ring-too-short"),
        ({"type": "Polygon", "coordinates": [[[104, 30], ["105", "31"], [104, 31]]]}, "geometry-malformed"),
        ({"type": "Polygon", "coordinates": [[[104, 30], [True, 31], [104, 31]]]}, "geometry-malformed"),
        ({"type": "Polygon", "coordinates": [[[104, 30], [None, 31], [104, 31]]]}, "geometry-malformed"),
        ({"type": "Polygon", "coordinates": [[[104], [105], [106], [104]]]}, "geometry-malformed"),
        ({"type": "Polygon", "coordinates": [[[104, 30], [float("nan"), 31], [104, 31]]]}, "coordinates-not-finite"),
        ({"type": "Polygon", "coordinates": [[[104, 30], [float("inf"), 31], [104, 31]]]}, "coordinates-not-finite"),
        ({"type": "Polygon", "coordinates": [[[104, 30], [10**400, 31], [104, 31]]]}, "coordinates-not-finite"),
        ({"type": "Polygon", "coordinates": [[[30, 104], [30, 105], [31, 105]]]}, "axes-swapped"),
        ({"type": "Polygon", "coordinates": [[[30, 104], [1e9, 105], [31, 105]]]}, "axes-swapped"),
        ({"type": "Polygon", "coordinates": [[[104, 30], [181, 30], [104, 31]]]}, "coordinates-out-of-range"),
        ({"type": "Polygon", "coordinates": [SQUARE[0] * 11]}, "vertices-too-many"),
        ({"type": "LineString", "coordinates": [[104, 30], [105, 31]]}, "geometry-not-for-layer"),
        ({"type": "LineString", "coordinates": [[104, 30]]}, "line-too-short"),
        ({"type": "Point", "coordinates": []}, "geometry-empty"),
        ({"type": "Point", "coordinates": [104, 30]}, "geometry-not-for-layer"),
    ],
)
def test_hostile_geometry_costs_its_row_only(geometry: object, id: str) -> None:
    bad, good = told(feature(geometry), feature(), limits=SMALL)
    assert problem(bad) == id
    assert (bad.number, bad.layer) == (1, "grid")
    assert isinstance(good, Grid)
    json.dumps(dict(bad.values), allow_nan=False)


@pytest.mark.parametrize(
    ("row", "id"),
    [
        (7, "feature-malformed"),
        (None, "feature-malformed"),
        ({"type": "feature"}, "feature-malformed"),
        ({"type": "Feature", "properties": [], "geometry": None}, "feature-malformed"),
        ({"type": "Feature", "geometry": POLYGON}, "layer-missing"),
        (feature(layer="zone"), "layer-unknown"),
        (feature(layer=None), "layer-missing"),
        (feature(layer=["grid"]), "layer-unknown"),
        (feature(code=None), "field-missing"),
        (feature(code=""), "field-missing"),
        (feature(region=None), "field-missing"),
        (feature(code=" 12"), "code-malformed"),
        (feature(code="1\n2"), "code-malformed"),
        (feature(code="1" * 65), "text-too-long"),
        (feature(code=12.5), "text-wrong-type"),
        (feature(code=1e22), "code-shortened"),
        (feature(code=True), "text-wrong-type"),
        (feature(code=["1"]), "text-wrong-type"),
        (feature(name="a\x00b"), "text-malformed"),
        (feature(name="a\ud800b"), "text-malformed"),
        (feature(name="x" * 1001), "text-too-long"),
        (feature(name={"zh": "网格"}), "text-wrong-type"),
        (feature(kind="urban"), "kind-unknown"),
        (feature(kind=1), "kind-unknown"),
        (feature(layer="region", enclave="maybe"), "flag-malformed"),
        (feature(layer="region", enclave=2), "flag-malformed"),
        (feature(layer="building"), "field-missing"),
        (building(households=-1), "number-out-of-range"),
        (building(households=100_001), "number-out-of-range"),
        (building(households=3.5), "number-malformed"),
        (building(households=float("nan")), "number-malformed"),
        (building(households=10**29), "number-out-of-range"),
        (building(households=10**30), "number-malformed"),
        (building(households="1_0"), "number-malformed"),
        (building(households="\uff13\uff15"), "number-malformed"),
        (building(households=" 3"), "number-malformed"),
        (building(households="nan"), "number-malformed"),
        (building(households=True), "number-malformed"),
        (building(levels=301), "number-out-of-range"),
        (building(entrance="here"), "point-malformed"),
        (building(entrance="POINT (104.0 nan)"), "point-malformed"),
        (building(entrance="[" * 900), "point-malformed"),
        (building(entrance=[104.0]), "point-malformed"),
        (building(entrance=POLYGON), "point-malformed"),
        (building(entrance=[10**400, 30.6]), "point-malformed"),
        (building(entrance=[float("nan"), 30.6]), "coordinates-not-finite"),
        (building(entrance=[181, 30.6]), "coordinates-out-of-range"),
        (building(entrance=[30.6, 104.0]), "axes-swapped"),
    ],
)
def test_hostile_fields_cost_their_row_only(row: object, id: str) -> None:
    bad, good = told(row, feature(), datum=datums.WGS84)
    assert problem(bad) == id
    assert isinstance(good, Grid)
    str(dict(bad.values)).encode("utf-8")


MEMBERS = ["type", "features", "geometry", "coordinates", "properties", "layer", "crs", "datum", "code"]
leaves = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["Polygon", "grid"])
)
json_values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=5),
    max_leaves=25,
)


@given(json_values)
@settings(max_examples=60, deadline=None)
def test_no_document_raises_anything_but_a_refusal(document: Any) -> None:
    for value in (document, collection(document), collection(feature(document)), feature(**{"code": document})):
        try:
            things(files.read_geojson(json.dumps(value).encode(), layer="grid", datum=Datum("gcj02")))
        except Refusal:
            continue


# --- what is taken, and as what


def test_types_are_read_strictly_but_kindly() -> None:
    a, b = told(
        building(households="350", levels=7.0, name=12, grid="", compound=None, entrance="POINT Z (104.001 30.601 5)"),
        feature(layer="region", code=51010800, enclave="true", parent="", geometry=None),
    )
    assert (a.households, a.levels, a.name, a.grid, a.compound) == (350, 7, "12", None, "")
    assert a.entrance == Point(104.001, 30.601)
    assert (b.code, b.enclave, b.parent) == ("51010800", True, None)


PAIR = [104.001, 30.601]
ENTRANCES = [PAIR, {"type": "Point", "coordinates": PAIR}, "POINT(104.001 30.601)", f"{PAIR}"]


@pytest.mark.parametrize("entrance", ENTRANCES)
def test_entrances_in_each_form(entrance: object) -> None:
    assert told(building(entrance=entrance))[0].entrance == Point(104.001, 30.601)


def test_open_rings_are_closed_heights_dropped_single_parts_unwrapped_and_bow_ties_kept() -> None:
    ring = [[*xy, 500.0] for xy in SQUARE[0][:-1]]
    bow = [[104.0, 30.6], [104.01, 30.61], [104.01, 30.6], [104.0, 30.61]]
    one, two = told(
        feature({"type": "MultiPolygon", "coordinates": [[ring]]}), feature({"type": "Polygon", "coordinates": [bow]})
    )
    assert one.shape == Polygon(SQUARE[0])
    assert not one.shape.has_z
    assert two.shape.exterior.coords[0] == two.shape.exterior.coords[-1]
    assert not two.shape.is_valid


def test_a_region_may_have_no_shape() -> None:
    assert told(feature(None, layer="region", code="5101"))[0].shape is None


def test_mapping_and_constants() -> None:
    foreign = {"type": "Feature", "properties": {"CODE": 7, "MC": "一网格"}, "geometry": POLYGON}
    (grid,) = told(
        foreign, layer="grid", datum=datums.WGS84, mapping={"code": "CODE", "name": "MC"},
        constants={"region": "510108001001", "kind": "rural"},
    )  # fmt: skip
    assert (grid.code, grid.name, grid.region, grid.kind) == ("7", "一网格", "510108001001", GridKind.RURAL)


def test_ids_are_derived_from_the_place_and_stay() -> None:
    line = {"type": "LineString", "coordinates": [[104.0, 30.6], [104.01, 30.61]]}
    nudged = {"type": "LineString", "coordinates": [[104.0 + 1e-9, 30.6], [104.01, 30.61 - 1e-9]]}
    rows = [feature(line, layer="line", name=name, **{"class": "river"}) for name in ("锦江", "沙河", "锦江")]
    one, two, three = told(*rows)
    assert one.category == "river"
    assert len({one.id, two.id, three.id}) == 3
    assert three.id == f"{one.id}-2"
    assert told(feature(nudged, layer="line", name="锦江"))[0].id == one.id
    assert told(feature(line, layer="line", name="锦江", id="r9"))[0].id == "r9"


def test_one_feature_a_line_and_a_broken_line_between() -> None:
    text = "\n".join(["\x1e" + json.dumps(feature()), "{oops", "", json.dumps(feature(code="2"))])
    one, bad, two = things(files.read_geojson(text.encode()))
    assert (one.code, bad.id, bad.number, two.code) == ("51010800100101", "row-not-json", 2, "2")


def test_a_bare_geometry_and_another_encoding() -> None:
    reading = files.read_geojson(
        json.dumps(POLYGON).encode(), layer="region", constants={"code": "1"}, datum=datums.WGS84
    )
    assert things(reading)[0].shape == Polygon(SQUARE[0])
    gbk = json.dumps(feature(name="网格"), ensure_ascii=False).encode("gb18030")
    assert things(files.read_geojson(gbk, encoding="gb18030"))[0].name == "网格"


# --- whose datum


def test_a_plan_file_is_wgs84_and_anything_else_is_asked() -> None:
    assert files.read_geojson(collection(feature())).datum == datums.WGS84
    assert files.read_geojson(collection()).datum == datums.WGS84
    plain = {"type": "Feature", "properties": {"code": "1"}, "geometry": POLYGON}
    for document in (collection(plain), collection(plain, crs=None), collection(feature(), plain)):
        with pytest.raises(DatumMissing):
            files.read_geojson(document, layer="grid")


@pytest.mark.parametrize(
    ("members", "name"),
    [
        ({"datum": "gcj02"}, "gcj02"),
        ({"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}}, "wgs84"),
        ({"crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}}, "cgcs2000"),
        ({"crs": {"type": "name", "properties": {"name": "EPSG:4544"}}}, "EPSG:4544"),
        ({"crs": {"type": "EPSG", "properties": {"code": 4523}}}, "EPSG:4523"),
        ({"datum": "bd09", "crs": {"type": "name", "properties": {"name": "EPSG:4544"}}}, "bd09"),
    ],
)
def test_the_file_states_its_datum_and_the_caller_wins(members: dict[str, Any], name: str) -> None:
    assert files.read_geojson(collection(**members)).datum == Datum(name)
    assert files.read_geojson(collection(**members), datum=Datum("bd09")).datum == Datum("bd09")


@pytest.mark.parametrize("members", [{"datum": "mars"}, {"datum": 7}, {"crs": "EPSG:4544"}, {"crs": {"type": "link"}}])
def test_an_unreadable_datum_is_refused_unless_one_is_stated(members: dict[str, Any]) -> None:
    with pytest.raises(DatumUnknown):
        files.read_geojson(collection(feature(), **members))
    assert files.read_geojson(collection(feature(), **members), datum=datums.WGS84).datum == datums.WGS84


@pytest.mark.parametrize("name", ["gcj02", "bd09", "EPSG:4544"])
def test_shapes_and_entrances_are_converted_alike(name: str) -> None:
    stated = Datum(name)
    square = datums.from_wgs84(np.array(SQUARE[0]), stated)
    row = building(entrance=square[0].tolist()) | {"geometry": {"type": "Polygon", "coordinates": [square.tolist()]}}
    (thing,) = things(files.read_geojson(collection(row, datum=name)))
    assert thing.entrance.coords[0] == thing.shape.exterior.coords[0] == thing.shape.exterior.coords[-1]
    assert np.abs(np.array(thing.entrance.coords[0]) - SQUARE[0][0]).max() < 1e-9
    assert len(thing.shape.exterior.coords) > len(square)  # edges of 1 km are cut


def test_coordinates_outside_their_projection_are_told() -> None:
    (bad,) = told(feature(), datum=Datum("EPSG:4544"))
    assert (bad.id, bad.values["datum"]) == ("coordinates-out-of-range", "EPSG:4544")


def test_an_edge_round_the_world_is_refused_not_densified() -> None:
    wide = {"type": "Polygon", "coordinates": [[[-179, -80], [179, -80], [179, 80], [-179, 80]]]}
    assert problem(told(feature(wide), datum=Datum("bd09"))[0]) == "edges-too-long"


# --- GeoPackage

SPOT = Point(104, 30.6)


def gpkg(path: Path, shape: shapely.Geometry = SPOT, table: str = "facility", crs: str = "EPSG:4326") -> Path:
    pyogrio.raw.write(
        path, np.array([shapely.to_wkb(shape)]), [np.array(["x"], dtype=object)], ["id"], layer=table, driver="GPKG",
        geometry_type="Unknown", crs=crs,
    )  # fmt: skip
    return path


def change(path: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for name in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name[0]}"')  # they call functions that only GDAL has
        connection.execute(sql, values)
        connection.commit()


def header(kind: int, *counts: int) -> bytes:
    return struct.pack(f"<B{1 + len(counts)}I", 1, kind, *counts)


def numbers(*xs: float) -> bytes:
    return struct.pack(f"<{len(xs)}d", *xs)


GP = b"GP\x00\x01" + struct.pack("<i", 4326)
RING = numbers(104, 30, 105, 30, 105, 31, 104, 30)
NAN = float("nan")


@pytest.mark.parametrize(
    ("blob", "id"),
    [
        (b"", "geometry-malformed"),
        (b"junk", "geometry-malformed"),
        ("POINT (1 2)", "geometry-malformed"),
        (12, "geometry-malformed"),
        (GP, "geometry-malformed"),
        (b"GP\x00\x0f" + GP[4:], "geometry-malformed"),
        (GP + header(1), "geometry-malformed"),
        (GP + header(1) + numbers(NAN, NAN), "geometry-empty"),
        (GP + header(3, 0), "geometry-empty"),
        (GP + header(3, 1, 4) + RING[:-1], "geometry-malformed"),
        (GP + header(3, 0xFFFF_FFFF), "geometry-malformed"),
        (GP + header(3, 1, 0x7FFF_FFFF), "geometry-malformed"),
        (GP + header(6, 0x7FFF_FFFF), "geometry-malformed"),
        (GP + header(3, 1, 2) + RING[:32], "ring-too-short"),
        (GP + header(3, 1, 4) + numbers(104, NAN) + RING[16:], "coordinates-not-finite"),
        (GP + header(6, 1) + header(6, 1) * 300_000, "geometry-malformed"),
        (GP + header(7, 1) * 300_000, "geometry-kind-unknown"),
        (GP + header(8, 3) + RING[:48], "geometry-kind-unknown"),
        (GP + header(10, 1) + header(2, 4) + RING, "geometry-kind-unknown"),
        (GP + header(4, 2) + header(1) + numbers(104, 30) + header(2), "geometry-malformed"),
        (GP + header(2, 2) + RING[:32], "geometry-not-for-layer"),
        (GP + header(1) + numbers(30.6, 104), "axes-swapped"),
    ],
)
def test_hostile_blobs_cost_their_row_only(tmp_path: Path, blob: object, id: str) -> None:
    path = gpkg(tmp_path / "a.gpkg")
    change(path, "INSERT INTO facility (id, geom) VALUES ('bad', ?)", blob)
    good, bad = things(files.read(path))
    assert isinstance(good, Facility)
    assert problem(bad) == id


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("code", "extra"), [(1, 0), (1001, 1), (2001, 1), (3001, 2), (0x8000_0001, 1), (0xC000_0001, 2)]
)
def test_wkb_in_each_byte_order_and_dimension(order: str, code: int, extra: int) -> None:
    wkb = struct.pack(f"{order}BI{2 + extra}d", order == "<", code, 104.0, 30.6, *[9.0] * extra)
    assert geometry_of(GP + wkb, 10) == Point(104, 30.6)


@given(st.binary(max_size=120))
@settings(max_examples=300)
def test_no_blob_raises_anything_but_a_refusal(tail: bytes) -> None:
    for blob in (tail, GP + tail, GP + header(3, 1) + tail, GP + header(6, 2) + header(3, 1) + tail):
        try:
            geometry_of(blob, 1000)
        except RowRefused:
            continue


def test_sqlite_values_come_as_they_are_stored(tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    files.write_gpkg(Plan(buildings=(Building(id="1", households=3, shape=Point(104, 30.6)),)), path)
    point = GP + header(1) + numbers(104, 30.6)
    insert = "INSERT INTO building (id, households, name, geom) VALUES (?, ?, CAST(? AS TEXT), ?)"
    for values in [
        ("2", "many", "a", point),
        ("3", 4, b"\xff\xfe", point),
        ("4", 4, b"a\x00b", point),
        (12.5, 1, "", point),
    ]:
        change(path, insert, *values)
    change(path, "UPDATE building SET households = 9007199254740993 WHERE id = '1'")
    found = things(files.read(path))
    expected = ["number-out-of-range", "number-malformed", "text-malformed", "text-malformed"]
    assert [problem(thing) for thing in found[:4]] == expected
    assert found[4].id == "12.5"  # a text column turns numbers into text itself


def looping(path: Path, select: str) -> None:
    change(path, "DROP TABLE facility")
    numbers = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
    change(path, f"CREATE VIEW facility AS {numbers} {select}")


DAMAGE: list[tuple[Callable[[Path], object], str]] = [
    (lambda path: path.write_bytes(path.read_bytes()[:5000]), "gpkg-damaged"),
    (lambda path: path.write_bytes(b"SQLite format 3\x00" + b"\xa5" * 9000), "gpkg-damaged"),
    (lambda path: path.write_bytes(b"\x00" * 99), "format-unknown"),
    (lambda path: change(path, "DROP TABLE gpkg_contents"), "gpkg-damaged"),
    (lambda path: change(path, "DELETE FROM gpkg_contents"), "table-none"),
    (lambda path: change(path, "DROP TABLE facility"), "gpkg-damaged"),
    (lambda path: change(path, "UPDATE gpkg_geometry_columns SET table_name = x'ff00'"), "table-none"),
    (lambda path: looping(path, "SELECT x AS fid, NULL AS geom FROM c WHERE x < 0"), "gpkg-too-slow"),
    (lambda path: looping(path, "SELECT x AS fid, NULL AS geom FROM c"), "features-too-many"),
    (lambda path: looping(path, "SELECT x AS fid, zeroblob(999999) AS geom FROM c"), "file-too-large"),
]


@pytest.mark.parametrize(("damage", "id"), DAMAGE)
def test_hostile_geopackages(tmp_path: Path, damage: Callable[[Path], object], id: str) -> None:
    path = gpkg(tmp_path / "a.gpkg")
    damage(path)
    with pytest.raises(FileUnreadable) as caught:
        files.read(path, limits=SMALL)
    assert caught.value.id == id


def test_which_table_is_read(tmp_path: Path) -> None:
    path = gpkg(gpkg(tmp_path / "a.gpkg", table="one"), table="two")
    for table, id in ((None, "table-ambiguous"), ("three", "table-missing")):
        with pytest.raises(FileUnreadable) as caught:
            files.read(path, layer="facility", table=table)
        assert (caught.value.id, caught.value.values["tables"]) == (id, "one, two")
    assert len(files.read(path, layer="facility", table="two").rows) == 1
    assert files.read(path, table="two").problems[0].id == "layer-missing"
    assert len(things(files.read(gpkg(path, table="water")))) == 1
    with pytest.raises(FileUnreadable):
        files.read(gpkg(path, table="facility", crs="EPSG:4544"))  # water in one datum, facility in another


def test_the_srs_of_a_table_is_its_datum(tmp_path: Path) -> None:
    xy = datums.from_wgs84(np.array([[104.0, 30.6]]), Datum("EPSG:4544"))[0]
    reading = files.read(gpkg(tmp_path / "a.gpkg", Point(xy), crs="EPSG:4544"))
    assert reading.datum == Datum("EPSG:4544")
    assert shapely.distance(reading.rows[0].geometry, SPOT) < 1e-9
    change(tmp_path / "a.gpkg", "UPDATE gpkg_geometry_columns SET srs_id = -1")
    with pytest.raises(DatumMissing):
        files.read(tmp_path / "a.gpkg")


def test_reading_leaves_nothing_beside_the_file(tmp_path: Path) -> None:
    files.read(gpkg(tmp_path / "a.gpkg"))
    assert [path.name for path in tmp_path.iterdir()] == ["a.gpkg"]


# --- writing

lattice = st.integers(-50_000, 50_000).map(lambda n: round(1040000000 + n) / 1e7)
lat = st.integers(-50_000, 50_000).map(lambda n: round(306000000 + n) / 1e7)
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
codes = st.from_regex(r"[0-9A-Za-z\u4e00-\u4e10]{1,14}", fullmatch=True)
spots = st.builds(Point, lattice, lat)
boxes = st.builds(lambda x, y, w, h: shapely.box(x, y, round(x + w / 1e7, 7), round(y + h / 1e7, 7)), lattice, lat,
                  st.integers(1, 9999), st.integers(1, 9999))  # fmt: skip
holed = boxes.map(lambda b: Polygon(b.exterior, [Polygon(b.exterior.coords[:3]).exterior]))
grounds = boxes | holed | st.lists(boxes, min_size=2, max_size=3).map(MultiPolygon)
kindless = st.integers(0, 100_000) | st.none()
lines = st.lists(st.tuples(lattice, lat), min_size=2, max_size=5).map(LineString)
none = st.none()


def several(thing: type, most: int = 2, /, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.builds(thing, **fields), max_size=most).map(tuple)


many_spots = st.lists(spots, min_size=2, max_size=3).map(MultiPoint)
plans = st.builds(
    Plan,
    regions=several(
        Region, code=codes, name=words, level=words, parent=none | codes, scheme=none | codes, enclave=st.booleans(),
        shape=none | grounds,
    ),
    grids=several(Grid, 3, code=codes, name=words, kind=st.sampled_from(GridKind), region=codes, shape=grounds),
    buildings=several(
        Building, 3, id=codes, name=words, address=words, compound=words, entrance=none | spots, households=kindless,
        levels=none | st.integers(0, 300), kind=words, grid=none | codes, shape=grounds | spots,
    ),
    facilities=several(Facility, id=codes, name=words, category=words, shape=spots | grounds | many_spots),
    lines=several(Line, id=codes, name=words, category=words, shape=lines),
    water=several(Water, id=codes, name=words, shape=grounds),
)  # fmt: skip


def settled(plan: Plan) -> Plan:
    return files.plan_of([*plan.regions, *plan.grids, *plan.buildings, *plan.facilities, *plan.lines, *plan.water])


@given(plans)
@settings(max_examples=40, deadline=None)
def test_geojson_comes_back_equal_and_in_equal_bytes(plan: Plan) -> None:
    out, again = io.BytesIO(), io.BytesIO()
    files.write_geojson(plan, out)
    back = files.plan_of(things(files.read_geojson(out.getvalue())))
    assert back == settled(plan)
    files.write_geojson(back, again)
    assert again.getvalue() == out.getvalue()


@given(plans)
@settings(max_examples=4, deadline=None)
def test_geopackage_comes_back_equal(tmp_path_factory: pytest.TempPathFactory, plan: Plan) -> None:
    path = tmp_path_factory.mktemp("plan") / "plan.gpkg"
    files.write_gpkg(plan, path)
    assert files.plan_of(things(files.read(path))) == settled(plan)
    assert [path.name for path in path.parent.iterdir()] == ["plan.gpkg"]


def test_a_geopackage_is_read_alike_by_gdal(tmp_path: Path) -> None:
    grid = Grid(code="007", region="1", shape=shapely.box(104, 30.6, 104.01, 30.61))
    files.write_gpkg(Plan(grids=(grid,)), tmp_path / "p.gpkg")
    tables = {name for name, _ in pyogrio.list_layers(tmp_path / "p.gpkg")}
    assert tables == {"region", "grid", "building", "facility", "line", "water"}
    meta, _, geometry, columns = pyogrio.raw.read(tmp_path / "p.gpkg", layer="grid")
    assert meta["crs"] == "EPSG:4326"
    assert shapely.from_wkb(geometry[0]) == MultiPolygon([grid.shape])
    assert dict(zip(meta["fields"], (column[0] for column in columns), strict=True))["code"] == "007"


def test_lattice_coordinates_are_written_short_and_one_feature_a_line() -> None:
    out = io.BytesIO()
    point = Point(round(104.12345678 * 1e7) / 1e7, 30.6)
    files.write_geojson(
        Plan(facilities=(Facility(id="2", shape=point), Facility(id="1", name="卫生站", shape=point))), out
    )
    head, one, two, tail = out.getvalue().decode().splitlines()
    assert (head, tail) == ('{"type":"FeatureCollection","datum":"wgs84","features":[', "]}")
    assert one.endswith('"name":"卫生站"},"geometry":{"type":"Point","coordinates":[104.1234568,30.6]}},')
    assert json.loads(two)["properties"] == {"layer": "facility", "id": "2"}


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "plan.geojson"
    target.write_text("old")
    with pytest.raises(FileNotFoundError), replacing(target) as draft:
        draft.with_name("other").write_text("half")
    assert target.read_text() == "old"
    bad = Plan(facilities=(Facility(id="1", shape=Point(float("inf"), 1)),))
    with pytest.raises(ValueError, match="JSON compliant"):
        files.write_geojson(bad, target)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("plan.geojson", "old")]


def test_writing_follows_links_and_refuses_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "real.geojson").write_text("old")
    (tmp_path / "link.geojson").symlink_to("real.geojson")
    files.write_geojson(Plan(), tmp_path / "link.geojson")
    assert (tmp_path / "link.geojson").is_symlink()
    assert files.read(tmp_path / "real.geojson").rows == []
    for path, id in ((tmp_path, "file-not-regular"), (tmp_path / "no" / "x.geojson", "file-no-folder")):
        with pytest.raises(FileUnwritable) as caught:
            files.write_geojson(Plan(), path)
        assert caught.value.id == id
    with pytest.raises(FileUnwritable):
        files.write_gpkg(Plan(), "/dev/null")


# --- real files


def real(name: str) -> Path:
    if not (DATA / name).exists():
        pytest.skip(f"{name} of ../shared/data is not on this machine")
    return DATA / name


def test_taipei_villages_are_grids_of_two_districts() -> None:
    path = real("taipei_daan_zhongzheng_villages.geojson")
    grids = things(files.read(path, layer="grid", mapping={"region": "district"}))
    assert len(grids) == 84
    assert {grid.region for grid in grids} == {"中正區", "大安區"}
    assert grids[0].code == "63000050001"


@pytest.mark.parametrize(
    ("table", "code", "count"),
    [("blocks_2020", "geoid20", 1044), ("blocks_2000_population", "block_id", 886), ("address_blocks", "block", 749)],
)
def test_cambridge_blocks_are_grids_as_gdal_reads_them(table: str, code: str, count: int) -> None:
    path = real("cambridge_ma.gpkg")
    reading = files.read(path, layer="grid", table=table, mapping={"code": code}, constants={"region": "cambridge"})
    grids = things(reading)
    assert (len(grids), reading.datum) == (count, datums.WGS84)
    for grid, wkb in zip(grids, pyogrio.raw.read(path, layer=table, columns=[])[2], strict=True):
        assert grid.shape == shapely.from_wkb(wkb)


def test_shanghai_buildings_and_streets() -> None:
    path = real("shanghai_bund_lujiazui_osm.gpkg")
    mapping = {"id": "osm_id", "levels": "levels_est"}
    buildings = things(files.read(path, layer="building", table="buildings", mapping=mapping))
    streets = things(files.read(path, layer="line", table="roads", mapping={"class": "kind_detail"}))
    assert (len(buildings), len(streets)) == (1321, 1778)
    assert not [thing for thing in (*buildings, *streets) if isinstance(thing, RowProblem)]
    assert len({street.id for street in streets}) == 1778


def test_limits_for_bodies_are_those_promised() -> None:
    assert (BODY.bytes, BODY.features) == (64 * 1024 * 1024, 200_000)
