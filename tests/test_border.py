"""Do two regions keep apart? Against what is known from the drawing, and against the exact relate of GEOS."""

import numpy as np
import shapely
from faults_drawn import nudged, with_middle_node
from hypothesis import assume
from hypothesis import strategies as st
from plans_drawn import PAIRS_COUNT, SMALL, STREET, TINY, TOWN, Net, hold, nets

from geo import border, lattice
from geo.model import Ground, Region, Rule
from geo.rings import is_sound


def shape_of(*points: tuple[int, int], holes: tuple[tuple[tuple[int, int], ...], ...] = ()) -> shapely.Polygon:
    """A polygon from whole units of a hundred steps round Chengdu."""
    rings = [
        lattice.to_degrees(np.array([*ring, ring[0]]) * 100 + np.array([1_041_000_000, 307_000_000]))
        for ring in (points, *holes)
    ]
    return shapely.Polygon(rings[0], rings[1:])


def rect(west: int, south: int, east: int, north: int, *more: tuple[int, int]) -> shapely.Polygon:
    return shape_of((west, south), (east, south), (east, north), (west, north), *more)


def known_apart(one: Ground, other: Ground, origin: tuple[int, int]) -> bool:
    """The promise put another way: no common ground, and every node on the other's border is a node there."""
    a, b = (shapely.transform(s, lambda xy: np.rint(xy * 1e7) - np.array(origin)) for s in (one, other))
    if shapely.relate_pattern(a, b, "T********"):
        return False
    for shape, beside in ((a, b), (b, a)):
        nodes = {tuple(xy) for xy in shapely.get_coordinates(beside).tolist()}
        on = [tuple(xy) for xy in shapely.get_coordinates(shape).tolist()]
        touching = shapely.intersects(shapely.boundary(beside), shapely.points(on))
        if not {xy for xy, touches in zip(on, touching, strict=True) if touches} <= nodes:
            return False
    return True


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Net, Ground, Ground, bool]:
    """Two regions of one net, and whether no cell lies in both: side by side, nested, in holes, touching, identical."""
    net = draw(nets())
    belongs = draw(st.lists(st.sampled_from((1, 2, 0, 1, 2, 3)), min_size=len(net.cells), max_size=len(net.cells)))
    one = [n for n, value in enumerate(belongs) if value in (1, 3)]
    other = [n for n, value in enumerate(belongs) if value in (2, 3)]
    assume(one and other)
    grounds = net.ground(one), net.ground(other)
    assume(all(shape.is_valid for shape in grounds))
    return net, *grounds, not set(one) & set(other)


@st.composite
def disturbed(draw: st.DrawFn) -> tuple[Net, Ground, Ground]:
    """Such a pair with a node of one moved, dropped or added."""
    net, one, other, _ = draw(pairs())
    chance, kind = (
        np.random.default_rng(draw(st.integers(0, 2**32 - 1))),
        draw(st.sampled_from(("move", "add", "drop"))),
    )
    if kind == "move":
        one, _ = nudged(one, int(chance.integers(1 << 30)), (int(chance.integers(-2, 3)), int(chance.integers(-2, 3))))
    elif kind == "add":
        one, _ = with_middle_node(one, chance)
    else:
        part = shapely.get_parts(one)[0]
        ring = [*part.exterior.coords[:-1]]
        assume(len(ring) > 3)
        ring.pop(int(chance.integers(len(ring))))
        one = shapely.Polygon(ring, part.interiors)
    assume(is_sound(one))
    return net, one, other


@st.composite
def strangers(draw: st.DrawFn) -> tuple[Net, Ground, Ground]:
    """Regions of two nets that know nothing of each other."""
    unit = draw(st.sampled_from((TINY, SMALL, STREET, TOWN)))
    one, net = draw(nets((unit,), cells=8)), draw(nets((unit,), cells=8))
    one = Net(net.origin, unit, one.cells)
    some = st.sets(st.integers(0, min(len(one.cells), len(net.cells)) - 1), min_size=1)
    grounds = one.ground(sorted(draw(some))), net.ground(sorted(draw(some)))
    assume(all(shape.is_valid for shape in grounds))
    return net, *grounds


