"""Nasty archives: names that climb out, bombs, lies about sizes, archives in archives."""

import random
import struct
import warnings
import zipfile
from pathlib import Path
from typing import Any

Cases = list[dict[str, Any]]
SPOT = {"layer": "facility", "datum": "wgs84"}
TABLE = "编号,名称,经度,纬度\n007,甲,104.05,30.5\n".encode()
GOOD = {"good": 1, "values": {"id": ["007"]}}
KML = b"<kml><Placemark><name>a</name><Point><coordinates>104,30</coordinates></Point></Placemark></kml>"


def packed(path: Path, *members: tuple[str, bytes]) -> Path:
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # of names that stand twice
        for name, data in members:
            archive.writestr(name, data)
    return path


def write(folder: Path, dice: random.Random) -> Cases:
    return [*climbing(folder), *bombs(folder), *workbooks(folder), *odd(folder, dice)]


def climbing(folder: Path) -> Cases:
    """Names that an archive must not be obeyed in; what is in them is read all the same."""
    names = (
        "../../../nasty-escaped.csv",
        "/tmp/nasty-escaped.csv",
        "..\\..\\nasty-escaped.csv",
        "C:\\nasty-escaped.csv",
        "a\x00b.csv",
        "~/nasty-escaped.csv",
        "x" * 300 + ".csv",
        "表 格/数据.csv",
    )
    cases: Cases = []
    for number, name in enumerate(names):
        packed(folder / f"climbing{number}.zip", (name, TABLE))
        readable = "\x00" not in name
        cases.append(
            {"name": f"climbing{number}.zip", "options": SPOT, **(GOOD if readable else {"refused": "archive-none"})}
        )
    return cases


def bombs(folder: Path) -> Cases:
    zeros = b"0" * (20 * 1024 * 1024)
    packed(folder / "bomb.zip", ("a.csv", TABLE + zeros))
    packed(folder / "entries.zip", *[(f"{n}.csv", b"") for n in range(10_001)])
    packed(folder / "inner.zip", ("a.csv", TABLE))
    packed(folder / "nested.zip", ("a.csv", (folder / "inner.zip").read_bytes()))
    lying = packed(folder / "lying.zip", ("a.csv", TABLE + zeros))
    _directory(lying, 24, struct.pack("<I", 100))
    encrypted = packed(folder / "encrypted.zip", ("a.csv", TABLE))
    _directory(encrypted, 8, struct.pack("<H", 1))
    long = packed(folder / "directory.zip", ("a.csv", TABLE))
    data = bytearray(long.read_bytes())
    struct.pack_into("<I", data, len(data) - 10, 2**31)
    long.write_bytes(data)
    return [
        {"name": "bomb.zip", "options": SPOT, "refused": "archive-ratio"},
        {"name": "entries.zip", "options": SPOT, "refused": "archive-entries-too-many"},
        {"name": "nested.zip", "options": SPOT, "refused": "archive-nested"},
        {"name": "lying.zip", "options": SPOT, "refused": "archive-damaged"},
        {"name": "encrypted.zip", "options": SPOT, "refused": "archive-encrypted"},
        {"name": "directory.zip", "options": SPOT, "refused": "archive-entries-too-many"},
    ]


def _directory(path: Path, at: int, data: bytes) -> None:
    """Change the first entry of an archive's directory."""
    whole = bytearray(path.read_bytes())
    start = whole.rfind(b"PK\x01\x02")
    whole[start + at : start + at + len(data)] = data
    path.write_bytes(whole)


def workbooks(folder: Path) -> Cases:
    """Workbooks that unpack to too much, and one cell in the last corner."""
    cell = '<row r="{0}"><c r="{1}" t="inlineStr"><is><t>id</t></is></c></row>'
    corner = cell.format(1, "A1") + cell.format(1048576, "XFD1048576")
    _workbook(folder / "corner.xlsx", corner.encode())
    _workbook(folder / "bomb.xlsx", b"<row>" + b" " * (20 * 1024 * 1024) + b"</row>")
    _workbook(folder / "cut.xlsx", cell.format(1, "A1").encode()[:30])
    return [
        {"name": "corner.xlsx", "options": SPOT, "refused": "cells-too-many"},
        {"name": "bomb.xlsx", "options": SPOT, "refused": "archive-ratio"},
        {"name": "cut.xlsx", "options": SPOT, "refused": "workbook-damaged"},
    ]


def _workbook(path: Path, rows: bytes) -> None:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = "http://schemas.openxmlformats.org/package/2006/relationships"
    sheets = '<sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets>'
    book = f'<workbook xmlns="{main}" xmlns:r="{office}">{sheets}</workbook>'
    first = f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/>'
    link = f'<Relationships xmlns="{links}">{first}</Relationships>'
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    sheet = f'<worksheet xmlns="{main}"><sheetData>'.encode() + rows + b"</sheetData></worksheet>"
    packed(
        path,
        ("[Content_Types].xml", types.encode()),
        ("xl/workbook.xml", book.encode()),
        ("xl/_rels/workbook.xml.rels", link.encode()),
        ("xl/worksheets/sheet1.xml", sheet),
    )


def odd(folder: Path, dice: random.Random) -> Cases:
    packed(folder / "twice.zip", ("a.csv", TABLE), ("a.csv", TABLE))
    packed(folder / "several.zip", ("a.csv", TABLE), ("b/c.csv", TABLE), ("__MACOSX/._a.csv", b"x"), ("read.me", b"x"))
    packed(folder / "nothing.zip", ("read.me", b"x"))
    packed(folder / "empty.zip")
    packed(folder / "place.kmz", ("doc.kml", KML), ("files/x.png", b"x"))
    cut = packed(folder / "cut.zip", ("a.csv", TABLE))
    cut.write_bytes(cut.read_bytes()[:-30])
    noise = packed(folder / "noise.zip", ("a.csv", TABLE * 100 + dice.randbytes(100).hex().encode()))
    data = bytearray(noise.read_bytes())
    data[60:80] = bytes(20)
    noise.write_bytes(data)
    gbk = packed(folder / "gbk_names.zip", ("AAAA.csv", TABLE), ("b.csv", b""))
    gbk.write_bytes(gbk.read_bytes().replace(b"AAAA.csv", "网格".encode("gbk") + b".csv"))
    return [
        {"name": "twice.zip", "options": SPOT, "refused": "archive-name-twice"},
        {"name": "several.zip", "options": SPOT, "refused": "table-ambiguous"},
        {"name": "several.zip", "options": {**SPOT, "table": "c"}, **GOOD},
        {"name": "several.zip", "options": {**SPOT, "table": "x"}, "refused": "table-missing"},
        {"name": "gbk_names.zip", "options": {**SPOT, "table": "网格"}, **GOOD},
        {"name": "nothing.zip", "options": SPOT, "refused": "archive-none"},
        {"name": "empty.zip", "options": SPOT, "refused": "archive-none"},
        {"name": "place.kmz", "options": SPOT, "good": 1},
        {"name": "cut.zip", "options": SPOT, "refused": "archive-damaged"},
        {"name": "noise.zip", "options": SPOT, "refused": "archive-damaged"},
    ]
