"""Are the distances of many points, few edges measured, the same numbers as with every edge measured?"""

from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from test_owner_distance import LATTICE_PLACES, bent_squares

from benchmarks.city import city
from geo.index import Claim, Owners
from geo.lattice import STEPS_PER_DEGREE, to_degrees, to_steps
from geo.measure import degrees_m
from geo.near import NEAR_M, Borders
from geo.nodes import END

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
NEARBY = (0.0, 1e-9, 5e-8, 3e-6, 2e-4, 0.05)
"""Degrees beside a border: on it, less than a step, half a step, some decimetres, some metres, kilometres."""
METRES = (0.0, 0.01, 10.0, 300.0, NEAR_M, 5000.0)


def every_edge(owners: Owners, xy: Floats, claim: Numbers) -> Floats:
    """Metres to the border of each point's claim: the foot on every edge by the scale of the point's latitude, the
    first of the nearest ones, and its distance on the scale half-way."""
    told = np.empty(len(xy))
    for number in np.unique(claim).tolist():
        rows = np.flatnonzero(claim == number)
        told[rows] = _metres(owners, number, xy[rows])
    return told


def _metres(owners: Owners, claim: int, xy: Floats) -> Floats:
    nodes = owners.nodes
    edge = np.arange(nodes.first[claim], nodes.first[claim + 1])
    end = edge + (nodes.across[edge] != END)
    scale = degrees_m(xy[:, 1])
    wide, tall = scale[:, :1], scale[:, 1:]
    x, end_x = ((nodes.x[at] / STEPS_PER_DEGREE - xy[:, :1]) * wide for at in (edge, end))
    y, end_y = ((nodes.y[at] / STEPS_PER_DEGREE - xy[:, 1:]) * tall for at in (edge, end))
    dx, dy = end_x - x, end_y - y
    part = np.clip(-(x * dx + y * dy) / np.maximum(dx * dx + dy * dy, 1e-20), 0.0, 1.0)
    x, y = x + dx * part, y + dy * part
    least = np.arange(len(xy)), np.argmin(x * x + y * y, axis=1)
    half = degrees_m(xy[:, 1] + y[least] / scale[:, 1] / 2)
    return np.asarray(np.hypot(x[least] * half[:, 0] / scale[:, 0], y[least] * half[:, 1] / scale[:, 1]))


def points_for(owners: Owners, chance: np.random.Generator, count: int) -> tuple[Floats, Numbers]:
    """Points with any claim: anywhere on the map, and on nodes, on edges and beside them."""
    claim = chance.integers(len(owners.codes), size=5 * count)
    nodes = owners.nodes
    first, size = nodes.first[claim], np.diff(nodes.first)[claim]
    node = first + (chance.random(len(claim)) * (size - 1)).astype(np.int64)
    xy = to_degrees(np.column_stack([nodes.x, nodes.y]).astype(np.int64))
    ahead = xy[node + (nodes.across[node] != END)]
    picked = xy[node] + (ahead - xy[node]) * chance.random((len(claim), 1))
    picked[:count] = xy[node[:count]]
    picked[2 * count :] += chance.normal(0, 1, (3 * count, 2)) * chance.choice(NEARBY, (3 * count, 1))
    picked[-count:] = chance.uniform(xy.min(axis=0) - 0.01, xy.max(axis=0) + 0.01, (count, 2))
    return picked, claim


def judge(owners: Owners, xy: Floats, claim: Numbers) -> None:
    borders, expected = Borders(owners), every_edge(owners, xy, claim)
    told = borders.distances_m(xy, claim)
    wrong = np.flatnonzero(told != expected)
    assert not len(wrong), [(xy[n].tolist(), int(claim[n]), told[n], expected[n]) for n in wrong[:5]]
    for metres in (*METRES, float(np.median(expected))):
        assert np.array_equal(borders.near(xy, claim, metres), expected < metres), metres


def on_lattice(ring: Floats) -> Floats:
    return to_degrees(to_steps(ring))


def comb(place: tuple[float, float], teeth: int, deep: float) -> shapely.Polygon:
    """Needles a step wide at the tip, side by side."""
    x = np.arange(2 * teeth + 1) * 3e-6
    y = np.where(np.arange(2 * teeth + 1) % 2, deep, 1e-5)
    ring = np.column_stack([np.concatenate([x, x[[-1, 0]]]), np.concatenate([y, [0, 0]])])
    return shapely.Polygon(on_lattice(ring + place))


def circle(place: tuple[float, float], radius: float, nodes: int, squeezed: float = 1.0) -> shapely.Polygon:
    angle = np.arange(nodes) * 2 * np.pi / nodes
    return shapely.Polygon(on_lattice(np.column_stack([np.cos(angle), squeezed * np.sin(angle)]) * radius + place))


