"""Nasty tables and texts: encodings, quotes, columns, dates, merged cells, KML and GeoJSON that want too much."""

import datetime as dt
import json
import random
from pathlib import Path
from typing import Any

import xlsxwriter

Cases = list[dict[str, Any]]
SPOT = {"layer": "facility", "datum": "wgs84"}
HOMES = {"layer": "building"}
SQUARE = "((104 30.5, 104.01 30.5, 104.01 30.51, 104 30.5))"


def write(folder: Path, dice: random.Random) -> Cases:
    return [
        *encodings(folder),
        *tables(folder, dice),
        *outlines(folder),
        *sheets(folder),
        *kml(folder),
        *others(folder, dice),
    ]


def encodings(folder: Path) -> Cases:
    text = "编号,名称,经度,纬度\r\n007,东风社区服务中心,104.05,30.51\r\n008,建设路派出所,104.06,30.52\r\n"
    expected = {
        "options": SPOT,
        "good": 2,
        "values": {"id": ["007", "008"], "name": ["东风社区服务中心", "建设路派出所"]},
    }
    cases: Cases = []
    for name, encoding in (
        ("utf8", "utf-8"),
        ("bom", "utf-8-sig"),
        ("gbk", "gbk"),
        ("utf16", "utf-16"),
        ("gb18030", "gb18030"),
    ):
        (folder / f"{name}.csv").write_bytes(text.encode(encoding))
        cases.append({"name": f"{name}.csv", **expected})
    (folder / "semicolons.csv").write_bytes(text.replace(",", ";").encode("gbk"))
    (folder / "tabs.txt").write_bytes(text.replace(",", "\t").encode())
    (folder / "neither.csv").write_bytes("编号,名称\n1,甲\n".encode() + bytes(range(128, 256)) * 20)
    return [
        *cases,
        {"name": "semicolons.csv", **expected},
        {"name": "tabs.txt", **expected},
        {"name": "neither.csv", "options": SPOT, "refused": "encoding-unclear"},
        {"name": "gbk.csv", "options": {**SPOT, "encoding": "utf-8"}, "refused": "text-not-in-encoding"},
        {"name": "gbk.csv", "options": {**SPOT, "encoding": "klingon"}, "refused": "encoding-unknown"},
    ]


