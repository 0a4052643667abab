"""Nasty shapefiles: code pages, cut names, long codes, rings in any order, damage."""

import random
import struct
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import shapefile
from pyproj import CRS, Transformer

Cases = list[dict[str, Any]]
WGS84_PRJ = CRS.from_epsg(4326).to_wkt("WKT1_ESRI")
GRID = {"layer": "grid", "constants": {"region": "510108001001"}}
SPOT = {"layer": "facility"}
CODES = ["51010800100101", "51010800100102"]
NAMES = ["一号网格东风社区", "二号网格建设路口"]
Ring = list[tuple[float, float]]


def square(x: float, y: float, side: float = 0.01, *, clockwise: bool = True) -> Ring:
    ring = [(x, y), (x, y + side), (x + side, y + side), (x + side, y), (x, y)]
    return ring if clockwise else ring[::-1]


def shp(
    folder: Path,
    name: str,
    fields: Sequence[tuple[Any, ...]],
    rows: Sequence[tuple[Any, Sequence[object]]],
    *,
    encoding: str = "utf-8",
    cpg: str | None = None,
    prj: str | None = WGS84_PRJ,
    kind: int = shapefile.POLYGON,
    language_byte: int = 0,
) -> Path:
    """A shapefile of rings (None: a null shape) and records; returns its `.shp`."""
    path = folder / name / "data.shp"
    path.parent.mkdir(parents=True)
    with ExitStack() as stack:
        files = {part: stack.enter_context(path.with_suffix(f".{part}").open("w+b")) for part in ("shp", "shx", "dbf")}
        with shapefile.Writer(**files, shapeType=kind, encoding=encoding, encodingErrors="ignore") as writer:
            for one in fields:
                writer.field(*one)
            for shape, record in rows:
                _add(writer, shape, kind)
                writer.record(*record)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    if prj is not None:
        path.with_suffix(".prj").write_text(prj)
    patch(path.with_suffix(".dbf"), 29, bytes([language_byte]))
    return path


def _add(writer: Any, shape: Any, kind: int) -> None:
    if shape is None:
        writer.null()
    elif kind == shapefile.POLYGON:
        writer.poly(shape)
    elif kind == shapefile.POLYGONZ:
        writer.polyz(shape)
    elif kind == shapefile.POLYGONM:
        writer.polym(shape)
    elif kind == shapefile.POINT:
        writer.point(*shape)


