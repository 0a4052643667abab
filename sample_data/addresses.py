"""What is written on the door of each building?

Estates have one number on their street and count their buildings; old houses each have a number of their own; villages
count houses by group. Numbers run along the street.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np

from sample_data.codes import street_of
from sample_data.frame import to_metres
from sample_data.layout import Layout
from sample_data.mesh import edges
from sample_data.names import estate_names, stems
from sample_data.standing import OnGrid, Standing
from sample_data.tree import CommunityDraft, GridDraft
from sample_data.zones import Zone

_NO_ADDRESS = frozenset({"river", "railway", "motorway", "footway"})
_TITLES = {
    "school": ("{stem}小学", "{stem}中学", "{stem}实验学校", "{stem}幼儿园"),
    "hospital": ("{stem}医院", "{stem}社区卫生服务中心"),
    "office": ("{stem}大厦", "{stem}商务中心", "{stem}科技园"),
    "commercial": ("{stem}广场", "{stem}商业街", "{stem}购物中心"),
    "factory": ("{stem}机械厂", "{stem}食品厂", "{stem}电子厂", "{stem}印务公司"),
    "market": ("{stem}农贸市场", "{stem}综合市场"),
    "public": ("{stem}文化站", "{stem}邻里中心", "{stem}活动中心"),
    "station": ("{stem}客运站",),
}
_WINGS = {
    "school": ("教学楼", "综合楼", "实验楼", "体育馆", "行政楼", "宿舍楼", "图书馆", "食堂"),
    "hospital": ("门诊楼", "住院楼", "医技楼", "行政楼"),
    "office": ("A座", "B座", "C座", "D座", "E座"),
    "park": ("茶社", "游客中心", "管理房", "观鸟亭", "碑亭", "花房", "公厕"),
}


@dataclass(frozen=True, slots=True)
class Door:
    """How a building is called and found."""

    name: str
    address: str
    compound: str


@dataclass(frozen=True, slots=True)
class Institution:
    """A school, hospital, market ... that fills (part of) a block."""

    title: str
    kind: str
    on: OnGrid
    block: int


@dataclass(slots=True)
class _Unit:
    """What shares one number: an estate's block, an institution, a single house."""

    road: int
    at: tuple[float, float]
    number: int = 0


class Addresses:
    """Doors of all buildings, and the institutions found on the way."""

    def __init__(self, layout: Layout, everything: Sequence[tuple[CommunityDraft, OnGrid]], seed: int) -> None:
        rng = Random(f"{seed} addresses")
        self._layout = layout
        self._estates, self._stems, self._rng = estate_names(rng), stems(rng), rng
        self._units: dict[tuple[str, str], _Unit] = {}
        self.institutions: list[Institution] = []
        self.doors: dict[int, Door] = {}
        """By id() of the Standing."""
        for _, on in everything:
            self._collect(on)
        self._number()
        for community, on in everything:
            self._name(community, on)

    def _collect(self, on: OnGrid) -> None:
        if on.grid.use == "village":
            return
        roads = [_roads(self._layout, on.grid, k) for k in range(len(on.grid.blocks))]
        for n, building in enumerate(on.buildings):
            key = on.grid.code, _shared(on.grid, building, n)
            if key not in self._units:
                middle = building.shape.centroid
                numbers, places = roads[building.block]
                nearest = int(np.argmin(((places - (middle.x, middle.y)) ** 2).sum(axis=1)))
                self._units[key] = _Unit(numbers[nearest], (middle.x, middle.y))

    def _number(self) -> None:
        along: dict[int, list[_Unit]] = defaultdict(list)
        for unit in self._units.values():
            along[unit.road].append(unit)
        for units in along.values():
            spread = np.ptp(np.array([unit.at for unit in units]), axis=0)
            axis = int(spread[1] > spread[0])
            number = 0
            for unit in sorted(units, key=lambda u: u.at[axis]):
                number += self._rng.choice((1, 1, 2, 3))
                unit.number = number

    def _name(self, community: CommunityDraft, on: OnGrid) -> None:
        if on.grid.use == "village":
            self._name_village(community, on)
            return
        estate = next(self._estates) if on.grid.zone in (Zone.INNER, Zone.OUTER) and on.grid.households else ""
        count: dict[str, int] = defaultdict(int)
        titles: dict[str, str] = {}
        for n, building in enumerate(on.buildings):
            shared = _shared(on.grid, building, n)
            unit = self._units[on.grid.code, shared]
            address = f"{self._layout.roads[unit.road].name}{unit.number}号"
            count[shared] += 1
            if building.households:
                k = sum(1 for b in on.buildings[: n + 1] if b.households)
                name = f"{estate}{k}栋" if estate else f"{address}楼"
                self.doors[id(building)] = Door(name, f"{address}{k}栋" if estate else address, estate)
                continue
            if shared not in titles:
                titles[shared] = self._title(on, building)
                self.institutions.append(Institution(titles[shared], building.kind, on, building.block))
            self.doors[id(building)] = Door(titles[shared] + _wing(on.grid, building, count[shared]), address, "")

    def _title(self, on: OnGrid, building: Standing) -> str:
        if on.grid.title:
            return on.grid.title
        options = _TITLES[building.kind]
        return options[self._rng.randrange(len(options))].format(stem=next(self._stems))

    def _name_village(self, community: CommunityDraft, on: OnGrid) -> None:
        street = street_of(self._layout, community).name
        group = int(on.grid.code[-2:])
        for k, building in enumerate(on.buildings, 1):
            name = f"{community.name}{group}组{k}号"
            self.doors[id(building)] = Door(name, street + name, "")


def _shared(grid: GridDraft, building: Standing, n: int) -> str:
    """Buildings with the same key have the same number on their street."""
    if grid.title:
        return "whole"
    if not building.households:
        return f"{building.kind} {building.block}"
    return f"estate {building.block}" if grid.zone in (Zone.INNER, Zone.OUTER) else f"house {n}"


def _wing(grid: GridDraft, building: Standing, count: int) -> str:
    wings = _WINGS.get("park" if grid.use == "park" else building.kind)
    if wings is None or count > len(wings):
        return f"{count}号楼"
    return wings[count - 1]


def _roads(
    layout: Layout, grid: GridDraft, block: int
) -> tuple[list[int], np.ndarray[tuple[int, int], np.dtype[np.float64]]]:
    """Roads of a block's edges and the middles of those edges; where none has an address, all of the district's."""
    found = []
    for ring in (grid.blocks[block], grid.ring, *grid.blocks):
        for a, b in edges(ring):
            number = layout.mesh.road(a, b)
            if number is not None and layout.roads[number].category not in _NO_ADDRESS:
                found.append((number, (to_metres([a])[0] + to_metres([b])[0]) / 2))
        if found:
            break
    return [number for number, _ in found], np.array([middle for _, middle in found])
