"""What exists twice on purpose, in SQL and in Python, gives one answer: both proofs, the owner of a point or house."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
import shapely
from claims_drawn import Asked, Dwellings, covering_exactly, dwellings, long_edge_points, on_lattice, questions
from claims_stored import IDENTITY, publish_claims
from conftest import fresh
from faults_drawn import Planted, planted
from hypothesis import strategies as st
from plans_drawn import PAIRS_COUNT, SMALL, STREET, TINY, TOWN, Drawn, Net, hold, plans
from proofs import Proof
from sqlalchemy import text
from sqlalchemy.orm import Session
from test_border import CASES, disturbed, pairs, strangers

from geo import border, coverage, households, lattice
from geo.index import Claim, Owners
from geo.model import Building, Grid, Ground, Standing
from geo.store import embedded, owner
from geo.store.connect import session

EXACT = text(
    "SELECT ground_is_exact(ST_GeomFromWKB(:boundary, 4326),"
    " ARRAY(SELECT ST_GeomFromWKB(g, 4326) FROM unnest(CAST(:grids AS bytea[])) AS g))"
)
APART = text("SELECT grounds_are_apart(ST_GeomFromWKB(:one, 4326), ST_GeomFromWKB(:other, 4326))")
BUILDING = text(
    "INSERT INTO building (id, numbers, entrance, households, grid, shape) VALUES"
    " (:id, '[1,)', ST_GeomFromWKB(:entrance, 4326), 1, :grid, ST_GeomFromWKB(:shape, 4326))"
)
OWNERS = text(
    "SELECT b.code, g.code FROM building_owners(CAST(:ids AS bigint[])) AS o"
    " JOIN identity AS b ON b.id = o.building LEFT JOIN identity AS g ON g.id = o.grid"
)


@pytest.fixture(scope="module")
def work(cluster: embedded.Cluster) -> Iterator[Session]:
    """The owner's session in an empty store, where rows are tried and rolled back."""
    with fresh(cluster) as store, session(store.owner) as one:
        yield one


# The proof of a coverage


def exact_in_sql(work: Session, boundary: Ground, grids: Sequence[Ground]) -> bool:
    values = {"boundary": boundary.wkb, "grids": [grid.wkb for grid in grids]}
    return bool(work.execute(EXACT, values).scalar_one())


def test_sound_plans_are_exact_in_both(work: Session, full: bool, proof: Proof) -> None:
    def promise(drawn: Drawn) -> None:
        for region in drawn.regions:
            division = drawn.division(region)
            assert exact_in_sql(work, division.boundary, division.grounds)
            assert coverage.is_exact(division.boundary, division.grounds)

    hold(plans(most_regions=3), promise, full, large=PAIRS_COUNT)
    proof("random noded plans: the proof in SQL and in Python", PAIRS_COUNT, "both prove every sound plan")


def test_faulty_plans_are_exact_in_neither(work: Session, full: bool, proof: Proof) -> None:
    def promise(one: Planted) -> None:
        assert not exact_in_sql(work, one.faulty.boundary, one.faulty.grounds)
        assert not coverage.is_exact(one.faulty.boundary, one.faulty.grounds)

    hold(planted(units=(TINY, SMALL, STREET, TOWN)), promise, full, large=PAIRS_COUNT)
    proof("planted faults: the proof in SQL and in Python", PAIRS_COUNT, "both refuse every faulty plan")


def test_any_rings_are_judged_alike(work: Session, full: bool, proof: Proof) -> None:
    """Polygons of random points, most of them invalid: needles, spikes, bow-ties, points told twice."""
    ring = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=5)

    def shape(points: list[tuple[int, int]]) -> shapely.Polygon:
        return shapely.Polygon(lattice.to_degrees(np.array([*points, points[0]]) + np.array([-2, 307_000_000])))

    def promise(rings: list[list[tuple[int, int]]]) -> None:
        boundary, *grids = [shape(points) for points in rings]
        assert exact_in_sql(work, boundary, grids) is coverage.is_exact(boundary, grids)

    hold(st.lists(ring, min_size=1, max_size=4), promise, full, large=PAIRS_COUNT)
    proof("any rings: the proof in SQL and in Python", PAIRS_COUNT, "equal")


