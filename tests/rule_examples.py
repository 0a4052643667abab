"""What is the smallest plan that breaks each rule? Drawn by hand, in metres from a corner.

One community of four grids, `01` south-west, `02` south-east, `03` north-west, `04` north-east, all sound; each example
changes what its rule is about.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import shapely

from geo import lattice
from geo.measure import metres_per_degree
from geo.model import Building, Facility, Grid, GridKind, Ground, Line, Plan, Region, Rule
from geo.ruleset import parse
from geo.terms import Staff, Terms

Metres = tuple[float, float]
STREET, CODE = "510108001000", "510108001001"
LON, LAT = 104.1, 30.7
SCALE = metres_per_degree(LAT)
NODES: Mapping[str, Metres] = {
    "a": (0, 0), "b": (212, -10), "c": (424, 4),
    "d": (-8, 196), "e": (206, 208), "f": (430, 200),
    "g": (3, 402), "h": (216, 394), "i": (420, 406),
}  # fmt: skip
RINGS: Mapping[str, str] = {"01": "abed", "02": "bcfe", "03": "dehg", "04": "efih"}
OUTLINE = "abcfihgd"


@dataclass(frozen=True)
class Example:
    """A plan, and by what it is judged beside itself."""

    plan: Plan
    terms: Terms = field(default_factory=Terms)


def placed(xy: Iterable[Metres]) -> list[Metres]:
    return [(LON + x / SCALE[0], LAT + y / SCALE[1]) for x, y in xy]


def ground(*rings: Sequence[Metres]) -> Ground:
    """A polygon of metres on the lattice: an outline, then its holes."""
    shape = lattice.rounded(shapely.Polygon(placed(rings[0]), [placed(ring) for ring in rings[1:]]))
    assert isinstance(shape, shapely.Polygon)
    return shape


def point(x: float, y: float) -> shapely.Point:
    found = lattice.rounded(shapely.Point(placed([(x, y)])[0]))
    assert isinstance(found, shapely.Point)
    return found


def box(x: float, y: float, width: float, height: float) -> Ground:
    return ground([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])


def ring(names: str, **instead: Sequence[Metres]) -> list[Metres]:
    """The nodes of these names; `instead` puts others in the place of one."""
    return [node for name in names for node in instead.get(name, [NODES[name]])]


def grid(number: str, shape: Ground, kind: GridKind = GridKind.RESIDENTIAL, code: str = CODE) -> Grid:
    return Grid(code=f"{code}{number}", name=f"网格{number}", region=CODE, kind=kind, shape=shape)


def house(number: str, x: float, y: float, households: int | None = 360, **more: object) -> Building:
    shape = box(x, y, 60, 24)
    return replace(Building(id=f"B{number}", households=households, shape=shape), **more)  # type: ignore[arg-type]


HOUSES = (house("1", 70, 80), house("2", 280, 80), house("3", 70, 290), house("4", 290, 290))


def sound(*changed: Grid, outline: Ground | None = None, buildings: Sequence[Building] = HOUSES) -> Plan:
    """The sound plan with some grids in place of, or besides, its own."""
    grids = {number: grid(number, ground(ring(names))) for number, names in RINGS.items()}
    grids |= {one.code.removeprefix(CODE): one for one in changed}
    shape = ground(ring(OUTLINE)) if outline is None else outline
    region = Region(code=CODE, name="柳堰社区", level="community", parent=STREET, shape=shape)
    above = Region(code=STREET, name="虚构街道", level="street")
    return Plan(regions=(above, region), grids=tuple(grids[n] for n in sorted(grids)), buildings=tuple(buildings))


def street(outline: Ground) -> Plan:
    """The sound plan with an outline that came with the street."""
    plan = sound()
    return replace(plan, regions=(replace(plan.regions[0], shape=outline), plan.regions[1]))


def middle(*nodes: Metres) -> Plan:
    """The border of 01 and 02, and that alone, is led over other nodes from south to north."""
    return sound(
        grid("01", ground(ring("abed", b=[NODES["b"], *nodes]))),
        grid("02", ground(ring("bcfe", e=[NODES["e"], *reversed(nodes)]))),
    )


def edge(*nodes: Metres) -> Plan:
    """The southern border of 02 is led over other nodes from west to east, the community's too."""
    return sound(
        grid("02", ground(ring("bcfe", b=[NODES["b"], *nodes]))),
        outline=ground(ring(OUTLINE, b=[NODES["b"], *nodes])),
    )


