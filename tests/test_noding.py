"""Does noding give each edge the nodes it lacks, the same on both sides, and move nothing else?"""

import random
from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from faults_drawn import with_middle_node
from hypothesis import assume
from hypothesis import strategies as st
from plans_drawn import SMALL, STREET, TINY, TOWN, Drawn, hold, nets, plans

from geo import border, coverage, lattice
from geo.model import Ground
from geo.noding import BESIDE, lacks, noded

STEP = 1e-7
Node = tuple[int, int]


def steps(shape: Ground) -> list[list[Node]]:
    """The rings of a shape as whole steps, the closing vertex left out."""
    return [
        [(round(x * 1e7), round(y * 1e7)) for x, y in ring.coords[:-1]]
        for ring in shapely.get_rings(shapely.get_parts(shape))
    ]


def shape_of(*points: Node) -> shapely.Polygon:
    return shapely.Polygon(lattice.to_degrees(np.array([*points, points[0]])))


def edges_of(ring: Sequence[Node]) -> list[tuple[Node, Node]]:
    return [(a, b) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True) if a != b]


def foreign_nodes(shapes: Sequence[Ground]) -> set[tuple[Node, Node, Node]]:
    """Every node within half a step of an edge none of whose rings has it: (node, edge), by whole numbers."""
    rings = [ring for shape in shapes for ring in steps(shape)]
    of_edge: dict[tuple[Node, Node], set[int]] = {}
    of_node: dict[Node, set[int]] = {}
    for number, ring in enumerate(rings):
        for a, b in edges_of(ring):
            of_edge.setdefault((min(a, b), max(a, b)), set()).add(number)
        for node in ring:
            of_node.setdefault(node, set()).add(number)
    found = set()
    for (a, b), own in of_edge.items():
        dx, dy = b[0] - a[0], b[1] - a[1]
        for p, theirs in of_node.items():
            along = dx * (p[0] - a[0]) + dy * (p[1] - a[1])
            across = dx * (p[1] - a[1]) - dy * (p[0] - a[0])
            length2 = dx * dx + dy * dy
            if 0 < along < length2 and 4 * across * across <= length2 and own.isdisjoint(theirs):
                found.add((p, a, b))
    return found


@st.composite
def meshes(draw: st.DrawFn, units: Sequence[int] = (TINY, SMALL, STREET)) -> list[Ground]:
    """Two nets of one place and size over each other, in the sizes where rounding shows and in a real one."""
    unit = draw(st.sampled_from(units))
    one, other = draw(nets((unit,), cells=14)), draw(nets((unit,), cells=14))
    grounds = [one.ground([n]) for n in range(len(one.cells))]
    grounds += [type(one)(one.origin, unit, other.cells).ground([n]) for n in range(len(other.cells))]
    assume(all(shape.is_valid for shape in grounds))
    return grounds


def test_noding_settles_and_is_idempotent(full: bool) -> None:
    def promise(shapes: list[Ground]) -> None:
        after = noded(shapes)
        assert all(a is b for a, b in zip(noded(after), after, strict=True))
        assert [*lacks(after)] == []

    hold(meshes(), promise, full)


def test_afterwards_no_foreign_node_is_within_half_a_step_of_an_edge(full: bool) -> None:
    def promise(shapes: list[Ground]) -> None:
        assert foreign_nodes(noded(shapes)) == set()

    hold(meshes(), promise, full)


def test_no_two_vertices_of_one_ring_are_joined(full: bool) -> None:
    """Each ring keeps its vertices in their order, gains some, and passes no node more often than it did."""

    def promise(shapes: list[Ground]) -> None:
        for before, after in zip(shapes, noded(shapes), strict=True):
            for old, new in zip(steps(before), steps(after), strict=True):
                was, now = Counter(old), Counter(new)
                assert [node for node in new if node in was] == old
                assert all(count <= max(was[node], 1) for node, count in now.items())

    hold(meshes(), promise, full)


@pytest.mark.parametrize(("unit", "most"), [(TINY, 2.01), (STREET, 1.01)])
def test_ground_moves_by_no_more_than_a_step_an_edge(unit: int, most: float, full: bool) -> None:
    """In a second round an edge may be led on; among nodes a step apart that shows."""

    def promise(shapes: list[Ground]) -> None:
        for before, after in zip(shapes, noded(shapes), strict=True):
            nodes = shapely.points(shapely.get_coordinates(after))
            assert shapely.distance(shapely.boundary(before), nodes).max() <= most * STEP

    hold(meshes(units=(unit,)), promise, full)


