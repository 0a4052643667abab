"""The proof in Python and the findings where it fails: nothing silent, nothing invented, every fault in its place."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from faults_drawn import FAULTS, Planted, nudged, planted
from hypothesis import strategies as st
from plans_drawn import STREET, Division, Drawn, hold, plans
from shapely.geometry.base import BaseGeometry

from geo import coverage, lattice
from geo.measure import square_metres
from geo.model import Finding, Grid, Region, Rule

STEP = 1e-7
GROUND_FAULTS = ("missing", "duplicate", "pinhole", "overlap", "spill", "taken")


def told(division: Division) -> list[Finding]:
    return [*coverage.findings(division.region, division.grids)]


def test_sound_plans_pass_and_have_no_findings(full: bool) -> None:
    def promise(drawn: Drawn) -> None:
        for region in drawn.regions:
            division = drawn.division(region)
            assert coverage.is_exact(division.boundary, division.grounds)
            assert told(division) == []

    hold(plans(most_regions=3), promise, full)


def test_a_faulty_plan_never_passes_and_is_never_silent(full: bool) -> None:
    def promise(one: Planted) -> None:
        assert not coverage.is_exact(one.faulty.boundary, one.faulty.grounds)
        assert told(one.faulty)

    hold(planted(), promise, full, small=75)


def test_one_node_of_one_grid_moved_alone_is_always_found(full: bool) -> None:
    """Every node of every grid, one step to each side: all of a plan, not a sample."""

    def promise(drawn: Drawn) -> None:
        division = drawn.division(drawn.regions[0])
        for number, shape in enumerate(division.grounds):
            for vertex in range(min(len(shapely.get_coordinates(shape)), 12)):
                for step in ((1, 0), (0, -1)):
                    moved, _ = nudged(shape, vertex, step)
                    faulty = division.with_shape(number, moved)
                    assert not coverage.is_exact(faulty.boundary, faulty.grounds)

    hold(plans(), promise, full, small=15)


@pytest.mark.parametrize("kind", FAULTS)
def test_each_fault_is_told_by_its_rule_in_its_place(kind: str, full: bool) -> None:
    def promise(one: Planted) -> None:
        found = [finding for finding in told(one.faulty) if finding.rule in one.rules]
        assert found
        if kind in GROUND_FAULTS:
            together = shapely.union_all([finding.geometry for finding in found])
            assert shapely.area(shapely.symmetric_difference(together, one.place)) <= 0.01 * one.place.area
            assert sum(finding.area_m2 or 0 for finding in found) == pytest.approx(square_metres(one.place), rel=0.01)
        else:
            assert min(shapely.distance(finding.geometry, one.place) for finding in found) <= 2 * STEP
            assert all(is_beside(finding.geometry, one) for finding in found)

    hold(planted(kinds=(kind,), units=(STREET,)), promise, full, small=12)


def is_beside(place: BaseGeometry, one: Planted) -> bool:
    """Whether a finding about a moved or lonely node lies on the edges that meet there and nowhere else."""
    edges = [
        shapely.LineString(pair)
        for shape in (one.faulty.boundary, *one.faulty.grounds)
        for ring in shapely.get_rings(shapely.get_parts(shape))
        for pair in zip(ring.coords[:-1], ring.coords[1:], strict=True)
    ]
    here = [edge for edge in edges if shapely.distance(edge, one.place) <= 2 * STEP]
    return bool(shapely.buffer(shapely.union_all(here), 3 * STEP).covers(place))


def test_a_plan_with_many_faults_tells_each(full: bool) -> None:
    """A grid lost and another under two codes: neither hides the other."""

    def promise(drawn: Drawn) -> None:
        division = drawn.division(drawn.regions[0])
        if len(division.shapes) < 3:
            return
        shapes = (*division.shapes[1:], ("TWIN", division.grounds[1]))
        rules = {finding.rule for finding in told(replace(division, shapes=shapes))}
        assert rules == {Rule.GAP, Rule.DUPLICATE}

    hold(plans(units=(STREET,)), promise, full, small=10)


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    shape = lattice.rounded(shapely.box(104 + west, 30 + south, 104 + east, 30 + north))
    assert isinstance(shape, shapely.Polygon)
    return shape


def test_no_grids_is_one_gap() -> None:
    whole = box(0, 0, 0.01, 0.01)
    assert not coverage.is_exact(whole, [])
    (found,) = coverage.findings(Region(code="R", shape=whole), [])
    assert found.rule is Rule.GAP
    assert found.geometry.equals(whole)


def test_a_ring_that_crosses_itself_is_told_where_it_crosses() -> None:
    bow = shapely.Polygon([(104, 30), (104.01, 30.01), (104.01, 30), (104, 30.01)])
    found = told(Division("R", box(0, 0, 0.01, 0.01), (("A", bow),)))
    assert [finding.rule for finding in found] == [Rule.RING_INVALID]
    assert found[0].geometry.distance(shapely.Point(104.005, 30.005)) < 1e-9


def test_a_grid_and_its_hole_filled_by_another_is_sound() -> None:
    """The inner grid touches the outer one's shell at a node: shell and hole share it."""
    outer = box(0, 0, 0.03, 0.03)
    inner = shapely.Polygon([(104, 30), (104.02, 30.01), (104.01, 30.02)])
    shapes = [shapely.Polygon(outer.exterior, [inner.exterior]), inner]
    valid = [lattice.rounded(shape) for shape in shapes]
    assert coverage.is_exact(outer, valid)
    assert told(Division("R", outer, (("A", valid[0]), ("B", valid[1])))) == []


