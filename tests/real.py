"""How do tests take real input from a file to the map, and out and back again?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import Store

from geo import plan as plans
from geo.files import Reading, read
from geo.measure import square_metres
from geo.model import Finding, Plan, Rule
from geo.plan import Report
from geo.store import door, intake
from geo.store import things as stored
from geo.store.connect import session
from geo.store.intake import Intake
from geo.store.order import Order
from geo.store.published import current_publication

ABOUT_M2 = 0.5
ABOUT = 0.01


def near(figure: float) -> Any:
    """The greater of 1 % and half a square metre, as the faults are stated."""
    return pytest.approx(figure, rel=ABOUT, abs=ABOUT_M2)


@dataclass(frozen=True)
class Cambridge:
    """The city's boundary and a way to read its tables as grids of it."""

    path: Path

    def boundary(self) -> Reading:
        named = {"code": "cambridge", "name": "Cambridge", "level": "city", "scheme": "free"}
        return read(self.path, table="city_boundary", layer="region", constants=named)

    def grids(self, table: str, code: str) -> Reading:
        return read(self.path, table=table, layer="grid", mapping={"code": code}, constants={"region": "cambridge"})


def taken(store: Store, readings: Sequence[Reading], *, snap: bool = False) -> Intake:
    """What the readings would change, without a report: finding what could be healed of real faults takes long."""
    with session(store.service) as work:
        return intake.take(work, readings, Order(snap=snap), check=False)


def publish(
    store: Store, readings: Sequence[Reading], *, snap: bool = False, provisional: bool = False
) -> door.Published:
    with session(store.service) as work, work.begin():
        taken = intake.take(work, readings, Order(snap=snap), check=False)
        assert list(taken.problems) == []
        number = intake.keep(work, taken, actor="test", provisional=provisional)
    return door.publish(store.service, door.Request(plan=number, actor="test"))


def judged(readings: Sequence[Reading]) -> Report:
    """The findings as the input is, after rounding; without the mark of what could be healed, which takes long."""
    taken = intake.take(None, readings, Order(), check=False)
    return plans.check(taken.changes, heal=False)


def of(report: Report, rule: Rule) -> list[Finding]:
    return [finding for finding in report.findings if finding.rule is rule]


def m2(findings: Sequence[Finding]) -> float:
    return sum(finding.area_m2 or 0 for finding in findings)


def everything(store: Store) -> Plan:
    with session(store.service) as work:
        return stored.everything(work, current_publication(work))


def comes_back(one: Store, two: Store, exported: Path) -> None:
    """What was exported from one store is taken into an empty one: both hold the same, and nothing differs again."""
    publish(two, [read(exported)], provisional=True)
    assert everything(two) == everything(one)
    again = taken(two, [read(exported)])
    assert again.is_empty
    assert list(again.problems) == []


def ground_m2(shapes: Iterator[Any] | Sequence[Any]) -> float:
    return sum(square_metres(shape) for shape in shapes)