def patch(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


def write(folder: Path, dice: random.Random) -> Cases:
    makers: list[Callable[[Path, random.Random], Cases]] = [
        code_pages,
        names_cut,
        numbers,
        rings,
        zones,
        damage,
    ]
    return [case for make in makers for case in make(folder, dice)]


def code_pages(folder: Path, dice: random.Random) -> Cases:
    x, y = 104 + dice.random(), 30 + dice.random()
    rows = [([square(x + 0.01 * i, y)], (CODES[i], NAMES[i])) for i in range(2)]
    fields = [("网格编码", "C", 20), ("名称", "C", 40)]
    short = [("编码", "C", 20), ("名称", "C", 40)]  # as long a name as ten bytes of UTF-8 allow
    big5 = [([square(x, y)], ("甲一", "臺北市大安區龍泉里第一鄰"))]
    expected = {"good": 2, "values": {"code": CODES, "name": NAMES}}
    pages: list[tuple[str, dict[str, Any]]] = [
        ("gbk_936", {"encoding": "gbk", "cpg": "936"}),
        ("gbk_oem", {"encoding": "gbk", "cpg": "OEM 936"}),
        ("gbk_language_byte", {"encoding": "gbk", "language_byte": 0x4D}),
        ("gbk_bare", {"encoding": "gbk"}),
        ("gbk_cpg_nonsense", {"encoding": "gbk", "cpg": "KLINGON"}),
        ("utf8_bare", {"encoding": "utf-8"}),
        ("utf8_cpg", {"encoding": "utf-8", "cpg": "65001"}),
    ]
    cases: Cases = [
        {
            "name": str(shp(folder, name, short if "utf8" in name else fields, rows, **how).relative_to(folder)),
            "options": GRID,
            **expected,
        }
        for name, how in pages
    ]
    shp(folder, "big5_bare", [("code", "C", 20), ("name", "C", 60)], big5, encoding="big5")
    shp(folder, "gbk_said_utf8", fields, rows, encoding="gbk")
    return [
        *cases,
        {"name": "big5_bare/data.shp", "options": GRID, "good": 1, "values": {"name": ["臺北市大安區龍泉里第一鄰"]}},
        {"name": "gbk_said_utf8", "options": {**GRID, "encoding": "utf-8"}, "refused": "text-not-in-encoding"},
        {"name": "gbk_bare", "options": {**GRID, "encoding": "GBK"}, **expected},
    ]


def names_cut(folder: Path, dice: random.Random) -> Cases:
    """Values and column names cut to their bytes, in the midst of a character."""
    here = [square(104 + dice.random(), 30.5)]
    path = shp(folder, "cut_gbk", [("CODE", "C", 20), ("MC", "C", 11)], [(here, (CODES[0], "x"))])
    _overwrite(path, "MC", "一号网格东风".encode("gbk")[:11])
    utf8 = shp(folder, "cut_utf8", [("CODE", "C", 20), ("MC", "C", 10)], [(here, (CODES[0], "x"))])
    _overwrite(utf8, "MC", "一号网格".encode()[:10])
    header = shp(folder, "cut_header", [("AAAAAAAAAA", "C", 20), ("BBBBBBBBBB", "C", 20)], [(here, (CODES[0], "甲"))])
    patch(header.with_suffix(".dbf"), 32, "网格编码".encode()[:10])
    patch(header.with_suffix(".dbf"), 64, "网格名称".encode()[:10])
    return [
        {
            "name": "cut_gbk/data.shp",
            "options": {**GRID, "encoding": "gbk"},
            "good": 1,
            "values": {"name": ["一号网格东"]},
        },
        {"name": "cut_utf8/data.shp", "options": GRID, "good": 1, "values": {"name": ["一号网"]}},
        {"name": "cut_header/data.shp", "options": GRID, "good": 1, "values": {"code": CODES[:1], "name": ["甲"]}},
    ]


def _overwrite(shp_path: Path, column: str, value: bytes) -> None:
    """Put raw bytes into a column of the first record."""
    path = shp_path.with_suffix(".dbf")
    data = path.read_bytes()
    (start,) = struct.unpack_from("<H", data, 8)
    at = start + 1
    for one in range(32, start - 1, 32):
        if data[one : one + 11].partition(b"\x00")[0].decode() == column:
            patch(path, at, value.ljust(data[one + 16]))
            return
        at += data[one + 16]


def numbers(folder: Path, dice: random.Random) -> Cases:
    spots = [((104 + dice.random() / 10, 30.5),) * 1 for _ in range(3)]
    longest = [10**19 + 1, 51010800100100000001, 51010800100100000002]
    fields = [("id", "N", 20, 0), ("name", "C", 20), ("DAY", "D")]
    rows = [(spot[0], (code, f"n{i}", "20240501")) for i, (spot, code) in enumerate(zip(spots, longest, strict=True))]
    shp(folder, "twenty_digits", fields, rows, kind=shapefile.POINT)
    shp(folder, "decimals", [("id", "C", 9), ("HS", "N", 19, 11)],
        [([square(104.5, 30.5, 0.001)], ("b1", 300.0)), ([square(104.6, 30.5, 0.001)], ("b2", 12.5))])  # fmt: skip
    return [
        {"name": "twenty_digits/data.shp", "options": SPOT, "good": 3, "values": {"id": [str(one) for one in longest]}},
        {"name": "decimals/data.shp", "options": {"layer": "building"}, "good": 1,
         "problems": {"number-malformed": 1}, "values": {"households": [300]}},
    ]  # fmt: skip


def rings(folder: Path, dice: random.Random) -> Cases:
    x, y = 104 + dice.random(), 30 + dice.random()
    fields = [("code", "C", 20)]
    outer, hole, island = square(x, y), square(x + 0.002, y + 0.002, 0.006), square(x + 0.004, y + 0.004, 0.002)
    mixed = [hole, island[::-1], outer[::-1]]
    dice.shuffle(mixed)
    two = [square(x, y), square(x + 0.02, y, clockwise=False)]
    high = [[(*point, 500.0) for point in outer]]
    shp(folder, "mixed_rings", fields, [(mixed, ("1",)), (two, ("2",)), ([outer[::-1]], ("3",))])
    shp(folder, "heights", fields, [(high, ("1",))], kind=shapefile.POLYGONZ)
    shp(folder, "measures", fields, [([[(*point, 7.0) for point in outer]], ("1",))], kind=shapefile.POLYGONM)
    shp(folder, "null_shapes", fields, [(None, ("1",)), ([outer], ("2",))])
    swapped = [[(b, a) for a, b in outer]]
    shp(folder, "swapped_axes", fields, [(swapped, ("1",))])
    shp(folder, "same_code_twice", fields, [([outer], ("1",)), (two[1:], ("1",))])
    return [
        {"name": "mixed_rings/data.shp", "options": GRID, "good": 3,
         "values": {"parts": [2, 2, 1], "holes": [1, 0, 0], "dimensions": [2, 2, 2]}},
        {"name": "heights/data.shp", "options": GRID, "good": 1, "values": {"dimensions": [2]}},
        {"name": "measures/data.shp", "options": GRID, "good": 1, "values": {"dimensions": [2]}},
        {"name": "null_shapes/data.shp", "options": GRID, "good": 1, "problems": {"geometry-missing": 1}},
        {"name": "swapped_axes/data.shp", "options": GRID, "problems": {"axes-swapped": 1}},
        {"name": "same_code_twice/data.shp", "options": GRID, "good": 2},
    ]  # fmt: skip


def zones(folder: Path, dice: random.Random) -> Cases:
    """A city at 104 E in the zone of 105 E, with the zone's number before the easting (4523) and without (4544)."""
    lon, lat = 104 + dice.random() / 2, 30.5
    cases: Cases = []
    expected = {"good": 1, "values": {"near": [(lon, lat)]}}
    for epsg, other in ((4523, 4544), (4544, 4523)):
        x, y = Transformer.from_crs(4326, epsg, always_xy=True).transform(lon, lat)
        for name, prj in ((f"zone_{epsg}", CRS.from_epsg(epsg).to_wkt("WKT1_ESRI")), (f"zone_{epsg}_bare", None)):
            shp(folder, name, [("id", "C", 9)], [((x, y), ("1",))], prj=prj, kind=shapefile.POINT)
        bare = f"zone_{epsg}_bare/data.shp"
        cases += [
            {"name": f"zone_{epsg}/data.shp", "options": SPOT, **expected},
            {"name": bare, "options": SPOT, "refused": "datum-missing"},
            {"name": bare, "options": {**SPOT, "datum": f"EPSG:{epsg}"}, **expected},
            {"name": bare, "options": {**SPOT, "datum": f"EPSG:{other}"}, "problems": {"coordinates-out-of-range": 1}},
        ]
    local = CRS.from_epsg(4544).to_wkt("WKT1_ESRI").replace("105.0", "104.25")
    shp(folder, "zone_own", [("id", "C", 9)], [((500000, 3385000), ("1",))], prj=local, kind=shapefile.POINT)
    return [*cases, {"name": "zone_own/data.shp", "options": SPOT, "refused": "datum-unknown"}]


def damage(folder: Path, dice: random.Random) -> Cases:
    rows = [([square(104 + i / 50, 30.5)], (str(i),)) for i in range(4)]
    paths = {
        name: shp(folder, name, [("code", "C", 20)], rows)
        for name in ("truncated", "index_broken", "index_gone", "no_dbf", "dbf_short", "dbf_nonsense", "not_a_shp",
                     "record_negative", "record_huge", "parts_nonsense", "points_negative", "kind_unknown")
    }  # fmt: skip
    truncated = paths["truncated"].read_bytes()
    paths["truncated"].write_bytes(truncated[:-50])
    paths["index_broken"].with_suffix(".shx").write_bytes(dice.randbytes(140))
    paths["index_gone"].with_suffix(".shx").unlink()
    paths["no_dbf"].with_suffix(".dbf").unlink()
    dbf = paths["dbf_short"].with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes()[:-30])
    paths["dbf_nonsense"].with_suffix(".dbf").write_bytes(dice.randbytes(8) + b"\x00" * 40)
    paths["not_a_shp"].write_bytes(b"PNG" + dice.randbytes(500))
    patch(paths["record_negative"], 104, struct.pack(">i", -5))
    patch(paths["record_huge"], 104, struct.pack(">i", 2**31 - 1))
    patch(paths["parts_nonsense"], 108 + 36, struct.pack("<i", 2**30))
    patch(paths["points_negative"], 108 + 40, struct.pack("<i", -1))
    patch(paths["kind_unknown"], 108, struct.pack("<i", 31))
    lost = {"good": 0, "problems": {"record-truncated": 1, "record-missing": 3}}
    return [
        {"name": "truncated/data.shp", "options": GRID, "good": 3, "problems": {"record-truncated": 1}},
        {"name": "index_broken/data.shp", "options": GRID, "good": 4},
        {"name": "index_gone/data.shp", "options": GRID, "good": 4},
        {"name": "no_dbf/data.shp", "options": GRID, "problems": {"field-missing": 4}},
        {"name": "dbf_short/data.shp", "options": GRID, "good": 2, "problems": {"record-missing": 2}},
        {"name": "dbf_nonsense/data.shp", "options": GRID, "refused": "dbf-damaged"},
        {"name": "not_a_shp/data.shp", "options": GRID, "refused": "shp-damaged"},
        {"name": "record_negative/data.shp", "options": GRID, **lost},
        {"name": "record_huge/data.shp", "options": GRID, "problems": {"vertices-too-many": 1, "record-missing": 3}},
        {"name": "parts_nonsense/data.shp", "options": GRID, "good": 3, "problems": {"geometry-malformed": 1}},
        {"name": "points_negative/data.shp", "options": GRID, "good": 3, "problems": {"geometry-malformed": 1}},
        {"name": "kind_unknown/data.shp", "options": GRID, "good": 3, "problems": {"geometry-kind-unknown": 1}},
    ]
