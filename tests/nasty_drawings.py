"""Nasty drawings: outlines with texts in them, drawings that break off, and what only looks like one."""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nasty_shapes import GRID

Cases = list[dict[str, Any]]


def write(folder: Path, dice: random.Random) -> Cases:
    """Outlines with their codes written inside, in GBK, and a stray line."""
    x, y = 500_000 + dice.randrange(1000), 3_385_000
    entities = [
        *polyline("WG", [(x, y), (x + 400, y), (x + 400, y + 400), (x, y + 400)], closed=True),
        *polyline("WG", [(x, y), (x, y + 400)], closed=False),
        *("0", "TEXT", "8", "ZJ", "10", str(x + 200), "20", str(y + 200), "40", "10", "1", "网格七"),
        *("0", "TEXT", "8", "ZJ", "10", str(x + 999), "20", str(y + 999), "40", "10", "1", "图名"),
    ]
    head = (
        "0",
        "SECTION",
        "2",
        "HEADER",
        "9",
        "$DWGCODEPAGE",
        "3",
        "ANSI_936",
        "0",
        "ENDSEC",
        "0",
        "SECTION",
        "2",
        "ENTITIES",
    )
    text = "\r\n".join([*head, *entities, "0", "ENDSEC", "0", "EOF", ""])
    (folder / "outlines.dxf").write_bytes(text.encode("gbk"))
    (folder / "cut.dxf").write_bytes(text.encode("gbk")[: len(text) // 2])
    link = (
        '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
    )
    (folder / "link.dxf").write_text(link)
    (folder / "link_noted.dxf").write_text(f"999\n{link}\n{text}")
    (folder / "link_marked.fgb").write_bytes(b"fgb\x03fgb\x01" + link.encode())
    local = {**GRID, "datum": "EPSG:4544"}
    return [
        {
            "name": "outlines.dxf",
            "options": local,
            "good": 1,
            "problems": {"geometry-not-for-layer": 1},
            "values": {"code": ["网格七"]},
        },
        {"name": "outlines.dxf", "options": GRID, "refused": "datum-missing"},
        {"name": "outlines.dxf", "options": {**local, "table": "nothing"}, "refused": "table-missing"},
        {"name": "cut.dxf", "options": local, "refused": "dxf-cut"},
        {"name": "link.dxf", "options": local, "refused": "json-malformed"},
        {"name": "link_noted.dxf", "options": local, "refused": "format-unknown"},
        {"name": "link_marked.fgb", "options": local, "refused": "format-unknown"},
    ]


def polyline(layer: str, points: Sequence[tuple[float, float]], *, closed: bool) -> list[str]:
    body = [item for x, y in points for item in ("10", str(x), "20", str(y))]
    return ["0", "LWPOLYLINE", "8", layer, "90", str(len(points)), "70", str(int(closed)), *body]