def test_regions_of_one_net_are_apart_unless_they_share_a_cell(full: bool) -> None:
    def promise(found: tuple[Net, Ground, Ground, bool]) -> None:
        _, one, other, apart = found
        assert border.are_apart(one, other) is apart
        assert border.are_apart(other, one) is apart

    hold(pairs(), promise, full, small=40, large=PAIRS_COUNT)


def test_moved_lonely_and_lost_nodes_are_seen_as_they_are(full: bool) -> None:
    def promise(found: tuple[Net, Ground, Ground]) -> None:
        net, one, other = found
        expected = known_apart(one, other, net.origin)
        assert border.are_apart(one, other) is expected
        assert border.are_apart(other, one) is expected

    hold(disturbed(), promise, full, small=40, large=PAIRS_COUNT)


def test_regions_that_know_nothing_of_each_other(full: bool) -> None:
    def promise(found: tuple[Net, Ground, Ground]) -> None:
        net, one, other = found
        assert border.are_apart(one, other) is known_apart(one, other, net.origin)

    hold(strangers(), promise, full, small=40, large=PAIRS_COUNT)


def test_findings_are_empty_exactly_when_all_are_apart(full: bool) -> None:
    def promise(found: tuple[Net, Ground, Ground]) -> None:
        _, one, other = found
        told = [*border.findings([Region(code="A", shape=one), Region(code="B", shape=other)])]
        assert bool(told) is not border.are_apart(one, other)
        assert all(set(finding.codes) <= {"A", "B"} for finding in told)

    hold(st.one_of(disturbed(), strangers()), promise, full, small=40, large=PAIRS_COUNT)


WHOLE = rect(0, 0, 900, 900)
CASES = {
    "side by side": (rect(0, 0, 300, 300), rect(300, 0, 600, 300), True),
    "far apart": (rect(0, 0, 300, 300), rect(400, 400, 600, 600), True),
    "touching at a node": (rect(0, 0, 300, 300), rect(300, 300, 600, 600), True),
    "touching in the middle of an edge": (rect(0, 0, 300, 300), shape_of((300, 100), (600, 0), (600, 200)), False),
    "a node of one on the edge of the other": (rect(0, 0, 300, 300), rect(300, 0, 600, 200), False),
    "overlapping": (rect(0, 0, 300, 300), rect(200, 100, 600, 400), False),
    "identical": (WHOLE, WHOLE, False),
    "identical, the other way round": (WHOLE, shapely.reverse(WHOLE), False),
    "one inside the other": (WHOLE, rect(300, 300, 600, 600), False),
    "one inside the other, a corner in common": (WHOLE, rect(0, 0, 600, 600), False),
    "one inside the other, a corner in common alone": (WHOLE, shape_of((0, 0), (600, 300), (300, 600)), False),
    "a chord through two common nodes": (WHOLE, shape_of((0, 0), (900, 900), (1500, 0)), False),
    "a chord within, from node to node": (WHOLE, shape_of((0, 0), (900, 900), (300, 600)), False),
    "behind two common nodes": (
        shape_of((0, 0), (900, 0), (500, 300), (900, 900), (0, 900)),
        shape_of((900, 0), (900, 900), (500, 300)),
        True,
    ),
    "between two common nodes, another way": (
        shape_of((0, 0), (900, 0), (500, 300), (900, 900), (0, 900)),
        shape_of((900, 0), (900, 900), (600, 300)),
        True,
    ),
    "hole filled": (
        shape_of(*((0, 0), (900, 0), (900, 900), (0, 900)), holes=(((300, 300), (600, 300), (600, 600), (300, 600)),)),
        rect(300, 300, 600, 600),
        True,
    ),
    "in the hole, apart": (
        shape_of(*((0, 0), (900, 0), (900, 900), (0, 900)), holes=(((300, 300), (600, 300), (600, 600), (300, 600)),)),
        rect(400, 400, 500, 500),
        True,
    ),
    "over the hole": (
        shape_of(*((0, 0), (900, 0), (900, 900), (0, 900)), holes=(((300, 300), (600, 300), (600, 600), (300, 600)),)),
        rect(200, 200, 700, 700),
        False,
    ),
    "hole and more filled": (
        shape_of(*((0, 0), (900, 0), (900, 900), (0, 900)), holes=(((300, 300), (600, 300), (600, 600), (300, 600)),)),
        shape_of((300, 300), (600, 300), (600, 600), (450, 700), (300, 600)),
        False,
    ),
    "same shell, hole filled with more than the hole": (
        shape_of(*((0, 0), (900, 0), (900, 900), (0, 900)), holes=(((300, 300), (600, 300), (600, 600), (300, 600)),)),
        WHOLE,
        False,
    ),
    "island of an island's lake": (
        shapely.MultiPolygon([rect(0, 0, 300, 300), rect(600, 600, 900, 900)]),
        shapely.MultiPolygon([rect(300, 300, 600, 600), rect(700, 700, 800, 800)]),
        False,
    ),
    "a part touching its sister at the first node, inside the other": (
        shapely.MultiPolygon([rect(0, 0, 300, 300), rect(300, 300, 600, 600)]),
        shape_of((300, 300), (900, 200), (900, 900), (200, 900)),
        False,
    ),
    "crossing at a common node": (
        shape_of((0, 0), (300, 300), (600, 0), (300, -300)),
        shape_of((300, 300), (400, -100), (200, -100)),
        False,
    ),
    "meeting at one node, edges between edges": (
        shape_of((0, 0), (300, 300), (600, 0), (600, 900), (0, 900)),
        shape_of((300, 300), (400, 0), (200, 0)),
        True,
    ),
}


