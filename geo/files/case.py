"""What does a case folder hold: a community's ground, its buildings, its lines and, where there is a file, its water?

`community.geojson`, `buildings.geojson`, `roads.geojson`, optionally `water.geojson`: GeoJSON, lon/lat WGS-84 where
they state no other datum. A row that cannot be taken is told and left out; without the community's ground there is no
case. Each row of buildings is a building of its own, whatever its id.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.datum import WGS84
from geo.draw.task import Task
from geo.files.columns import COLUMNS
from geo.files.reading import read
from geo.files.refusals import DatumMissing, FileUnreadable, RowProblem
from geo.files.rows import Reading, Row
from geo.files.things import things
from geo.lattice import STEPS_PER_DEGREE, rounded
from geo.model import Building, Grid, Ground, Layer, Line, Plan, Region, Thing, Water
from geo.rings import fault_place, is_sound

COMMUNITY, BUILDINGS, ROADS, WATER = "community.geojson", "buildings.geojson", "roads.geojson", "water.geojson"
OTHER_NAMES = ("id", "name")
"""What a community is known by that states no code."""
LEVEL = "community"
STATED = re.compile(rb'"(?:crs|datum)"\s*:')
Named = TypeVar("Named", Building, Line, Water)
Shaped = TypeVar("Shaped", Building, Line, Water, Grid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One community as a plan without grids, on the lattice.

    `given` is the community's ground with all the digits that it has in its file. `problems` are rows that were
    refused, `outside` counts buildings that stand elsewhere and are no part of the plan.
    """

    plan: Plan
    given: Ground
    problems: Sequence[RowProblem] = ()
    outside: int = 0

    @property
    def task(self) -> Task:
        """All of its ground to be drawn, as grids usually are."""
        shape = self.plan.regions[0].shape
        assert shape is not None  # without it there is no case
        return Task(boundary=shape, buildings=self.plan.buildings, lines=self.plan.lines, water=self.plan.water)


def is_case(folder: Path) -> bool:
    """Whether a path is a folder with a community in it."""
    return (folder / COMMUNITY).is_file()


def read_case(folder: Path) -> Case:
    """The case of a folder. Raises FileUnreadable for files that are missing or unreadable, and for a community that
    has no ground (`case-no-ground`: name) or whose rings cross (`case-crosses`: name, lon, lat, reason)."""
    region, given = _community(folder / COMMUNITY)
    assert region.shape is not None
    problems = list[RowProblem]()
    buildings = _unique(_rounded(_reading(folder / BUILDINGS, Layer.BUILDING), Building, problems))
    own = _standing(buildings, region.shape)
    lines = _unique(_rounded(_reading(folder / ROADS, Layer.LINE), Line, problems))
    wet = [folder / WATER] if (folder / WATER).exists() else []
    water = _unique([one for file in wet for one in _rounded(_reading(file, Layer.WATER), Water, problems)])
    plan = Plan(regions=(region,), buildings=tuple(own), lines=tuple(lines), water=tuple(water))
    return Case(plan=plan, given=given, problems=problems, outside=len(buildings) - len(own))


def read_grids(path: Path, region: str) -> tuple[list[Grid], list[RowProblem]]:
    """Grids of a case as they were drawn before, and rows that were refused; those that name no region are of this
    one. Raises FileUnreadable."""
    problems = list[RowProblem]()
    reading = _reading(path, Layer.GRID)
    rows = [replace(row, properties={"region": region, **row.properties}) for row in reading.rows]
    return _rounded(replace(reading, rows=rows), Grid, problems), problems