# The proof of a border


def apart_in_sql(work: Session, one: Ground, other: Ground) -> bool:
    return bool(work.execute(APART, {"one": one.wkb, "other": other.wkb}).scalar_one())


def test_borders_are_judged_alike(work: Session, full: bool, proof: Proof) -> None:
    def promise(found: tuple[Net, Ground, Ground]) -> None:
        _, one, other, *_ = found
        expected = border.are_apart(one, other)
        assert apart_in_sql(work, one, other) is expected
        assert apart_in_sql(work, other, one) is expected

    hold(st.one_of(pairs(), disturbed(), strangers()), promise, full, large=PAIRS_COUNT)
    proof("borders of two regions: the proof in SQL and in Python", PAIRS_COUNT, "equal")


@pytest.mark.parametrize("name", CASES)
def test_borders_by_hand_are_judged_alike(work: Session, name: str) -> None:
    one, other, apart = CASES[name]
    assert (apart_in_sql(work, one, other), apart_in_sql(work, other, one)) == (apart, apart)


# The owner of a point


def assert_one_owner(work: Session, asked: Asked) -> None:
    owners = Owners(asked.claims)
    publish_claims(work, asked.claims)
    many = owners.owners(np.array(asked.points)).tolist()
    for (lon, lat), first in zip(asked.points, many, strict=True):
        expected = covering_exactly(asked.claims, lon, lat)
        assert [owners.codes[n] for n in owners.covering(lon, lat)] == expected, (lon, lat)
        assert (owners.codes[first] if first >= 0 else None) == (expected[0] if expected else None)
        assert [found.code for found in owner.covering(work, lon, lat)] == expected, (lon, lat)
    work.rollback()


def test_one_owner_in_memory_in_sql_and_in_rational_numbers(work: Session, full: bool, proof: Proof) -> None:
    def promise(asked: Asked) -> None:
        try:
            assert_one_owner(work, asked)
        finally:
            work.rollback()

    hold(questions(), promise, full, small=15, large=PAIRS_COUNT)
    proof(
        "points on edges, vertices, a float step beside: owner in memory, SQL, fractions",
        PAIRS_COUNT,
        "equal",
    )


@pytest.mark.parametrize(
    "corners",
    [
        ((104.0000001, 30.0000003), (113.1234567, 31.7654321), (107.7777777, 39.3333333)),
        ((-4.9999999, -3.1234567), (5.0000001, 1.7654321), (0.3333333, 4.8888888)),
        ((-0.0000003, -0.0000001), (0.0000004, 0.0000002), (0.0000001, 0.0000005)),
    ],
)
def test_one_float_step_beside_long_edges_and_beside_the_origin(
    work: Session, corners: tuple[tuple[float, float], ...]
) -> None:
    """Where plain float arithmetic takes the wrong side: degrees long, or numbers near zero, where floats lie dense."""
    low, high, top = corners
    middle = (0.1234567, 0.2222222) if abs(low[0]) < 50 else (108.1234567, 33.2222222)
    if abs(top[1]) < 1e-6:
        middle = (0.0000001, 0.0000002)
    shapes = [shapely.Polygon(ring) for ring in ((low, high, middle), (high, top, middle), (top, low, middle))]
    assert all(shape.is_valid for shape in shapes)
    claims = tuple(Claim(code, shape) for code, shape in zip("CAB", shapes, strict=True))
    try:
        assert_one_owner(work, Asked(claims, tuple(p for shape in shapes for p in long_edge_points(shape))))
    finally:
        work.rollback()


# The owner of a building


def owners_in_sql(work: Session, asked: Dwellings) -> dict[str, str | None]:
    publish_claims(work, asked.claims)
    ids = []
    for building in asked.buildings:
        ids.append(work.execute(IDENTITY, {"layer": "building", "code": building.id}).scalar_one())
        entrance = None if building.entrance is None else building.entrance.wkb
        values = {"id": ids[-1], "entrance": entrance, "grid": building.grid, "shape": building.shape.wkb}
        work.execute(BUILDING, values)
    return {row[0]: row[1] for row in work.execute(OWNERS, {"ids": ids})}


