"""What does a hotline's table of requests hold? Points of phones (GCJ-02), else addresses, in GBK."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import numpy as np

from geo.datum import Datum, from_wgs84
from sample_data.homes import Home

HEADER = ("工单号", "经度", "纬度", "地址", "诉求")
REQUESTS = 200
WANTS = ("路灯不亮", "垃圾未清运", "楼道堆物", "噪声扰民", "井盖松动", "电动车乱停", "水管漏水")
ASIDE_DEG = 2e-4
"""A caller stands within about 20 m of the house that is meant."""
WITHOUT_POINT = 0.25
NOWHERE = "临江新区一号路9号"

Row = tuple[str, str, str, str, str]


def rows(homes: Sequence[Home], random: Random) -> list[Row]:
    """The requests in order; the last two are of nowhere and of far away."""
    chosen = [random.choice(homes) for _ in range(REQUESTS)]
    lon = np.array([home.place[0] + random.uniform(-ASIDE_DEG, ASIDE_DEG) for home in chosen])
    lat = np.array([home.place[1] + random.uniform(-ASIDE_DEG, ASIDE_DEG) for home in chosen])
    phone = from_wgs84(np.column_stack([lon, lat]), Datum("gcj02")).round(6)
    found: list[Row] = []
    for number, (home, (x, y)) in enumerate(zip(chosen, phone.tolist(), strict=True), start=1):
        place = ("", "") if random.random() < WITHOUT_POINT else (f"{x:.6f}", f"{y:.6f}")
        found.append((_number(number), *place, home.address, random.choice(WANTS)))
    found[-2] = (_number(REQUESTS - 1), "", "", NOWHERE, WANTS[0])
    found[-1] = (_number(REQUESTS), "104.400000", "30.900000", "", WANTS[1])
    return found


def write(found: Iterable[Row], path: Path) -> None:
    """As CSV in GBK, which is what a Chinese Excel saves."""
    with path.open("w", encoding="gbk", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(found)


def _number(number: int) -> str:
    """A request's number of 20 digits: longer than a float can hold."""
    return f"2026110100{number:010d}"