def test_sound_plans_are_left_alone(full: bool) -> None:
    """At believable sizes a coverage lacks nothing, and what lacks nothing stays the very object."""

    def promise(drawn: Drawn) -> None:
        shapes = [shape for r in drawn.regions for shape in (drawn.division(r).boundary, *drawn.division(r).grounds)]
        if not foreign_nodes(shapes):
            assert all(a is b for a, b in zip(noded(shapes), shapes, strict=True))

    hold(plans(most_regions=3, units=(STREET, TOWN)), promise, full)


def test_a_node_on_one_side_comes_to_the_other(full: bool) -> None:
    """A vertex put into one grid's edge alone: afterwards the plan is exact again, and others keep apart from it."""

    def promise(value: tuple[Drawn, int]) -> None:
        drawn, seed = value
        chance = np.random.default_rng(seed)
        divisions = [drawn.division(region) for region in drawn.regions]
        shapes = [shape for division in divisions for shape in (division.boundary, *division.grounds)]
        assume(not foreign_nodes(shapes))
        number = int(chance.integers(1, len(divisions[0].shapes) + 1))
        changed, node = with_middle_node(shapes[number], chance)
        assume(node is not None)
        after = noded([*shapes[:number], changed, *shapes[number + 1 :]])
        assume(all(shape.is_valid for shape in after))
        start, boundaries = 0, []
        for division in divisions:
            end = start + 1 + len(division.shapes)
            assert coverage.is_exact(after[start], after[start + 1 : end])
            boundaries.append(after[start])
            start = end
        assert all(border.are_apart(a, b) for n, a in enumerate(boundaries) for b in boundaries[n + 1 :])

    hold(st.tuples(plans(most_regions=3, units=(STREET,)), st.integers(0, 2**32 - 1)), promise, full)


def test_one_node_over_a_slanted_edge_between_two_grids() -> None:
    """The neighbours' common edge is led through a third one's node, on both sides alike, and the outline too."""
    south, north = shape_of((0, 0), (1001, 0), (1001, 700)), shape_of((0, 0), (1001, 700), (0, 700))
    third = shape_of((500, 350), (500, 400), (450, 400))
    lack = next(lacks([south, north, third]))
    assert (lack.node_shapes, lack.edge_shapes) == ((2,), (0, 1))
    assert np.array_equal(np.rint(np.array(lack.node) * 1e7), [500, 350])
    after = noded([south, north, third])
    assert after[2] is third
    assert (500, 350) in steps(after[0])[0]
    assert (500, 350) in steps(after[1])[0]
    whole = shape_of((0, 0), (1001, 0), (1001, 700), (0, 700))
    assert coverage.is_exact(whole, after[:2])


def test_two_nodes_across_a_diagonal_edge_come_in_one_order() -> None:
    """The edge touches two lattice squares in their common corner: both sides must still be led the same way."""
    south, north = shape_of((0, 0), (9, 0), (9, 9)), shape_of((0, 0), (9, 9), (0, 9))
    others = [shape_of((4, 5), (4, 8), (2, 8)), shape_of((5, 4), (8, 4), (8, 2))]
    after = noded([south, north, *others])
    assert coverage.is_exact(shape_of((0, 0), (9, 0), (9, 9), (0, 9)), after[:2])


def test_an_edge_that_overlaps_another_in_part_gets_its_nodes() -> None:
    long, short = shape_of((0, 0), (1000, 0), (1000, 500)), shape_of((300, 0), (200, -400), (800, 0))
    after = noded([long, short])
    assert steps(after[0])[0][:4] == [(0, 0), (300, 0), (800, 0), (1000, 0)]
    assert after[1] is short


def test_a_ring_that_has_the_node_already_does_not_get_it_twice() -> None:
    """A needle: its tip lies within half a step of its own long side, and of the neighbour's edge beside it."""
    needle = shape_of((0, 0), (1000, 1), (500, 1), (0, 400))
    beside = shape_of((0, 0), (0, -400), (1000, 1))
    after = noded([needle, beside])
    assert all(max(Counter(ring).values()) == 1 for shape in after for ring in steps(shape))
    start, end, owner = lattice.directed_edges(after)
    assert len(start) == len(end) == len(owner)


