"""Are the shares of a position's error those of the exact integral, and do they sum to one?"""

import math
from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geo.index import Claim, Owners
from geo.measure import metres_per_degree
from geo.shares import apart, edges_of, reach_m, shares, sigma_m

LON, LAT = 104.1, 30.66
SCALE = np.array(metres_per_degree(LAT))
QUIET = settings(deadline=None, max_examples=150)


def drawn(metres: Sequence[tuple[float, float]], holes: Sequence[Sequence[tuple[float, float]]] = ()) -> Polygon:
    """A polygon in degrees from metres around the place of these tests."""

    def degrees(ring: Sequence[tuple[float, float]]) -> np.ndarray:
        return np.asarray(np.array(ring) / SCALE + (LON, LAT))

    return Polygon(degrees(metres), [degrees(hole) for hole in holes])


def asked(shapes: Sequence[BaseGeometry], sigma: float, x: float = 0.0, y: float = 0.0) -> np.ndarray:
    """The shares around a place so many metres east and north."""
    lon, lat = np.array([x, y]) / SCALE + (LON, LAT)
    start, end, claim = edges_of(shapes, LON, LAT)
    shift = (np.array([lon, lat]) - (LON, LAT)) * SCALE
    return shares(start - shift, end - shift, claim, len(shapes), sigma)


def normal(x: float) -> float:
    return (1.0 + math.erf(x / math.sqrt(2.0))) / 2.0


def rectangle(west: float, south: float, east: float, north: float) -> Polygon:
    return drawn([(west, south), (east, south), (east, north), (west, north)])


def in_rectangle(west: float, south: float, east: float, north: float, sigma: float) -> float:
    """The mass of the normal error around 0, 0: two independent axes."""
    return (normal(east / sigma) - normal(west / sigma)) * (normal(north / sigma) - normal(south / sigma))


def tiles(columns: int = 6, pitch: float = 40.0, pieces: int = 5) -> list[Polygon]:
    """Wavy cells that cover the ground around the place, borders shared node by node."""

    def place(u: float, v: float) -> tuple[float, float]:
        return (
            (u - columns / 2) * pitch + 8 * math.sin(2.1 * v + u),
            (v - columns / 2) * pitch + 8 * math.sin(1.7 * u + 2 * v),
        )

    def ring(i: int, j: int) -> list[tuple[float, float]]:
        steps = [k / pieces for k in range(pieces)]
        return [
            *[place(i + s, j) for s in steps],
            *[place(i + 1, j + s) for s in steps],
            *[place(i + 1 - s, j + 1) for s in steps],
            *[place(i, j + 1 - s) for s in steps],
        ]

    return [drawn(ring(i, j)) for i in range(columns) for j in range(columns)]


HAIR_M = 1e-6
"""Nearer to an edge than this, and not on it, the integrand has a spike that the nodes may miss: 2e-7 at most."""
TILES = tiles()
NODES = shapely.get_coordinates(TILES)


@pytest.mark.parametrize(("level", "share"), [(68, 0.68), (95, 0.95)])
def test_so_much_lies_within_the_accuracy(level: object, share: float) -> None:
    sigma = sigma_m(15.0, level)  # type: ignore[arg-type]
    angles = np.linspace(0, 2 * math.pi, 721)[:-1]
    circle = drawn([(15 * math.cos(a), 15 * math.sin(a)) for a in angles])
    assert asked([circle], sigma)[0] == pytest.approx(share, abs=1e-4)
    beyond = drawn([(reach_m(sigma) * math.cos(a), reach_m(sigma) * math.sin(a)) for a in angles])
    assert 1 - asked([beyond], sigma)[0] == pytest.approx(1e-4, rel=0.05)


@QUIET
@given(
    west=st.floats(-400, 400),
    south=st.floats(-400, 400),
    wide=st.floats(0.01, 3000),
    high=st.floats(0.01, 3000),
    sigma=st.floats(0.5, 300),
)
@example(west=0, south=0, wide=10, high=10, sigma=10)
@example(west=-5, south=0, wide=10, high=10, sigma=10)
@example(west=-1e-9, south=-5, wide=3000, high=10, sigma=300)
@example(west=-3000, south=-1e-12, wide=3000, high=3000, sigma=0.5)
@example(west=1e-9, south=1e-9, wide=1, high=46, sigma=1)
@example(west=2.0**-24, south=2.0**-24, wide=1, high=46, sigma=1)
def test_rectangles_hold_what_the_error_function_says(
    west: float, south: float, wide: float, high: float, sigma: float
) -> None:
    east, north = west + wide, south + high
    found = asked([rectangle(west, south, east, north)], sigma)[0]
    is_hair = any(0 < abs(side) < HAIR_M for side in (west, south, east, north))
    assert found == pytest.approx(in_rectangle(west, south, east, north, sigma), abs=3e-7 if is_hair else 2e-9)


def by_strips(triangle: np.ndarray, sigma: float) -> float:
    """The mass in a triangle, strip by strip across it, x by the error function and y by fine steps."""
    middles = np.linspace(triangle[:, 1].min(), triangle[:, 1].max(), 40_001)
    middles = (middles[1:] + middles[:-1]) / 2
    crossings = []
    for (ax, ay), (bx, by) in zip(triangle, np.roll(triangle, -1, axis=0), strict=True):
        with np.errstate(all="ignore"):
            x = ax + (bx - ax) * (middles - ay) / (by - ay)
        crossings.append(np.where((middles - ay) * (middles - by) < 0, x, np.nan))
    low, high = np.nanmin(crossings, axis=0), np.nanmax(crossings, axis=0)
    across = np.array([normal(b / sigma) - normal(a / sigma) for a, b in zip(low, high, strict=True)])
    density = np.exp(-((middles / sigma) ** 2) / 2) / (sigma * math.sqrt(2 * math.pi))
    return float((across * density).sum() * (middles[1] - middles[0]))


