"""What stands in a street's new list of households, as offices keep such lists?

Two grids have grown past 500 households, two have fallen under 300, a few buildings gained or lost one or two. A third
of the rows have no id and are known by their address alone, some of it in full-width digits. And the slips: addresses
with a letter too many, one of nowhere, a count that Excel made a date of, a count in words, a row twice.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from random import Random

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from sample_data.homes import Home

TITLE = "文庙坊街道住户台账(虚构)"
HEADER = ("社区", "序号", "楼栋编号", "详细地址", "户数", "层数", "备注")
NEW_TOTALS = (548, 523, 271, 246)
"""Households that the four grids come to have: two past the most that a grid may have, two under the fewest."""
FROM, TO = 340, 470
"""Only grids that are well within the rule grow or fall, and only such whose households stand in several buildings."""
FEWEST_HOMES = 4
FULL_WIDTH = str.maketrans("0123456789", "0123456789")
MADE = dt.datetime(2026, 11, 1)
"""Written into the workbook, so that its bytes do not depend on the hour."""

Count = int | str | dt.date


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    community: str
    id: str
    address: str
    households: Count
    levels: int | None
    remark: str = ""


def rows(homes: Sequence[Home], random: Random) -> list[Row]:
    """The lines of the list, by community."""
    counts = _counted(homes, random)
    found = [_row(home, counts[home.id], random) for home in homes]
    return _with_slips(found, random)


def write(found: Iterable[Row], path: Path) -> None:
    """The list as a workbook: a title over all columns, the community merged over its rows."""
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": MADE})
        bold, date = book.add_format({"bold": True}), book.add_format({"num_format": "m-d"})
        page = book.add_worksheet("台账")
        page.merge_range(0, 0, 0, len(HEADER) - 1, TITLE, bold)
        page.write_row(1, 0, HEADER, bold)
        page.set_column(3, 3, 28)
        line = 2
        for community, group in groupby(found, key=lambda row: row.community):
            lines = list(group)
            for at, row in enumerate(lines, start=line):
                cells = (at - 1, row.id or None, row.address, row.households, row.levels, row.remark or None)
                for column, cell in enumerate(cells, start=1):
                    page.write(at, column, cell, date if isinstance(cell, dt.date) else None)
            _merge(page, community, line, line + len(lines) - 1)
            line += len(lines)


def _merge(page: Worksheet, text: str, top: int, bottom: int) -> None:
    """A text in the first column of these rows; one row alone cannot be merged."""
    if top == bottom:
        page.write_string(top, 0, text)
    else:
        page.merge_range(top, 0, bottom, 0, text)


def _counted(homes: Sequence[Home], random: Random) -> dict[str, int]:
    """Households by id, as they are now."""
    counts = {home.id: home.households for home in homes}
    by_grid = {code: list(group) for code, group in groupby(homes, key=lambda home: home.grid)}
    sums = Counter({code: sum(home.households for home in group) for code, group in by_grid.items()})
    fitting = [code for code, sum_ in sums.items() if FROM <= sum_ <= TO and len(by_grid[code]) >= FEWEST_HOMES]
    chosen = random.sample(sorted(fitting), len(NEW_TOTALS))
    for code, total in zip(chosen, NEW_TOTALS, strict=True):
        counts |= _spread(by_grid[code], total)
    for code in sorted(set(fitting) - set(chosen)):
        home = random.choice(by_grid[code])
        counts[home.id] += random.choice((-2, -1, 1, 2))
    return counts


def _spread(homes: Sequence[Home], total: int) -> dict[str, int]:
    """So many households over the homes, as they were shared before."""
    before, found = sum(home.households for home in homes), dict[str, int]()
    for home in homes[:-1]:
        found[home.id] = round(home.households * total / before)
    return found | {homes[-1].id: total - sum(found.values())}


def _row(home: Home, households: int, random: Random) -> Row:
    if random.random() < 0.67:
        return Row(home.community, home.id, home.address, households, home.levels)
    is_wide = random.random() < 0.2
    address = home.address.translate(FULL_WIDTH) if is_wide else home.address
    return Row(home.community, "", address, households, home.levels)


def _with_slips(found: list[Row], random: Random) -> list[Row]:
    """The list with its slips, each in a row whose count is as it was, so that no grid's sum hangs on it."""
    places = random.sample(range(len(found)), 6)
    first, second, third, dated, worded, twice = sorted(places)
    for at in (first, second):
        address = found[at].address
        found[at] = replace(found[at], id="", address=f"{address[:2]}大{address[2:]}", remark="门牌待核")
    found[third] = replace(found[third], id="", address="永顺仓巷77号", remark="新址")
    found[dated] = replace(found[dated], households=dt.date(2026, 3, 12))
    found[worded] = replace(found[worded], households="约60户")
    found.insert(twice + 1, replace(found[twice], remark="重复"))
    return found
