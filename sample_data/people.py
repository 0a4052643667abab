"""Who is in charge in the sample district? `python -m sample_data.people DISTRICT.geojson people.csv` makes the list.

Names are put together of surnames and heavenly stems, and 000 begins nobody's number. Same district, same bytes. One
grid is short of a member, so that there is something to find.
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

HEADER = ("姓名", "值班电话", "编码", "岗位类型", "A岗/B岗", "条线", "起始")
SURNAMES, STEMS = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨", "甲乙丙丁戊己庚辛壬癸"
SUBJECTS = ("消防", "治安", "民政")
SINCE = "2026-01-01"
COMMUNITY, STREET = "community", "street"


def rows(district: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """The list of a district (a plan file), below its header: grids, then communities and streets, by code."""
    chance, phones = Random("people"), count(1)

    def row(code: str, role: str, post: str = "", subject: str = "", name: str = "") -> tuple[str, ...]:
        named = name or chance.choice(SURNAMES) + chance.choice(STEMS) + chance.choice(STEMS)
        return named, f"000-0000-{next(phones):04}", code, role, post, subject, SINCE

    told = [feature["properties"] for feature in district["features"]]
    grids = sorted(one["code"] for one in told if one["layer"] == "grid")
    for number, code in enumerate(grids):
        yield row(code, "网格长", "A岗")
        for _ in range(1 if number == 0 else 2 + number % 2):
            yield row(code, "专职", "A岗")
        if number % 3 == 0:
            yield row(code, "兼职")
    for level, role in ((COMMUNITY, "网格长"), (STREET, "单位")):
        for one in sorted((one for one in told if one.get("level") == level), key=lambda one: str(one["code"])):
            name = f"{one['name']}网格化服务中心" if level == STREET else ""
            yield row(one["code"], role, name=name)
            if level == COMMUNITY:
                yield row(one["code"], "专职", "B岗", chance.choice(SUBJECTS))


def write(district: Mapping[str, Any], to: Path) -> int:
    """Write the list as CSV, UTF-8 with a mark for Excel; how many rows it has."""
    found = [*rows(district)]
    with to.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADER, *found])
    return len(found)


def main(arguments: list[str] | None = None) -> int:
    """Write the list; exit status 0."""
    parser = argparse.ArgumentParser(prog="sample_data.people", description="Write invented people in charge.")
    parser.add_argument("district", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args(arguments)
    number = write(json.loads(given.district.read_text(encoding="utf-8")), given.out)
    print(f"{number} bindings -> {given.out}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