@pytest.mark.parametrize("seed", range(6))
def test_triangles_hold_what_strips_across_them_say(seed: int) -> None:
    random = np.random.default_rng(seed)
    corners = random.uniform(-60, 60, (3, 2))
    sigma = float(random.uniform(3, 80))
    assert asked([drawn(corners.tolist())], sigma)[0] == pytest.approx(by_strips(corners, sigma), abs=1e-6)


@pytest.mark.parametrize("sigma", [0.0, 1e-6, 0.01, 5.0, 400.0])
def test_on_an_edge_half_and_on_a_corner_a_quarter(sigma: float) -> None:
    wide = 10_000.0
    quarters = [rectangle(0, 0, wide, wide), rectangle(-wide, 0, 0, wide), rectangle(-wide, -wide, 0, 0)]
    assert asked(quarters, sigma) == pytest.approx([0.25] * 3, abs=1e-7)
    assert asked(quarters[:2], sigma, y=wide / 2) == pytest.approx([0.5] * 2, abs=1e-7)


@QUIET
@given(x=st.floats(-25, 25), y=st.floats(-25, 25), accuracy=st.floats(0.01, 14))
def test_a_tiling_sums_to_one(x: float, y: float, accuracy: float) -> None:
    found = asked(TILES, sigma_m(accuracy), x, y)
    assert abs(found.sum() - 1.0) < 1e-9
    assert (found >= 0).all()


@QUIET
@given(node=st.integers(0, len(NODES) - 2), part=st.floats(0, 1), accuracy=st.floats(0.01, 14))
def test_a_tiling_sums_to_one_on_its_nodes_and_edges(node: int, part: float, accuracy: float) -> None:
    x, y = ((NODES[node] * (1 - part) + NODES[node + 1] * part) - (LON, LAT)) * SCALE
    if max(abs(x), abs(y)) <= 30.0:
        assert abs(asked(TILES, sigma_m(accuracy), x, y).sum() - 1.0) < 1e-9


def test_far_edges_count_by_their_angle_alone() -> None:
    around = rectangle(-2e6, -3e6, 4e6, 1e6)
    assert asked([around, rectangle(5e6, 0, 6e6, 1e6)], 10.0).tolist() == pytest.approx([1.0, 0.0], abs=1e-12)


def test_a_hole_is_not_ground_and_parts_add_up_however_they_are_turned() -> None:
    outer, hole = [(-30, -30), (30, -30), (30, 30), (-30, 30)], [(-9, -8), (-9, 12), (14, 12), (14, -8)]
    expected = in_rectangle(-30, -30, 30, 30, 12) - in_rectangle(-9, -8, 14, 12, 12)
    for ring in (outer, outer[::-1]):
        for inner in (hole, hole[::-1]):
            assert asked([drawn(ring, [inner])], 12)[0] == pytest.approx(expected, abs=1e-9)
    parts = shapely.MultiPolygon([rectangle(-30, -30, 0, 30), rectangle(5, -30, 30, 30)])
    halves = in_rectangle(-30, -30, 0, 30, 12) + in_rectangle(5, -30, 30, 30, 12)
    assert asked([parts], 12)[0] == pytest.approx(halves, abs=1e-9)


@pytest.mark.parametrize("accuracy", [8.0, 35.0, 60.0])
def test_shares_are_those_of_thrown_points(accuracy: float) -> None:
    random, count = np.random.default_rng(7), 100_000
    sigma = sigma_m(accuracy)
    owners = Owners([Claim(f"{number:02}", shape) for number, shape in enumerate(TILES)])
    at = random.normal((3.0, -11.0), sigma, (count, 2)) / SCALE + (LON, LAT)
    thrown = owners.owners(at)
    expected = np.bincount(thrown[thrown >= 0], minlength=len(TILES)) / count
    assert np.abs(asked(TILES, sigma, 3.0, -11.0) - expected).max() < 0.01


def test_ground_claimed_twice_goes_to_the_first() -> None:
    left, wide, within = rectangle(-40, -40, 0, 40), rectangle(-10, -40, 40, 40), rectangle(-30, -5, -20, 5)
    across = rectangle(-40, -5, 60, 5)
    assert asked([left, wide], 10).sum() > 1.1
    found = asked(apart([left, wide, within, across]), 10)
    rest = in_rectangle(0, -40, 40, 40, 10)
    assert found == pytest.approx(
        [in_rectangle(-40, -40, 0, 40, 10), rest, 0.0, in_rectangle(40, -5, 60, 5, 10)], abs=1e-9
    )
    assert apart([left, rectangle(0, -40, 40, 40)]).tolist() == [left, rectangle(0, -40, 40, 40)]


def test_nobody_around_has_no_share() -> None:
    nothing, none = np.empty((0, 2)), np.empty(0, dtype=np.int64)
    assert shares(nothing, nothing, none, 0, 10.0).tolist() == []
    assert shares(nothing, nothing, none, 2, 10.0).tolist() == [0.0, 0.0]
    assert apart([]).tolist() == []