def test_points_told_twice_and_rings_of_one_point_do_no_harm() -> None:
    ring = [(0, 0), (0, 0), (1000, 0), (1000, 0), (1000, 1000), (0, 0)]
    twice = shapely.Polygon(lattice.to_degrees(np.array(ring)))
    dot = shapely.Polygon(lattice.to_degrees(np.array([(5, 5)] * 4)))
    other = shape_of((500, 0), (300, -400), (800, -400))
    after = noded([twice, other, dot])
    assert (500, 0) in steps(after[0])[0]
    assert after[2] is dot


def test_borders_come_together_before_nodes_beside_them() -> None:
    """West drew its border anew and then a grid with a node one step beside it, which the new border keeps clear of;
    east still has the straight border, which passes both. Led through both, it would claim ground of the west."""
    south, north = (2055, 25957), (-2473, 63226)
    line, beside = [south, (-937, 50588), (-1757, 57330), (-1980, 59167), north], (-938, 50588)
    west = shape_of(*line, (-40000, 63226), (-40000, 40000), (-40000, 25957))
    parts = (
        shape_of(*line[:2], beside, (-40000, 40000), (-40000, 25957)),
        shape_of(*line[1:], (-40000, 63226), (-40000, 40000), beside),
    )
    east = shape_of(south, (40000, 30000), (40000, 60000), north)
    shapes = [west, *parts, east, east]
    assert coverage.is_exact(west, parts)
    assert not sides_are_apart(noded(shapes))
    after = noded(shapes, borders=[0, 3])
    assert sides_are_apart(after)
    assert coverage.is_exact(after[0], after[1:3])
    assert after[:3] == shapes[:3]
    assert set(line) <= set(steps(after[3])[0])
    assert beside not in steps(after[3])[0]


def test_two_nodes_put_on_one_edge_by_themselves(full: bool) -> None:
    """Each side put its own node on the common straight border, and rounded it: at times the two sides clash then, and
    never once they were led through each other's nodes."""
    chance, clashes = random.Random(1), 0
    for _ in range(20_000 if full else 300):
        south, north = (chance.randint(-3000, 3000), 0), (chance.randint(-3000, 3000), 9000)
        rows = [chance.randint(500, 8500) for _ in range(2)]
        one, other = ((round(south[0] + (north[0] - south[0]) * row / 9000), row) for row in rows)
        west = shape_of(south, one, north, (-20000, 9000), (-20000, 0))
        east = shape_of(south, (20000, 0), (20000, 9000), north, other)
        clashes += not border.are_apart(*noded([west, east], [0, 1]))
        after = noded([west, east], [0, 1], BESIDE)
        assert border.are_apart(*after)
        assert all({one, other} <= set(steps(shape)[0]) for shape in after)
    assert clashes > 0


def sides_are_apart(shapes: Sequence[Ground]) -> bool:
    return border.are_apart(shapes[0], shapes[3])


def test_nothing_in_nothing_out() -> None:
    assert noded([]) == []
    assert [*lacks([shapely.Polygon()])] == []


def test_a_hole_s_nodes_and_islands_are_noded_too() -> None:
    hole = [(1000, 1000), (1000, 2000), (2000, 2001)]
    holed = shapely.Polygon(shape_of((0, 0), (5000, 0), (5000, 5000), (0, 5000)).exterior, [shape_of(*hole).exterior])
    island = shape_of((1000, 1000), (1500, 1500), (2000, 2001), (1000, 2000))
    after = noded([holed, island])
    assert after[1] is island or len(steps(after[1])[0]) > 4
    assert coverage.is_exact(shape_of((0, 0), (5000, 0), (5000, 5000), (0, 5000)), after)


def test_a_thousand_grids_are_noded_at_once() -> None:
    """Rows of 1,024 grids set against each other so that each has nodes that its neighbours lack."""
    side, pitch, nodes = 32, 20_000, 16
    shapes = []
    for row in range(side):
        for column in range(side):
            x, y = column * pitch + row * 7_000, row * pitch
            south = [(x + k * pitch // nodes, y) for k in range(nodes)]
            north = [(x + pitch - k * pitch // nodes, y + pitch) for k in range(nodes)]
            shapes.append(shape_of(*south, (x + pitch, y), *north, (x, y + pitch)))
    missing = sum(1 for _ in lacks(shapes))
    after = noded(shapes)
    assert missing > 5_000
    assert [*lacks(after)] == []