def _hole() -> Plan:
    park = [(80, 70), (140, 76), (132, 134), (74, 122)]
    with_hole = grid("01", ground(ring("abed"), park))
    houses = (house("1", 70, 20), *HOUSES[1:])
    return sound(with_hole, grid("05", ground(park), GridKind.SPECIAL), buildings=houses)


def _multipart() -> Plan:
    """01 has the far corner of 04 as well."""
    east, north, inner = (423.5, 333.9), (360, 400.1), (358, 330)
    piece = ground([inner, east, NODES["i"], north])
    return sound(
        grid("01", shapely.MultiPolygon([ground(ring("abed")), piece])),
        grid("04", ground([*ring("ef"), east, inner, north, *ring("h")])),
        outline=ground(ring(OUTLINE, i=[east, NODES["i"], north])),
    )


def _vertices() -> Plan:
    """A border traced so finely that it has more than 5,000 nodes."""
    y = np.linspace(-9, 207, 5_200)
    x = 212 - 6 * (y + 10) / 218 + 9 * np.sin(y / 12) + 2 * np.sin(y * 1.9)
    return middle(*zip(x.tolist(), y.tolist(), strict=True))


def _neck() -> Plan:
    """03 reaches down through 01 and leaves it 4 m."""
    tongue = [(84, 201), (104, -0.9), (124, -1.8), (150, 205)]
    return sound(
        grid("01", ground([*ring("abe"), *reversed(tongue), *ring("d")])),
        grid("03", ground([*ring("d"), *tongue, *ring("ehg")])),
        buildings=(house("1", 12, 90), *HOUSES[1:]),
    )


def _compactness() -> Plan:
    """The border of 01 and 02 winds to and fro."""
    winding = [(x, y) for y in (12, 74, 138) for x, y in ((24, y), (24, y + 28), (400, y + 32), (400, y + 58))]
    return replace(middle((212, 10), *winding[:-2], (206, 172)), buildings=())


def _gap() -> Plan:
    """01 lacks its corner at the middle; the ends of the cut stand in 02 and 03 too."""
    east, north = (207.8, 142.6), (139.7, 204.3)
    return sound(
        grid("01", ground(ring("abed", e=[east, north]))),
        grid("02", ground(ring("bcfe", e=[NODES["e"], east]))),
        grid("03", ground(ring("dehg", d=[NODES["d"], north]))),
    )


def _sliver() -> Plan:
    """The border of 01 and 02 was traced twice, 0.4 m apart."""
    return sound(
        grid("01", ground(ring("abed", b=[NODES["b"], (208.6, 60), (207.6, 140)]))),
        grid("02", ground(ring("bcfe", e=[NODES["e"], (208, 140), (209, 60)]))),
    )


def _lines(plan: Plan, *lines: Sequence[Metres]) -> Plan:
    shapes = [shapely.LineString(placed(line)) for line in lines]
    return replace(plan, lines=tuple(Line(id=f"L{n}", category="primary", shape=s) for n, s in enumerate(shapes)))


def _codes(*pairs: tuple[str, str]) -> Plan:
    """The sound plan under the scheme of 14 digits, some grids with other codes."""
    plan = sound()
    named = {f"{CODE}{number}": code for number, code in pairs}
    regions = (replace(plan.regions[0], scheme="14"), plan.regions[1])
    grids = tuple(replace(one, code=named.get(one.code, one.code)) for one in plan.grids)
    return replace(plan, regions=regions, grids=grids)


def _full() -> Terms:
    return Terms(taken=frozenset(f"{CODE}{n:02}" for n in range(5, 100)))


def _wants(category: str) -> Terms:
    return Terms(ruleset=parse({"facilities": {"residential": [category]}}))


def _facilities(*places: Metres) -> Plan:
    shown = [Facility(id=f"F{n}", category="police", shape=point(*place)) for n, place in enumerate(places, start=1)]
    return replace(sound(), facilities=tuple(shown))