def test_cases_by_hand() -> None:
    wrong = {
        name
        for name, (one, other, apart) in CASES.items()
        if (border.are_apart(one, other), border.are_apart(other, one)) != (apart, apart)
    }
    assert wrong == set()


def test_overlap_of_two_regions_is_told_with_its_ground() -> None:
    one, other, far = rect(0, 0, 300, 300), rect(200, 100, 600, 400), rect(2000, 0, 2300, 300)
    found = [*border.findings([Region(code=c, shape=s) for c, s in (("A", one), ("B", other), ("C", far))])]
    (overlap,) = [finding for finding in found if finding.rule is Rule.OVERLAP]
    assert overlap.codes == ["A", "B"]
    assert overlap.geometry.equals(rect(200, 100, 300, 300))


def test_the_other_hemispheres_and_wide_regions() -> None:
    """Ten degrees wide, south and west, and astride the origin: whole numbers stay whole."""
    for x, y in ((-75, -60), (-5, -5), (169, 55)):
        halves = [
            shapely.Polygon([(x, y), (x + 10, y), (x + 10, y + 10)]),
            shapely.Polygon([(x, y), (x + 10, y + 10), (x, y + 10)]),
        ]
        one, other = (lattice.rounded(half) for half in halves)
        assert border.are_apart(one, other)
        moved, _ = nudged(other, 1, (1, 0))
        assert not border.are_apart(one, moved) or known_apart(one, moved, (0, 0))
        inside = lattice.rounded(shapely.Polygon([(x + 5, y + 5 - 1e-7), (x + 9, y + 5), (x + 9, y + 6)]))
        assert not border.are_apart(one, inside)


def test_many_regions_with_long_borders_at_once() -> None:
    """A hundred regions, each side of 200 nodes; then a node of one of them moved by a step."""
    chance = np.random.default_rng(3)
    shaken: dict[tuple[int, int], tuple[int, int]] = {}

    def line(a: tuple[int, int], b: tuple[int, int]) -> list[tuple[int, int]]:
        nodes = [(a[0] + k * (b[0] - a[0]) // 200, a[1] + k * (b[1] - a[1]) // 200) for k in range(200)]
        return [shaken.setdefault((x, y), (x + int(chance.integers(3)), y + int(chance.integers(3)))) for x, y in nodes]

    shapes = []
    for west in range(0, 20_000, 2000):
        for south in range(0, 20_000, 2000):
            a, b = (west, south), (west + 2000, south)
            c, d = (west + 2000, south + 2000), (west, south + 2000)
            shapes.append(shape_of(*line(a, b), *line(b, c), *line(c, d), *line(d, a)))
    assert not [*border.findings([Region(code=str(n), shape=shape) for n, shape in enumerate(shapes)])]
    shapes[44], _ = nudged(shapes[44], 5, (0, -1))
    told = [*border.findings([Region(code=str(n), shape=shape) for n, shape in enumerate(shapes)])]
    assert told
    assert all("44" in finding.codes for finding in told)
