"""How does each status of an answer look? `python tests/owner_pages.py` draws the pictures of docs/owner.md anew.

Each is a small plan and a point, and what it says is the answer that the owner rule gives there.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from types import MappingProxyType

import shapely
from rule_examples import CODE, EXAMPLES, LAT, LON, NODES, SCALE, placed, sound
from shapely.geometry.base import BaseGeometry

from geo import lookup
from geo.lookup import Accuracy, Answer, Candidate, Status
from geo.model import Plan, Rule, Standing
from geo.picture import Change, Fault, Outline, Patch, Scene, Tone, svg
from geo.state import Holding, Map

PAGE = Path(__file__).parents[1] / "docs" / "owner.md"
PICTURES = PAGE.parent / "owner"
WIDTH, HEIGHT = 780, 430
ACCURACY = Accuracy(30)
TITLES: Mapping[Status, str] = {
    Status.OWNED: "归属明确 owned",
    Status.NEAR_BOUNDARY: "靠近边界 near_boundary",
    Status.SHARED: "在公共边界上 shared",
    Status.AMBIGUOUS: "多个网格重叠 ambiguous",
    Status.GAP: "无人负责的空白 gap",
    Status.OUTSIDE: "在地图之外 outside",
}


@dataclass(frozen=True)
class Case:
    """A plan, a point in metres from its corner, and how good that point is."""

    plan: Plan
    point: tuple[float, float]
    accuracy: Accuracy | None = None
    standing: Standing = Standing.PROVEN


def example(rule: Rule) -> Plan:
    """The plan that breaks a rule, as docs/rules.md shows it."""
    return EXAMPLES[rule]().plan


CASES: Mapping[Status, Callable[[], Case]] = {
    Status.OWNED: lambda: Case(sound(), (90, 110)),
    Status.NEAR_BOUNDARY: lambda: Case(sound(), (186, 95), ACCURACY),
    Status.SHARED: lambda: Case(sound(), NODES["e"]),
    Status.AMBIGUOUS: lambda: Case(example(Rule.OVERLAP), (187, 110), standing=Standing.PROVISIONAL),
    Status.GAP: lambda: Case(example(Rule.GAP), (190, 186), standing=Standing.PROVISIONAL),
    Status.OUTSIDE: lambda: Case(sound(), (505, 300)),
}


def answered(case: Case) -> Answer:
    """What the service would say."""
    return lookup.answer(_state(case), *_place(case), accuracy=case.accuracy)


@cache
def pictures() -> Mapping[Status, str]:
    """The picture of each status, as SVG."""
    return MappingProxyType({status: _drawn(status, case()) for status, case in CASES.items()})


def _state(case: Case) -> Map:
    plan = case.plan
    holdings = [Holding.of(id=n, grid=grid, edition=1, standing=case.standing) for n, grid in enumerate(plan.grids)]
    boundaries = {one.code: one.shape for one in plan.regions if one.shape is not None}
    return Map(1, holdings=holdings, regions={one.code: one for one in plan.regions}, boundaries=boundaries)


def _place(case: Case) -> tuple[float, float]:
    ((lon, lat),) = placed([case.point])
    return round(lon, 7), round(lat, 7)


def _drawn(status: Status, case: Case) -> str:
    found = answered(case)
    owner = None if found.owner is None else found.owner.code
    scene = Scene(
        title=TITLES[status],
        subtitle=" · ".join(_lines(found)),
        grids=[Patch(one.shape, _tone(one.code == owner), (one.code.removeprefix(CODE),)) for one in case.plan.grids],
        outlines=[Outline(one.shape) for one in case.plan.regions if one.shape is not None],
        changes=[*_marked(case)],
        faults=[Fault(shapely.Point(_place(case)), 1)],
        words=_words(status, case),
    )
    return svg(scene, WIDTH, HEIGHT)


def _tone(is_owner: bool) -> Tone:
    return Tone.GOOD if is_owner else Tone.NONE


def _marked(case: Case) -> Iterator[tuple[Change, BaseGeometry]]:
    """Ground that is faulty, and the circle of the accuracy."""
    shapes = [one.shape for one in case.plan.grids]
    yield from ((Change.REMOVED, one & other) for one, other in combinations(shapes, 2) if (one & other).area)
    for region in case.plan.regions:
        if region.shape is not None and (left := region.shape - shapely.union_all(shapes)).area:
            yield Change.REMOVED, left
    if case.accuracy is not None:
        yield Change.CHANGED, _circle(case.point, case.accuracy.metres)


def _words(status: Status, case: Case) -> dict[str, str]:
    """The legend."""
    words = {"divided": "社区 community", "fault": "事件位置 the point"}
    if status not in (Status.GAP, Status.OUTSIDE):
        words[Tone.GOOD.value] = "责任网格 the owner"
    if case.accuracy is not None:
        words["changed"] = f"68% 误差圆 accuracy {case.accuracy.metres:g} m"
    return words | {"removed": "空白 nobody owns it" if status is Status.GAP else "重叠 claimed twice"}


def _lines(found: Answer) -> list[str]:
    """The answer in a few words, the most telling first."""
    told = []
    if found.owner is not None:
        told.append(f"owner {_short(found.owner)}")
    if found.fallback is not None:
        told.append(f"fallback {found.fallback.name}")
    told += [f"{_name(one)} {one.share:.0%}" for one in found.candidates if one.share is not None]
    if found.border_distance_m is not None:
        told.append(f"border {found.border_distance_m:.1f} m")
    if found.nearest is not None:
        told.append(f"nearest {_name(found.nearest)}, {found.nearest.distance_m:.0f} m")
    return told


def _name(one: Candidate) -> str:
    return "nobody" if one.holding is None else _short(one.holding)


def _short(holding: Holding) -> str:
    return holding.code.removeprefix(CODE)


def _circle(point: tuple[float, float], metres: float) -> shapely.Polygon:
    circle = shapely.Point(point).buffer(metres)
    return shapely.transform(circle, lambda xy: xy / SCALE + (LON, LAT))


def main() -> None:
    """Write the pictures."""
    PICTURES.mkdir(exist_ok=True)
    for status, drawn in pictures().items():
        (PICTURES / f"{status}.svg").write_text(drawn, "utf-8")


if __name__ == "__main__":
    main()