def assert_one_owner_each(work: Session, asked: Dwellings) -> None:
    grids = [Grid(code=claim.code, region="R", shape=claim.shape) for claim in asked.claims]
    told = {found.building.id: found.grid for found in households.assign(asked.buildings, grids)}
    try:
        assert owners_in_sql(work, asked) == told
    finally:
        work.rollback()


def test_one_owner_of_each_building_in_both(work: Session, full: bool, proof: Proof) -> None:
    hold(dwellings(), lambda asked: assert_one_owner_each(work, asked), full, large=PAIRS_COUNT)
    proof("owner of each building in SQL and in Python", PAIRS_COUNT, "equal")


def rect(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Metres or so from a corner in Chengdu: 100 steps each."""
    xy = shapely.get_coordinates(shapely.box(west, south, east, north))
    return shapely.Polygon(on_lattice(np.array([104.1, 30.7]) + xy * 1e-5))


NORTH, SOUTH = Claim("A", rect(0, 0, 400, 200)), Claim("B", rect(0, -200, 400, 0))


@pytest.mark.parametrize(
    ("building", "expected"),
    [
        (Building(id="b", shape=rect(10, -10, 30, 10)), "A"),
        (Building(id="b", shape=rect(10, -80, 30, 80)), "A"),
        (Building(id="b", shape=rect(10, -11, 30, 10)), "B"),
        (Building(id="b", shape=rect(10, -20, 30, 0)), "B"),
        (
            Building(
                id="b", shape=rect(10, -20, 30, 10), entrance=shapely.Point(on_lattice(np.array([104.1002, 30.7])))
            ),
            "A",
        ),
        (Building(id="b", shape=rect(10, -20, 30, 10), grid="A"), "A"),
        (Building(id="b", shape=rect(10, -20, 30, 10), grid="gone"), "B"),
        (Building(id="b", shape=shapely.Point(on_lattice(np.array([104.1002, 30.7])))), "A"),
        (Building(id="b", shape=rect(500, 0, 600, 100)), None),
        (Building(id="b", shape=rect(400, 0, 600, 100)), None),
        (Building(id="b", shape=rect(399, 0, 600, 100)), "A"),
    ],
)
def test_buildings_by_hand(work: Session, building: Building, expected: str | None) -> None:
    """Halves north and south of a border are halves: latitude does not tip the scales."""
    asked = Dwellings((SOUTH, NORTH), (building,))
    (found,) = households.assign(asked.buildings, [Grid(code=c.code, region="R", shape=c.shape) for c in asked.claims])
    assert found.grid == expected
    assert_one_owner_each(work, asked)


def test_a_crossed_footprint_along_an_edge_breaks_neither(work: Session) -> None:
    """Its crossing point lies a float step beside the edge: GEOS 3.11 cannot relate the two areas."""
    grid = (
        (179.9042626, -64.9940035),
        (179.9062452, -64.9931511),
        (179.9065693, -64.9979563),
        (179.9017293, -64.9991531),
        (179.9036488, -64.9984395),
        (179.9045289, -64.9952844),
    )
    bow = ((179.9015955, -64.999541), (179.9018631, -64.9987652), (179.9018631, -64.999541), (179.9015955, -64.9987652))
    building = Building(id="b", shape=shapely.Polygon(bow))
    assert_one_owner_each(work, Dwellings((Claim("A", shapely.Polygon(grid)),), (building,)))


def test_a_provisional_grid_that_crosses_itself_breaks_neither(work: Session) -> None:
    """Its ground is what its ring encloses."""
    bow = shapely.Polygon(
        on_lattice(np.array([104.1, 30.7]) + np.array([(0, 0), (400, 200), (400, 0), (0, 200)]) * 1e-5)
    )
    claims = (Claim("A", bow, Standing.PROVISIONAL), Claim("B", rect(0, -200, 400, 0), Standing.PROVISIONAL))
    buildings = (
        Building(id="b", shape=rect(5, 50, 45, 90)),
        Building(id="c", shape=rect(5, -10, 45, 90)),
        Building(id="d", shape=rect(5, 50, 45, 90), grid="A"),
        Building(id="e", shape=rect(5, 50, 45, 90), entrance=shapely.Point(on_lattice(np.array([104.1001, 30.701])))),
    )
    assert_one_owner_each(work, Dwellings(claims, buildings))