def test_direction_start_and_repeated_points_of_rings_do_not_matter() -> None:
    left, right = box(0, 0, 0.01, 0.01), box(0.01, 0, 0.02, 0.01)
    whole = shapely.Polygon(
        [(104, 30), (104.01, 30), (104.02, 30), (104.02, 30.01), (104.01, 30.01), (104, 30.01), (104, 30)]
    )
    ring = [*left.exterior.coords]
    turned = shapely.Polygon([ring[2], ring[2], *ring[3:], ring[1], ring[1], ring[2]])
    assert coverage.is_exact(whole, [shapely.reverse(turned), right])
    missing = [*coverage.findings(Region(code="R", shape=whole), [Grid(code="A", region="R", shape=turned)])]
    assert {finding.rule for finding in missing} == {Rule.GAP}


def test_two_faults_that_would_cancel_in_a_sum_of_areas_do_not() -> None:
    whole = box(0, 0, 0.02, 0.01)
    west, middle = box(0, 0, 0.01, 0.01), box(0.005, 0, 0.015, 0.01)
    rules = {finding.rule for finding in told(Division("R", whole, (("A", west), ("B", middle))))}
    assert {Rule.GAP, Rule.OVERLAP} <= rules


def test_a_node_right_on_an_edge_is_told_without_a_boundary() -> None:
    """In doubles it lies beside the edge by a hair, and overlay leaves the grids apart there."""
    rings = (
        [(20967, 23046), (28185, 12781), (1013, 36132)],
        [(28185, 12781), (20967, 23046), (29999, 36001)],
        [(43806, 2411), (28185, 12781), (29092, 24391), (29999, 36001)],
    )
    origin = np.array([1_271_000_000, 502_000_000])
    shapes = [shapely.Polygon(lattice.to_degrees(np.array([*ring, ring[0]]) + origin)) for ring in rings]
    grids = [Grid(code=code, region="R", shape=shape) for code, shape in zip("ABC", shapes, strict=True)]
    (only,) = coverage.findings(Region(code="R"), grids)
    assert (only.rule, only.codes) == (Rule.NODE_UNMATCHED, ["B", "C"])


def test_outline_is_the_boundary_again(full: bool) -> None:
    def promise(drawn: Drawn) -> None:
        division = drawn.division(drawn.regions[0])
        derived = coverage.outline(division.grounds)
        assert shapely.normalize(derived).equals_exact(shapely.normalize(division.boundary), 0)

    hold(plans(), promise, full)


def in_steps(shape: BaseGeometry, one: Planted) -> BaseGeometry:
    """Steps from the corner of the net: overlay of degrees is noise at the size of a step."""
    return shapely.transform(shape, lambda xy: xy * 1e7 - np.array(one.net.origin))


def test_grids_without_a_boundary_have_an_outline_whatever_they_are(full: bool) -> None:
    """Overlapping, not noded, apart: the outline is the ground of all, and the faults are told inside it."""

    def promise(one: Planted) -> None:
        if not one.faulty.shapes:
            return
        derived = coverage.outline(one.faulty.grounds)
        union, outline = in_steps(shapely.union_all(one.faulty.grounds), one), in_steps(derived, one)
        missed = shapely.difference(union, outline, grid_size=1e-7)  # in doubles it may fail on what differs by noise
        assert missed.area <= 1e-6 * union.area
        region = replace(one.faulty.region, shape=None)
        if not coverage.is_exact(derived, one.faulty.grounds):
            assert [*coverage.findings(region, one.faulty.grids)]

    hold(planted(), promise, full)


