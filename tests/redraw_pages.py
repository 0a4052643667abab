"""How does a planner's day look? `python tests/redraw_pages.py` walks it and makes the pictures of docs/redraw.md anew.

With them the answers that the page shows (`tests/redraw_blocks.py`).
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import redraw_day
import shapely
from conftest import fresh, migrated
from redraw_blocks import written
from redraw_day import Day
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.measure import metres_per_degree
from geo.picture import Change, Fault, Outline, Patch, Scene, Stroke, Tone, svg
from sample_data.make import district, text

PAGE = Path(__file__).parents[1] / "docs" / "redraw.md"
PICTURES = PAGE.parent / "redraw"
WIDTH, HEIGHT = 1000, 560
TONES = {"good": Tone.GOOD, "low": Tone.LOW, "high": Tone.HIGH}
KINDS = {"special": Tone.SPECIAL, "rural": Tone.RURAL}
WORDS = {
    "good": "300–500 户 households",
    "low": "不足 300 户 fewer",
    "high": "超过 500 户 more",
    "special": "专属网格 special",
    "water": "水面 water",
    "houses": "建筑 buildings",
    "divided": "社区 communities",
}
RIM_M = 40.0
ASPECT = (WIDTH - 300) / (HEIGHT - 102)
"""Of the ground that a picture has room for."""
NOTHING = shapely.Polygon()
THIN = 1e-6
WALL = 1.5e-5
"""Degrees by which red is drawn inside a house, so that a line along its wall is seen."""
THINGS = ("building", "line", "water")
TOWER = "B004973"


def pictures(day: Day) -> dict[str, str]:
    """The pictures of the page by their names, as SVG."""
    return {name: svg(scene, WIDTH, HEIGHT) for name, scene in _Drawing(day).scenes()}


@dataclass(frozen=True)
class _Drawing:
    """What was there, and what was drawn, as pictures."""

    day: Day

    def scenes(self) -> Iterator[tuple[str, Scene]]:
        """Each with its name."""
        desk, sites = self.day.desk, self.day.sites
        yield "before", self._scene("早上 In the morning", "before", self._all("before"))
        yield "refused", self._refused()
        both = shapely.union_all([self._ground("before", sites.host), self._ground("merge", sites.small)])
        yield "tower", self._scene("高层单独成格,两小格合一 The tower alone, two small ones joined", "merge", both)
        river = self._lost(sites.bank, "merge", "river")
        yield (
            "river",
            self._scene(
                "边界回到河中 The border in the river",
                "river",
                river,
                [(Change.NEW, river), (Change.CHANGED, shape(desk["river"]["edits"][0]["line"]))],
                words={"new": "换了归属 changes hands", "changed": "手画的线 drawn by hand"},
            ),
        )
        yard = self._lost(sites.neighbour, "river", "courtyard")
        words = {"new": "院落 the courtyard"}
        yield (
            "courtyard",
            self._scene("院落归还 A courtyard given", "courtyard", yard, [(Change.NEW, yard)], words=words),
        )
        changed = [(Change.NEW, one) for one in self._handed_over() if not one.is_empty]
        words = {"new": "换了归属 changes hands"}
        yield "after", self._scene("周一起 From Monday", "rebased", self._all("before"), changed, words=words)

    def _refused(self) -> Scene:
        """The drawn line, the houses that it would cut, and the way round them."""
        places = [(one["properties"], shape(one["geometry"])) for one in self.day.told["cuts"]["features"]["features"]]
        houses = [(told, ground) for told, ground in places if told["role"] == "building"]
        (way,) = [ground for told, ground in places if told["role"] == "detour"]
        drawn = shape(self.day.desk["split"]["edits"][0]["line"])
        return self._scene(
            "直线穿过两栋楼 A straight line through two houses",
            "before",
            shapely.union_all([self._house(TOWER), *(ground for _, ground in houses)]),
            [(Change.REMOVED, drawn), (Change.CHANGED, way)],
            [_cut(one, ground, number) for number, (one, ground) in enumerate(houses, start=1)],
            words={"removed": "所画 drawn", "changed": "绕行 the way round", "faults": "会被切开 would be cut"},
        )

    def _scene(
        self,
        title: str,
        name: str,
        about: BaseGeometry,
        changes: Sequence[tuple[Change, BaseGeometry]] = (),
        faults: Sequence[Fault] = (),
        words: Mapping[str, str] = MappingProxyType({}),
    ) -> Scene:
        """The ground after an act, as far as the box round what it is about."""
        box = _box(about)
        ground = [(one["properties"], shape(one["geometry"])) for one in self.day.ground[name]["features"]]
        near = [(told, one) for told, one in ground if one.intersects(box)]
        borders = [one.boundary & box for told, one in near if told["layer"] == "region"]
        return Scene(
            title=title,
            grids=[Patch(one & box, _tone(told), _labels(told)) for told, one in near if told["layer"] == "grid"],
            outlines=[Outline(one) for one in borders if not one.is_empty],
            changes=[(kind, one & box) for kind, one in changes],
            faults=faults,
            words={**WORDS, **words},
            **self._around(box),
        )

    def _ground(self, name: str, code: str) -> BaseGeometry:
        features = self.day.ground[name]["features"]
        return next((shape(one["geometry"]) for one in features if one["properties"]["code"] == code), NOTHING)

    def _codes(self, name: str) -> list[str]:
        features = self.day.ground[name]["features"]
        return [one["properties"]["code"] for one in features if one["properties"]["layer"] == "grid"]

    def _all(self, name: str) -> BaseGeometry:
        return shapely.union_all([self._ground(name, code) for code in self._codes(name)])

    def _handed_over(self) -> list[BaseGeometry]:
        """What the grids of the morning have no more, and where codes are new."""
        return [self._lost(code, "before", "rebased") for code in self._codes("before")]

    def _lost(self, code: str, before: str, after: str) -> BaseGeometry:
        """The ground that a grid had before and has no more; what is as thin as a lattice step is none."""
        lost = shapely.difference(self._ground(before, code), self._ground(after, code))
        parts = [part for part in shapely.get_parts(lost) if not shapely.buffer(part, -THIN).is_empty]
        return shapely.union_all(parts)

    def _house(self, number: str) -> BaseGeometry:
        return next(one.shape for one in self.day.sites.board.surroundings.buildings if one.id == number)

    def _around(self, box: BaseGeometry) -> dict[str, Any]:
        """What stands in a box."""
        found: dict[str, list[Any]] = {"buildings": [], "water": [], "lines": []}
        for number in sorted(self._tree.query(box, "intersects").tolist()):
            told, ground = self._things[number]
            seen = shapely.intersection(ground, box)
            if told["layer"] == "line":
                found["lines"].append(Stroke(seen, told["class"]))
            else:
                found["buildings" if told["layer"] == "building" else "water"].append(seen)
        return found

    @cached_property
    def _things(self) -> list[tuple[Mapping[str, Any], BaseGeometry]]:
        features = [one for one in self.day.district["features"] if one["properties"]["layer"] in THINGS]
        return [(one["properties"], shape(one["geometry"])) for one in features]

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree([ground for _, ground in self._things])


def _cut(told: Mapping[str, Any], ground: BaseGeometry, number: int) -> Fault:
    return Fault(shapely.buffer(ground, -WALL, join_style="mitre"), number, f"{told['name']} {told['households']} 户")


def _box(about: BaseGeometry) -> BaseGeometry:
    """The box round some ground, as wide as the frame of a picture."""
    west, south, east, north = about.bounds
    per_lon, per_lat = metres_per_degree((south + north) / 2)
    wide, high = (east - west) * per_lon + 2 * RIM_M, (north - south) * per_lat + 2 * RIM_M
    wide, high = max(wide, high * ASPECT), max(high, wide / ASPECT)
    x, y, half_x, half_y = (west + east) / 2, (south + north) / 2, wide / per_lon / 2, high / per_lat / 2
    return shapely.box(x - half_x, y - half_y, x + half_x, y + half_y)


def _tone(told: Mapping[str, Any]) -> Tone:
    return KINDS.get(told["kind"]) or TONES.get(told["verdict"], Tone.NONE)


def _labels(told: Mapping[str, Any]) -> tuple[str, ...]:
    return (told["code"][6:], f"{told['households']}")


def main() -> None:
    """Walk the day; write pictures and figures."""
    plan = text(district())
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        cluster = stack.enter_context(migrated(Path(folder) / "store"))
        day = stack.enter_context(redraw_day.day(stack.enter_context(fresh(cluster)), plan))
        day.run()
        PICTURES.mkdir(exist_ok=True)
        for name, drawn in pictures(day).items():
            (PICTURES / f"{name}.svg").write_text(drawn, "utf-8")
        PAGE.write_text(written(PAGE.read_text("utf-8"), day), "utf-8")


if __name__ == "__main__":
    main()