EXAMPLES: Mapping[Rule, Callable[[], Example]] = {
    Rule.RING_INVALID: lambda: Example(sound(grid("01", ground(ring("aebd"))), buildings=HOUSES[1:])),
    Rule.SPIKE: lambda: Example(edge((300, -4), (301, -80), (300.7, -4))),
    Rule.VERTICES_MANY: lambda: Example(_vertices()),
    Rule.HOLE: lambda: Example(_hole()),
    Rule.MULTIPART: lambda: Example(_multipart()),
    Rule.OUTSIDE_PARENT: lambda: Example(street(ground(ring(OUTLINE, c=[NODES["c"], (385, 60), (382, 150)])))),
    Rule.GAP: lambda: Example(_gap()),
    Rule.OVERLAP: lambda: Example(sound(grid("02", ground(ring("bcfe", e=[NODES["e"], (168, 150), (170, 60)]))))),
    Rule.DUPLICATE: lambda: Example(sound(grid("05", ground(ring("efih"))))),
    Rule.SPILL: lambda: Example(sound(grid("02", ground(ring("bcfe", c=[NODES["c"], (470, 60), (472, 140)]))))),
    Rule.NODE_UNMATCHED: lambda: Example(sound(grid("01", ground(ring("abed", b=[NODES["b"], (209, 99)]))))),
    Rule.SLIVER: lambda: Example(_sliver()),
    Rule.UNASSIGNED: lambda: Example(street(ground(ring(OUTLINE, c=[NODES["c"], (470, 30), (472, 170)])))),
    Rule.BUILDING_UNASSIGNED: lambda: Example(sound(buildings=(*HOUSES, house("5", 440, 60, 24)))),
    Rule.BUILDING_AMBIGUOUS: lambda: Example(
        sound(
            grid("02", ground(ring("bcfe", e=[NODES["e"], (120, 150), (122, 60)]))),
            buildings=(*HOUSES[1:], house("5", 132, 90, 24)),
        )
    ),
    Rule.BUILDING_SPLIT: lambda: Example(sound(buildings=(*HOUSES, house("5", 190, 140, 24)))),
    Rule.BUILDING_REPEATED: lambda: Example(
        sound(buildings=(*HOUSES, house("5", 80, 30, 24), house("5", 90, 140, 30)))
    ),
    Rule.BUILDING_STACKED: lambda: Example(
        sound(buildings=(*HOUSES, replace(house("5", 84, 84, 60), shape=box(84, 84, 20, 34))))
    ),
    Rule.FACILITY_UNASSIGNED: lambda: Example(_facilities((100, 50), (470, 210))),
    Rule.FACILITY_MISSING: lambda: Example(_facilities((100, 50), (300, 50), (120, 250)), _wants("police")),
    Rule.HOUSEHOLDS_LOW: lambda: Example(sound(buildings=(house("1", 70, 80, 120), *HOUSES[1:]))),
    Rule.HOUSEHOLDS_HIGH: lambda: Example(sound(buildings=(*HOUSES, house("5", 70, 40, 340)))),
    Rule.HOUSEHOLDS_GROWN: lambda: Example(
        sound(buildings=(*HOUSES, house("5", 70, 40, 340))), Terms(before={f"{CODE}0{n}": 360 for n in range(1, 5)})
    ),
    Rule.TOWER_OVER: lambda: Example(sound(buildings=(house("1", 70, 80, 640, levels=42), *HOUSES[1:]))),
    Rule.STAFFING: lambda: Example(
        sound(), Terms(staff={f"{CODE}0{n}": Staff(1, 2 if n < 4 else 0) for n in range(1, 5)}, staffed={CODE})
    ),
    Rule.NEEDLE: lambda: Example(middle((211, 40), (330, 41), (330, 45.5), (210.8, 46))),
    Rule.NECK: lambda: Example(_neck()),
    Rule.COMPACTNESS_LOW: lambda: Example(_compactness()),
    Rule.EDGE_FREE: lambda: Example(_lines(sound(), [(110, -30), (104, 420)], [(330, -30), (322, 430)])),
    Rule.CODE_FORMAT: lambda: Example(_codes(("04", f"{CODE}4A"))),
    Rule.CODE_PREFIX: lambda: Example(_codes(("04", "51010800200204"))),
    Rule.CODE_DUPLICATE: lambda: Example(_codes(("04", f"{CODE}03"))),
    Rule.CODE_FULL: lambda: Example(_codes(), _full()),
    Rule.CODE_ORDER: lambda: Example(
        _codes(("01", f"{CODE}04"), ("04", f"{CODE}01")), Terms(fresh=frozenset(f"{CODE}0{n}" for n in range(1, 5)))
    ),
}
"""By rule; a point that is repeated is told where files are read, not of a plan."""