def test_a_thousand_grids_are_judged_at_once() -> None:
    """A lost grid, an overlap and a node too many in a region of 1,024 grids of some 40 nodes each."""
    chance = np.random.default_rng(5)
    side, bends = 32, 10
    corners = np.stack(np.meshgrid(np.arange(side + 1), np.arange(side + 1), indexing="ij"), axis=-1) * 20_000
    corners = corners + chance.integers(-3000, 3000, corners.shape)
    lines: dict[tuple[tuple[int, ...], tuple[int, ...]], list[list[int]]] = {}

    def edge(a: np.ndarray, b: np.ndarray) -> list[list[int]]:
        low, high = min(tuple(a), tuple(b)), max(tuple(a), tuple(b))
        if (low, high) not in lines:
            part = np.linspace(0, 1, bends + 1)[:-1, None]
            inner = np.rint(np.array(low) * (1 - part) + np.array(high) * part).astype(int)
            inner[1:] += chance.integers(-200, 200, (bends - 1, 2))
            lines[low, high] = [*inner.tolist(), list(high)]
        line = lines[low, high]
        return (line if tuple(a) == low else line[::-1])[:-1]

    cells = []
    for i in range(side):
        for j in range(side):
            a, b, c, d = corners[i, j], corners[i + 1, j], corners[i + 1, j + 1], corners[i, j + 1]
            cells.append(shapely.Polygon([*edge(a, b), *edge(b, c), *edge(c, d), *edge(d, a)]))
    shift = np.array([1_041_000_000, 307_000_000])
    grounds = [shapely.transform(cell, lambda xy: lattice.to_degrees(xy.astype(np.int64) + shift)) for cell in cells]
    boundary = coverage.outline(grounds)
    assert coverage.is_exact(boundary, grounds)
    moved, _ = nudged(grounds[40], 3, (500, 0))
    faulty = [moved if n == 40 else shape for n, shape in enumerate(grounds) if n != 500]
    division = Division("R", boundary, tuple((f"{n:04}", shape) for n, shape in enumerate(faulty)))
    found = told(division)
    assert {finding.rule for finding in found} >= {Rule.GAP}


def test_random_rings_are_judged_without_falling_over(full: bool) -> None:
    """Whatever polygons come, crossing themselves or not: findings, never an exception."""
    point = st.tuples(st.integers(0, 6), st.integers(0, 6))
    ring = st.lists(point, min_size=3, max_size=7)

    def shape(points: list[tuple[int, int]]) -> shapely.Polygon:
        return shapely.Polygon(lattice.to_degrees(np.array([*points, points[0]]) + np.array([1_041_000_000, -3])))

    def promise(rings: list[list[tuple[int, int]]]) -> None:
        boundary, *grids = [shape(points) for points in rings]
        division = Division("R", boundary, tuple((str(n), grid) for n, grid in enumerate(grids)))
        exact = coverage.is_exact(boundary, grids)
        assert bool(told(division)) != exact

    hold(st.lists(ring, min_size=2, max_size=5), promise, full, small=75)


def test_a_grid_without_ground_proves_nothing() -> None:
    """Three nodes of one slanted line: valid in degrees, by the noise of floats, and no ground in whole steps."""
    steps = np.array([1_041_000_000, 307_000_000])

    def shape(*nodes: tuple[int, int]) -> shapely.Polygon:
        return shapely.Polygon(lattice.to_degrees(np.array([*nodes, nodes[0]]) + steps))

    seen = 0
    for dx, dy in ((7, 3), (11, 5), (13, 8), (17, 9), (19, 11), (23, 13), (101, 77), (1009, 333)):
        flat, large = shape((0, 0), (5 * dx, 5 * dy), (2 * dx, 2 * dy)), shape((0, 0), (9000, -9000), (5 * dx, 5 * dy))
        boundary = shape((0, 0), (9000, -9000), (5 * dx, 5 * dy), (2 * dx, 2 * dy))
        seen += flat.is_valid
        assert not coverage.is_exact(boundary, [large, flat])
        grids = [Grid(code=code, region="R", shape=one) for code, one in (("A", large), ("B", flat))]
        rules = {finding.rule for finding in coverage.findings(Region(code="R", shape=boundary), grids)}
        assert Rule.RING_INVALID in rules
    assert seen