def tables(folder: Path, dice: random.Random) -> Cases:
    lon, lat = round(104 + dice.random(), 6), round(30 + dice.random(), 6)
    texts = {
        "rows.csv": f'id,lon,lat\n1,{lon},{lat}\n2,"{lon}",\n3,,\n4,{lat},{lon}\n'
        f"5,1_0,{lat}\n6,１０４,{lat}\n7,nan,{lat}\n8,1e999,2\n",
        "ragged.csv": f"id,lon,lat\n1,{lon},{lat}\n2,{lon}\n3,{lon},{lat},x\n4,{lon},{lat},,\n\n5,{lon},{lat}\n",
        "quotes.csv": f'id,name,lon,lat\n1,"a ""b"", c",{lon},{lat}\n2,"x"y,{lon},{lat}\n'
        f'3,"open,{lon},{lat}\n4,z,{lon},{lat}\n',
        "twice.csv": f"编码,编码,经度,纬度\n1,2,{lon},{lat}\n",
        "half.csv": f"id,lon\n1,{lon}\n",
        "empty.csv": "\n\n",
        "header_only.csv": "id,lon,lat\n",
        "wide.csv": ",".join(f"c{i}" for i in range(3000)) + "\n",
        "homes.csv": "楼栋编号,户数\n0001,300\n0002,12\n",
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return [
        {"name": "rows.csv", "options": SPOT, "good": 1, "values": {"near": [(lon, lat)]},
         "problems": {"coordinate-missing": 1, "geometry-missing": 1, "axes-swapped": 1, "coordinate-malformed": 3,
                      "coordinates-not-finite": 1}},
        {"name": "ragged.csv", "options": SPOT, "good": 3, "problems": {"row-ragged": 2},
         "values": {"id": ["1", "4", "5"]}},
        {"name": "quotes.csv", "options": SPOT, "good": 1, "problems": {"quotes-malformed": 2},
         "values": {"name": ['a "b", c']}},
        {"name": "twice.csv", "options": SPOT, "good": 1, "values": {"name": [""]}},
        {"name": "half.csv", "options": SPOT, "refused": "place-half"},
        {"name": "empty.csv", "options": SPOT, "refused": "table-empty"},
        {"name": "header_only.csv", "options": SPOT},
        {"name": "wide.csv", "options": SPOT, "refused": "columns-too-many"},
        {"name": "rows.csv", "options": {"layer": "facility"}, "refused": "datum-missing"},
        {"name": "rows.csv", "options": {**SPOT, "table": "x"}, "refused": "table-not-in-format"},
        {"name": "homes.csv", "options": HOMES, "problems": {"geometry-missing": 2}},
    ]  # fmt: skip


def outlines(folder: Path) -> Cases:
    cells = [
        f"POLYGON {SQUARE}", f"SRID=4326;MULTIPOLYGON({SQUARE})",
        "POLYGON Z ((104 30 1,104.1 30 1,104 30.1 1,104 30 1))",
        "POLYGON ZM((104 30 1 2,104.1 30 1 2,104 30.1 1 2))", f"SRID=4544;POLYGON{SQUARE}", "POLYGON EMPTY",
        "POLYGON((1 2", "",
        "GEOMETRYCOLLECTION(" * 500, "POLYGON ((104 30, 104.1 30, 104 nan, 104 30))",
        "POLYGON((104 30,105 30,104 30 7))",
    ]  # fmt: skip
    text = "code,region,the_geom\n" + "".join(f'{n},r,"{cell}"\n' for n, cell in enumerate(cells))
    (folder / "outlines.csv").write_text(text)
    return [
        {"name": "outlines.csv", "options": {"layer": "grid", "datum": "wgs84"}, "good": 4,
         "values": {"dimensions": [2] * 4},
         "problems": {"srid-differs": 1, "geometry-empty": 1, "geometry-malformed": 4, "geometry-missing": 1}},
    ]  # fmt: skip


def sheets(folder: Path) -> Cases:
    with xlsxwriter.Workbook(folder / "list.xlsx") as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        book.add_worksheet("空")
        sheet = book.add_worksheet("台账")
        sheet.merge_range(0, 0, 0, 5, "东风社区楼栋台账")
        sheet.write_row(1, 0, ["楼栋编号", "小区", "户数", "登记日期", "经度", "纬度"])
        for row, (code, homes) in enumerate(
            (("0001", 120), ("0002", 80.0), ("0003", 12.5), (51010800100100000001, 7)), start=2
        ):
            sheet.write(row, 0, code)
            sheet.write(row, 2, homes)
            sheet.write_datetime(row, 3, dt.datetime(2024, 5, 1), day)
            sheet.write_row(row, 4, [104.05, "30.5"])
        sheet.merge_range(2, 1, 5, 1, "东风小区")
        sheet.write_formula(6, 0, '="00"&"05"', None, "0005")
        sheet.write_formula(6, 2, "=1/0", None, "#DIV/0!")
        sheet.write_row(6, 4, [104.05, 30.5])
    (folder / "text.xlsx").write_text("not a workbook")
    dates = {"layer": "building", "datum": "wgs84", "mapping": {"name": "登记日期"}}
    expected = {
        "good": 3,
        "problems": {"number-malformed": 1, "code-shortened": 1},
        "values": {"id": ["0001", "0002", "0005"], "households": [120, 80, None], "compound": ["东风小区"] * 2 + [""],
                   "name": ["2024-05-01"] * 2 + [""]},
    }  # fmt: skip
    return [
        {"name": "list.xlsx", "options": dates, **expected},
        {"name": "list.xlsx", "options": {**dates, "table": "台账"}, **expected},
        {"name": "list.xlsx", "options": {**dates, "table": "空"}, "refused": "table-empty"},
        {"name": "list.xlsx", "options": {**dates, "table": "x"}, "refused": "table-missing"},
        {"name": "text.xlsx", "options": dates, "refused": "json-malformed"},
    ]


def kml(folder: Path) -> Cases:
    head = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
    data = "<ExtendedData><Data name='编号'><value>007</value></Data></ExtendedData>"
    place = "<Placemark><name>甲</name>" + data + "{}</Placemark>"
    point = "<Point><coordinates>{}</coordinates></Point>"
    good = place.format(point.format("104.05,30.5,499"))
    odd = [point.format(xy) for xy in ("30.5,104.05", "104.05", "x,y", "", "1_0,2")]
    bodies = {
        "good.kml": good + "<NetworkLink><Link><href>file:///etc/passwd</href></Link></NetworkLink>",
        "odd.kml": "".join(map(place.format, odd))
        + place.format("")
        + place.format(point.format("1,2") + "<LineString/>"),
        "deep.kml": "<Folder>" * 50,
        "cut.kml": good + "<Placemark>",
    }
    for name, body in bodies.items():
        end = "</Document></kml>" if name not in {"cut.kml", "deep.kml"} else ""
        (folder / name).write_text(head + body + end, encoding="utf-8")
    chinese = f'<?xml version="1.0" encoding="GB2312"?><kml>{good}</kml>'
    (folder / "gbk.kml").write_bytes(chinese.encode("gbk"))
    (folder / "klingon.kml").write_text(chinese.replace("GB2312", "klingon"))
    laughs = '<!DOCTYPE k [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><kml><name>&b;</name></kml>'
    (folder / "laughs.kml").write_text(laughs)
    spot = {"layer": "facility"}
    return [
        {"name": "good.kml", "options": spot, "good": 1, "values": {"id": ["007"], "name": ["甲"], "dimensions": [2]}},
        {"name": "gbk.kml", "options": spot, "good": 1, "values": {"name": ["甲"]}},
        {"name": "klingon.kml", "options": spot, "refused": "encoding-unknown"},
        {"name": "odd.kml", "options": spot,
         "problems": {"axes-swapped": 1, "geometry-malformed": 3, "geometry-empty": 1, "geometry-missing": 1,
                      "geometry-kind-unknown": 1}},
        {"name": "deep.kml", "options": spot, "refused": "xml-too-deep"},
        {"name": "cut.kml", "options": spot, "refused": "xml-malformed"},
        {"name": "laughs.kml", "options": spot, "refused": "xml-with-entities"},
    ]  # fmt: skip


def others(folder: Path, dice: random.Random) -> Cases:
    """GeoJSON and files that only look like something."""
    rows = [{"type": "Feature", "properties": {"id": str(i)}, "geometry": {"type": "Point", "coordinates": c}}
            for i, c in enumerate(([104.05, 30.5], [30.5, 104.05], [1e400, 1], []))]  # fmt: skip
    text = json.dumps({"type": "FeatureCollection", "features": rows})
    (folder / "points.geojson").write_text(text)
    (folder / "cut.geojson").write_text(text[:-20])
    (folder / "deep.geojson").write_text("[" * 100_000)
    (folder / "noise.gpkg").write_bytes(b"SQLite format 3\x00" + dice.randbytes(5000))
    (folder / "noise.fgb").write_bytes(b"fgb\x03fgb\x01" + dice.randbytes(5000))
    (folder / "noise.kml").write_bytes(b"\x00" + dice.randbytes(500))
    (folder / "link.fgb").write_text("<OGRVRTDataSource/>")
    return [
        {"name": "points.geojson", "options": SPOT, "good": 1,
         "problems": {"axes-swapped": 1, "coordinates-not-finite": 1, "geometry-empty": 1}},
        {"name": "cut.geojson", "options": SPOT, "refused": "json-malformed"},
        {"name": "deep.geojson", "options": SPOT, "refused": "json-too-deep"},
        {"name": "noise.gpkg", "options": SPOT, "refused": "gpkg-damaged"},
        {"name": "noise.fgb", "options": SPOT, "refused": "table-none"},
        {"name": "noise.kml", "options": SPOT, "refused": "format-unknown"},
        {"name": "link.fgb", "options": SPOT, "refused": "json-malformed"},
    ]  # fmt: skip