def _community(path: Path) -> tuple[Region, Ground]:
    """The community with the ground of all its rows together, and that ground as it was given."""
    problems = list[RowProblem]()
    rows = [one for _, one in _things(_reading(path, Layer.REGION), problems) if isinstance(one, Region)]
    if problems:  # of a boundary nothing is left out
        raise FileUnreadable(problems[0].id, **problems[0].values)
    shapes = [one.shape for one in rows if one.shape is not None]
    if not shapes:
        raise FileUnreadable("case-no-ground", name=path.name)
    for shape in shapes:
        _refuse_crossing(shape, path.name)
    given = shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)
    ground = _on_lattice(given)
    if not isinstance(given, Ground) or not isinstance(ground, Ground) or ground.is_empty:
        raise FileUnreadable("case-no-ground", name=path.name)
    _refuse_crossing(ground, path.name)
    return replace(rows[0], level=rows[0].level or LEVEL, shape=ground), given


def _refuse_crossing(shape: Ground, name: str) -> None:
    if not shape.is_valid:
        place, reason = fault_place(shape)
        raise FileUnreadable("case-crosses", name=name, lon=round(place.x, 7), lat=round(place.y, 7), reason=reason)


def _on_lattice(ground: BaseGeometry) -> BaseGeometry:
    """The ground on the lattice; where rounding alone would make rings cross, without what is thinner than a step."""
    try:
        plain = rounded(ground)
    except shapely.errors.GEOSException:  # nothing of a ring is left
        return shapely.Polygon()
    if plain.is_empty or is_sound(plain):
        return plain
    return rounded(shapely.set_precision(ground, 1 / STEPS_PER_DEGREE))


def _rounded(reading: Reading, kind: type[Shaped], problems: list[RowProblem]) -> list[Shaped]:
    """The rows that are things of a kind, on the lattice."""
    found = list[Shaped]()
    for number, thing in _things(reading, problems):
        if isinstance(thing, kind):
            try:
                found.append(replace(thing, shape=rounded(thing.shape)))
            except shapely.errors.GEOSException:  # nothing of it is left on the lattice
                values = {"kind": thing.shape.geom_type}
                problems.append(RowProblem(id="geometry-empty", number=number, values=values))
    return found


def _things(reading: Reading, problems: list[RowProblem]) -> Iterator[tuple[int, Thing]]:
    """Each row that can be taken, with its number."""
    for row, thing in zip(reading.rows, things(reading), strict=True):
        if isinstance(thing, RowProblem):
            problems.append(thing)
        else:
            yield row.number, thing


def _reading(path: Path, layer: Layer) -> Reading:
    """The rows of a file, each with a code or id: its own, another name of it, or its number."""
    try:
        reading = read(path, layer=layer, datum=None if _states_datum(path) else WGS84)
    except DatumMissing:
        reading = read(path, layer=layer, datum=WGS84)
    key = COLUMNS[layer][0].name
    column = reading.mapping.get(key, key)
    return replace(reading, rows=[_named(row, column, layer) for row in reading.rows], columns=())


def _states_datum(path: Path) -> bool:
    """Whether it is worth asking a file for its datum: that costs another reading of one that has none."""
    return path.is_file() and STATED.search(path.read_bytes()) is not None


def _named(row: Row, column: str, layer: Layer) -> Row:
    if row.problem is not None or row.properties.get(column) not in (None, ""):
        return row
    other = [*(row.properties.get(name) for name in OTHER_NAMES), LEVEL] if layer is Layer.REGION else []
    said = next((value for value in other if value not in (None, "")), str(row.number))
    return replace(row, properties={**row.properties, column: said})


def _unique(given: Sequence[Named]) -> list[Named]:
    """The things, the second of an id under another one."""
    seen = Counter[str]()
    found = list[Named]()
    for one in given:
        seen[one.id] += 1
        found.append(one if seen[one.id] == 1 else replace(one, id=f"{one.id}/{seen[one.id]}"))
    return found


def _standing(buildings: Sequence[Building], ground: Ground) -> list[Building]:
    """The buildings of which a point in the middle stands on the ground."""
    shapely.prepare(ground)
    places = shapely.point_on_surface(np.array([one.shape for one in buildings], dtype=object))
    return [one for one, inside in zip(buildings, shapely.intersects(ground, places), strict=True) if inside]