def strange(place: tuple[float, float]) -> Iterator[Claim]:
    """Grounds of all sorts, over each other: only their borders are asked for."""
    x, y = place
    holes = [circle((x + dx, y + dy), 4e-4, count).exterior for dx, dy, count in ((-1e-3, 0, 5), (1e-3, 0, 40))]
    yield Claim("comb", comb(place, 200, 3e-3))
    yield Claim(
        "hair", shapely.Polygon(on_lattice(np.array([[x, y], [x + 0.02, y + 0.01], [x + 0.02, y + 0.0100001]])))
    )
    yield Claim("holes", shapely.Polygon(circle(place, 3e-3, 300, 0.8).exterior, holes))
    yield Claim("parts", shapely.MultiPolygon([circle((x + n / 100, y), 1e-3, n + 3) for n in range(25)]))
    yield Claim("round", circle(place, 2e-3, 107))
    yield Claim("province", circle(place, 2.5, 70_000, 0.7))
    yield Claim("triangle", circle(place, 1e-4, 3))
    yield Claim("square", circle(place, 1e-3, 4))
    for nodes in range(5, 70, 3):
        yield Claim(f"ring {nodes:02}", circle(place, 1e-3, nodes))


@pytest.mark.parametrize("name", LATTICE_PLACES)
def test_needles_holes_and_parts(name: str) -> None:
    owners = Owners.ordered(list(strange(LATTICE_PLACES[name])))
    province = np.array([code == "province" for code in owners.codes])
    xy, claim = points_for(owners, np.random.default_rng(7), 600)
    kept = ~province[claim] | (np.arange(len(claim)) % 10 == 0)  # its 70,000 edges are all measured to compare
    judge(owners, xy[kept], claim[kept])


def test_the_middle_of_a_circle_is_as_far_from_every_run() -> None:
    place = LATTICE_PLACES["Chengdu"]
    owners = Owners([Claim("round", circle(place, 2e-3, 107))])
    xy = np.array(place) + np.random.default_rng(8).normal(0, 1e-7, (500, 2))
    judge(owners, xy, np.zeros(500, dtype=np.int64))


@pytest.mark.parametrize("name", LATTICE_PLACES)
@pytest.mark.parametrize("metres", [30.0, 6000.0])
def test_grids_side_by_side(name: str, metres: float) -> None:
    owners = Owners(bent_squares(LATTICE_PLACES[name], metres))
    judge(owners, *points_for(owners, np.random.default_rng(9), 1000))


@pytest.mark.parametrize("metres", [30.0, 6000.0])
def test_one_point_is_near_its_border_where_many_are(metres: float) -> None:
    """Asked alone it is told by the cells about it, and by few edges one by one."""
    owners = Owners(bent_squares(LATTICE_PLACES["Chengdu"], metres))
    xy, _ = points_for(owners, np.random.default_rng(11), 400)
    owner = owners.owners(xy)
    xy, owner = xy[owner >= 0], owner[owner >= 0]
    expected = every_edge(owners, xy, owner)
    for reach in (0.0, 0.01, 1.0, 10.0, 300.0, metres / 4):
        alone = [owners.is_near(n, *point, reach) for n, point in zip(owner.tolist(), xy.tolist(), strict=True)]
        assert np.array_equal(alone, expected < reach), reach


def test_in_a_city() -> None:
    """The points of a stream: anywhere, each with its owner."""
    made = city(0.02)
    owners = Owners([Claim(*one) for one in zip(made.grid_codes, made.grids, strict=True)])
    west, south, east, north = shapely.total_bounds(made.grids)
    xy = np.random.default_rng(10).uniform((west, south), (east, north), (20_000, 2))
    owner = owners.owners(xy)
    judge(owners, xy[owner >= 0], owner[owner >= 0])


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), min_size=3, max_size=40, unique=True),
    st.lists(st.tuples(st.floats(-30, 30), st.floats(-30, 30)), min_size=1, max_size=20),
)
def test_any_ring_at_all(corners: list[tuple[int, int]], spots: list[tuple[float, float]]) -> None:
    """Rings of few steps, that cross and touch themselves: as many edges are equally near as can be."""
    place = np.array(to_steps(np.array(LATTICE_PLACES["Heihe"])))
    ground = shapely.Polygon(to_degrees(np.array(corners) + place))
    owners = Owners.ordered([Claim("any", ground)])
    xy = to_degrees(place) + np.array([*spots, *corners]) / STEPS_PER_DEGREE
    judge(owners, xy, np.zeros(len(xy), dtype=np.int64))


def test_a_claim_on_the_other_side_of_the_world() -> None:
    owners = Owners([Claim("here", circle((104.0, 30.0), 1e-3, 107)), Claim("there", circle((-75.0, -50.0), 1e-3, 12))])
    xy = np.array([[-75.0, -50.0], [104.0, 30.0], [179.9999999, 80.0], [-180.0, -80.0]])
    judge(owners, np.vstack([xy, xy]), np.repeat([0, 1], 4))


def test_no_points_and_no_claims() -> None:
    nothing = np.empty((0, 2)), np.empty(0, dtype=np.int64)
    for owners in (Owners([]), Owners([Claim("here", circle((104.0, 30.0), 1e-3, 12))])):
        assert len(Borders(owners).distances_m(*nothing)) == 0
        assert len(Borders(owners).near(*nothing, 10.0)) == 0
