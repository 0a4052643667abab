"""Who owns a point in memory: ties, order, distances in metres. What SQL says to the same is in test_pairs."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import strategies as st
from plans_drawn import ORIGINS, hold, plans
from pyproj import Geod
from rational import Oracle

from geo.index import Claim, Owners
from geo.measure import areas_m2, length_m, metres_per_degree, scales_m2, square_metres, to_metres, width_m
from geo.model import Standing

GEOD = Geod(ellps="WGS84")
QUARTERS = [
    Claim("D", shapely.box(104.1, 30.7, 104.11, 30.71)),
    Claim("C", shapely.box(104.11, 30.7, 104.12, 30.71)),
    Claim("B", shapely.box(104.1, 30.71, 104.11, 30.72)),
    Claim("A", shapely.box(104.11, 30.71, 104.12, 30.72)),
]


def codes(owners: Owners, lon: float, lat: float) -> list[str]:
    return [owners.codes[number] for number in owners.covering(lon, lat)]


def test_on_edges_and_vertices_the_smallest_code_leads() -> None:
    owners = Owners(QUARTERS)
    assert codes(owners, 104.11, 30.71) == ["A", "B", "C", "D"]
    assert codes(owners, 104.11, 30.705) == ["C", "D"]
    assert codes(owners, 104.1, 30.7) == ["D"]
    assert codes(owners, 104.2, 30.7) == []


def test_the_order_of_claims_does_not_matter() -> None:
    chance = np.random.default_rng(0)
    points = np.array([(104.11, 30.71), (104.11, 30.705), (104.105, 30.71), (104.1, 30.7), (0.0, 0.0)])
    for _ in range(5):
        owners = Owners([QUARTERS[n] for n in chance.permutation(4)])
        found = [owners.codes[n] if n >= 0 else None for n in owners.owners(points)]
        assert found == ["A", "C", "B", "D", None]


def test_proven_ground_wins_over_provisional() -> None:
    owners = Owners([Claim("A", QUARTERS[0].shape, Standing.PROVISIONAL), Claim("Z", QUARTERS[0].shape)])
    assert codes(owners, 104.105, 30.705) == ["Z", "A"]


def test_nothing_published_and_nothing_asked() -> None:
    empty = Owners([])
    assert empty.covering(104, 30) == []
    assert empty.nearest(104, 30) is None
    assert empty.within(104, 30, 10) == []
    assert empty.owners(np.array([[104.0, 30.0]])).tolist() == [-1]
    assert Owners(QUARTERS).owners(np.empty((0, 2))).tolist() == []


def test_every_point_of_sound_ground_has_an_owner(full: bool) -> None:
    """Also one float step beside its nodes, if it is still inside the outline."""

    def promise(drawn) -> None:
        division = drawn.division(drawn.regions[0])
        owners = Owners([Claim(code, shape) for code, shape in division.shapes])
        nodes = shapely.get_coordinates(division.boundary.representative_point()).tolist()
        for shape in division.grounds:
            nodes += shapely.get_coordinates(shape).tolist()
        xy = np.array(nodes)
        xy = np.vstack([xy, np.nextafter(xy, np.inf), np.nextafter(xy, -np.inf)])
        judge = Oracle([Claim("R", division.boundary)])
        assert (owners.owners(xy) >= 0).tolist() == [bool(over) for over in judge.covering(xy)]

    hold(plans(), promise, full)


@pytest.mark.parametrize("lat", [0.0, 22.5, 30.7, 53.5, -33.9])
def test_distances_are_those_of_the_ellipsoid_to_a_thousandth(lat: float) -> None:
    """To a corner, where the nearest point of the border is known, from 5 m to 2 km and all round."""
    box = shapely.box(104.1, lat, 104.2, lat + 0.1)
    owners = Owners([Claim("A", box)])
    for metres in (5.0, 80.0, 2000.0):
        for azimuth in (181, 200, 225, 260):
            lon2, lat2, _ = GEOD.fwd(104.1, lat, azimuth, metres)
            assert owners.border_distance_m(0, lon2, lat2) == pytest.approx(metres, rel=1e-3)
            ((number, distance),) = owners.within(lon2, lat2, metres * 1.01)
            assert (number, distance) == (0, pytest.approx(metres, rel=1e-3))
            assert owners.nearest(lon2, lat2) == (0, pytest.approx(metres, rel=1e-3))


def test_nearest_is_nearest_in_metres_not_in_degrees() -> None:
    """At 53 N a degree of longitude is 0.6 of one of latitude."""
    east, north = (
        Claim("E", shapely.box(104.012, 53, 104.02, 53.001)),
        Claim("N", shapely.box(103.99, 53.01, 104, 53.02)),
    )
    owners = Owners([east, north])
    number, metres = owners.nearest(104, 53.0005) or (-1, math.nan)
    assert owners.codes[number] == "E"
    assert metres == pytest.approx(GEOD.line_length([104, 104.012], [53.0005, 53.0005]), rel=1e-3)


def test_areas_are_those_of_the_ellipsoid_to_a_millionth_at_2_km(full: bool) -> None:
    def promise(value: tuple[float, float, int]) -> None:
        lon, lat, seed = value
        chance = np.random.default_rng(seed)
        angle = np.sort(chance.random(9)) * 2 * np.pi
        half = np.array([1000, 1000]) / np.array(metres_per_degree(lat))
        shape = shapely.Polygon(np.column_stack([np.cos(angle), np.sin(angle)]) * half + (lon, lat))
        straight = shapely.segmentize(shape, 2e-4)  # our edges are straight in degrees, its edges are geodesics
        expected, perimeter = (abs(value) for value in GEOD.geometry_area_perimeter(straight))
        if shape.area * scales_m2(np.array([shape]))[0] < 1e5:
            return
        assert square_metres(shape) == pytest.approx(expected, rel=1e-6)
        assert areas_m2([shape])[0] == pytest.approx(square_metres(shape), rel=1e-12)
        assert length_m(shape) == pytest.approx(perimeter, rel=2e-4)

    places = st.tuples(st.floats(-179, 179), st.floats(-55, 55), st.integers(0, 2**32 - 1))
    hold(places, promise, full, small=100)


def test_width_is_the_widest_circle_and_lines_have_none() -> None:
    strip = shapely.box(104, 30, 104.01, 30 + 5 / metres_per_degree(30)[1])
    assert width_m(strip) == pytest.approx(5, rel=0.01)
    assert width_m(strip.exterior) == 0
    assert width_m(shapely.Polygon()) == 0
    assert square_metres(shapely.Polygon()) == 0
    assert to_metres(strip).area == pytest.approx(square_metres(strip), rel=1e-9)


def test_sizes_and_places_of_drawn_nets_are_believable() -> None:
    assert len({(lon > 0, lat > 0) for lon, lat in ORIGINS}) >= 3
