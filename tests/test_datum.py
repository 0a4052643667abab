"""Do conversions between datums agree with the published vectors, come back exactly and keep shared edges shared?"""

import csv
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely import LineString, MultiPolygon, Point, Polygon

from geo import datum, mainland, projected
from geo.datum import Datum
from geo.refusal import CoordinatesRefused, DatumUnknown, DatumWithoutRoute, Refusal

VECTORS = Path(__file__).parents[2] / "shared" / "data" / "gcj02_reference_vectors.csv"
MILLIMETRE_DEG = 9e-9
ELLIPSOID = Geod(ellps="WGS84")

INSIDE = {
    "Dandong": (124.385, 40.125), "Tumen": (129.84, 42.965), "Changbai": (128.2, 41.42), "Hunchun": (130.36, 42.86),
    "Suifenhe": (131.15, 44.4), "Hulin": (132.97, 45.76), "Fuyuan": (134.3, 48.36), "Heihe": (127.49, 50.245),
    "Mohe": (122.35, 53.48), "Manzhouli": (117.38, 49.59), "Erenhot": (111.97, 43.65), "Altay": (88.13, 47.85),
    "Tacheng": (82.98, 46.75), "Alashankou": (82.55, 45.17), "Khorgos": (80.42, 44.21), "Kashgar": (75.99, 39.47),
    "Burang": (81.18, 30.29), "Zhangmu": (85.98, 27.99), "Yadong": (88.91, 27.48), "Medog": (95.33, 29.33),
    "Ruili": (97.855, 24.013), "Wanding": (98.07, 24.085), "Mohan": (101.69, 21.19), "Hekou": (103.955, 22.51),
    "Pingxiang": (106.75, 22.1), "Dongxing": (107.97, 21.548), "Sanya": (109.51, 18.25), "Luohu": (114.118, 22.54),
    "Shekou": (113.91, 22.48), "Yantian": (114.27, 22.59), "Gongbei": (113.548, 22.22), "Hengqin": (113.53, 22.13),
    "Xiamen": (118.0827, 24.4456), "Pingtan": (119.79, 25.5), "Shengsi": (122.45, 30.73), "Lhasa": (91.11, 29.65),
}  # fmt: skip
OUTSIDE = {
    "Sinuiju": (124.4, 40.1), "Hyesan": (128.18, 41.4), "Blagoveshchensk": (127.54, 50.27), "Almaty": (76.886, 43.2389),
    "Khabarovsk": (135.07, 48.48), "Zabaikalsk": (117.33, 49.65), "Zamyn-Uud": (111.9, 43.715), "Leh": (77.58, 34.16),
    "Ulaanbaatar": (106.92, 47.92), "Kathmandu": (85.324, 27.7172), "Thimphu": (89.64, 27.47), "Hanoi": (105.85, 21.03),
    "Lao Cai": (103.972, 22.49), "Mong Cai": (107.97, 21.525), "Muse": (97.9, 23.985), "Seoul": (126.978, 37.5665),
    "Pyongyang": (125.75, 39.03), "Taipei": (121.56, 25.03), "Kinmen": (118.32, 24.43), "Nangan": (119.94, 26.15),
    "Macau": (113.54, 22.1937), "Taipa": (113.556, 22.155), "Lo Wu": (114.113, 22.528), "Central": (114.158, 22.283),
    "Hong Kong airport": (113.92, 22.31), "Singapore": (103.82, 1.35), "Tokyo": (139.7, 35.7), "London": (-0.13, 51.5),
}  # fmt: skip


def vectors() -> list[dict[str, str]]:
    if not VECTORS.exists():
        pytest.skip("the reference vectors of ../shared/data are not on this machine")
    with VECTORS.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def points(rows: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([[float(row[f"{name}_lon"]), float(row[f"{name}_lat"])] for row in rows])


def metres(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.asarray(ELLIPSOID.inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2])


@pytest.mark.parametrize("name", ["gcj", "bd"])
def test_reference_vectors_of_the_mainland(name: str) -> None:
    rows = [row for row in vectors() if row["category"] in {"chengdu_random", "china_named", "china_random"}]
    stated = Datum.parse({"gcj": "gcj02", "bd": "bd09"}[name])
    wgs, shifted = points(rows, "wgs"), points(rows, name)
    assert len(rows) == 38
    assert metres(datum.from_wgs84(wgs, stated), shifted).max() < 0.001
    assert metres(datum.to_wgs84(shifted, stated), wgs).max() < 0.001


def test_reference_places_outside_the_mainland_are_not_shifted() -> None:
    wgs = points([row for row in vectors() if row["category"] == "outside_or_border"], "wgs")
    assert len(wgs) == 7
    assert (datum.from_wgs84(wgs, Datum("gcj02")) == wgs).all()


def test_region_holds_the_border_towns_and_leaves_out_the_neighbours() -> None:
    assert [name for name, xy in INSIDE.items() if not mainland.covers(np.array([xy]))[0]] == []
    assert [name for name, xy in OUTSIDE.items() if mainland.covers(np.array([xy]))[0]] == []


def test_region_is_one_simple_polygon() -> None:
    region = Polygon(mainland.OUTLINE, [mainland.HONG_KONG, mainland.MACAU, mainland.KINMEN])
    assert region.is_valid
    assert not mainland.covers(np.array([[np.nan, 30.0]]))[0]


china = st.tuples(st.floats(73.5, 134.8), st.floats(18.1, 53.5)).filter(
    lambda p: bool(mainland.covers(np.array([p]))[0])
)


@pytest.mark.parametrize("name", ["gcj02", "bd09"])
@given(spots=st.lists(china, min_size=1, max_size=20))
@settings(deadline=None, max_examples=50)
def test_round_trip_in_china_is_exact(name: str, spots: list[tuple[float, float]]) -> None:
    wgs, stated = np.array(spots), Datum(name)
    shifted = datum.from_wgs84(wgs, stated)
    assert (metres(wgs, shifted) > 5.0).all()  # a few places in Qinghai move by only 18 m in GCJ-02
    assert np.abs(datum.to_wgs84(shifted, stated) - wgs).max() < MILLIMETRE_DEG


@given(lon=st.floats(-179.9, 179.9), lat=st.floats(-89.9, 89.9))
@settings(deadline=None, max_examples=200)
def test_bd09_comes_back_from_everywhere(lon: float, lat: float) -> None:
    wgs = np.array([[lon, lat]])
    if mainland.covers(wgs, 0.02)[0] and not mainland.covers(wgs)[0]:
        return
    assert np.abs(datum.to_wgs84(datum.from_wgs84(wgs, Datum("bd09")), Datum("bd09")) - wgs).max() < MILLIMETRE_DEG


@given(edge=st.integers(0, len(mainland.OUTLINE) - 2), share=st.floats(0, 1), off=st.floats(-0.02, 0.02))
@settings(deadline=None, max_examples=200)
def test_near_the_rim_the_inverse_is_defined_and_inside_it_exact(edge: int, share: float, off: float) -> None:
    (ax, ay), (bx, by) = mainland.OUTLINE[edge : edge + 2]
    wgs = np.array([[ax + (bx - ax) * share, ay + (by - ay) * share + off]])
    gcj = datum.from_wgs84(wgs, Datum("gcj02"))
    back = datum.to_wgs84(gcj, Datum("gcj02"))
    assert metres(back, gcj)[0] < 800.0
    if mainland.covers(wgs)[0]:
        assert np.abs(back - wgs).max() < MILLIMETRE_DEG


def test_a_point_converts_alike_alone_and_among_others() -> None:
    random = np.random.default_rng(4)
    many = np.stack([random.uniform(100, 120, 1001), random.uniform(22, 40, 1001)], axis=1)
    for name in ("gcj02", "bd09"):
        together = datum.to_wgs84(many, Datum(name))
        alone = np.concatenate([datum.to_wgs84(many[i : i + 1], Datum(name)) for i in range(len(many))])
        assert np.array_equal(together, alone)


@pytest.mark.parametrize(
    ("text", "name"),
    [("wgs84", "wgs84"), ("WGS-84", "wgs84"), ("EPSG:4326", "wgs84"), ("epsg:4490", "cgcs2000"), ("GCJ-02", "gcj02"),
     ("BD09", "bd09"), ("epsg:4544", "EPSG:4544"), ("EPSG:3857", "EPSG:3857")],
)  # fmt: skip
def test_parse(text: str, name: str) -> None:
    assert Datum.parse(text) == Datum(name)


@pytest.mark.parametrize(
    "text",
    ["", "mars", "EPSG:", "EPSG:0", "EPSG:99999", "EPSG:4978", "EPSG:5773", "EPSG:\uff14544", " wgs84", "x" * 1000],
)
def test_parse_refuses(text: str) -> None:
    with pytest.raises(DatumUnknown):
        Datum.parse(text)


def test_a_frame_with_only_a_guessed_shift_is_refused() -> None:
    with pytest.raises(DatumWithoutRoute):
        Datum.parse("EPSG:2380")  # Xian 1980


def test_cgcs2000_is_wgs84() -> None:
    xy = np.array([[104.1, 30.6], [-180.0, 90.0]])
    assert np.array_equal(datum.to_wgs84(xy, Datum("cgcs2000")), xy)


def test_gauss_kruger_zones() -> None:
    lonlat = np.array([[104.1014, 30.66]])
    central, numbered = (datum.from_wgs84(lonlat, Datum(name)) for name in ("EPSG:4544", "EPSG:4523"))
    assert np.allclose(central, [[413_887.60, 3_393_329.35]], atol=400)
    assert np.allclose(numbered - central, [[35_000_000.0, 0.0]], atol=1e-6)
    for xy, name in ((central, "EPSG:4544"), (numbered, "EPSG:4523")):
        assert np.abs(datum.to_wgs84(xy, Datum(name)) - lonlat).max() < 1e-11


def test_gauss_kruger_length_is_the_geodesic_one_on_the_central_meridian() -> None:
    ends = datum.to_wgs84(np.array([[500_000.0, 3_393_000.0], [500_000.0, 3_394_000.0]]), Datum("EPSG:4544"))
    assert ends[0, 0] == pytest.approx(105.0, abs=1e-12)
    assert metres(ends[:1], ends[1:])[0] == pytest.approx(1000.0, abs=1e-4)


def test_zone_of_a_place_and_its_neighbour() -> None:
    assert [projected.zone_of(lon) for lon in (104.1, 103.5, 106.5, 75.0, 135.0)] == [35, 35, 36, 25, 45]
    assert projected.epsg_of_zone(104.1) == 4544
    assert projected.epsg_of_zone(104.1, numbered=True) == 4523
    assert projected.epsg_of_zone(106.4, zone=36) == 4545
    assert (projected.epsg_of_zone(75.0), projected.epsg_of_zone(135.0, numbered=True)) == (4534, 4533)
    with pytest.raises(Refusal):
        projected.epsg_of_zone(10.0)


@pytest.mark.parametrize(
    ("name", "xy", "id"),
    [
        ("wgs84", (float("nan"), 30.0), "coordinates-not-finite"),
        ("gcj02", (104.0, float("inf")), "coordinates-not-finite"),
        ("EPSG:4544", (float("nan"), 1.0), "coordinates-not-finite"),
        ("wgs84", (30.6, 104.1), "axes-swapped"),
        ("bd09", (30.6, 104.1), "axes-swapped"),
        ("wgs84", (181.0, 30.0), "coordinates-out-of-range"),
        ("gcj02", (413_887.0, 3_393_329.0), "coordinates-out-of-range"),
        ("EPSG:4544", (104.1, 30.6), "coordinates-out-of-range"),
        ("EPSG:4544", (3_393_329.0, 413_887.0), "coordinates-out-of-range"),
        ("EPSG:4544", (35_413_887.0, 3_393_329.0), "coordinates-out-of-range"),
        ("EPSG:4523", (413_887.0, 3_393_329.0), "coordinates-out-of-range"),
        ("EPSG:4544", (1e300, 1e300), "coordinates-out-of-range"),
    ],
)
def test_refused_points_are_named(name: str, xy: tuple[float, float], id: str) -> None:
    good = datum.from_wgs84(np.array([[104.1, 30.6]]), Datum(name))
    with pytest.raises(CoordinatesRefused) as caught:
        datum.to_wgs84(np.concatenate([good, [xy]]), Datum(name))
    assert (caught.value.id, caught.value.values["index"], caught.value.values["count"]) == (id, 1, 1)


def test_from_wgs84_refuses_what_the_frame_does_not_hold() -> None:
    with pytest.raises(CoordinatesRefused):
        datum.from_wgs84(np.array([[0.0, 51.0]]), Datum("EPSG:4544"))


@pytest.mark.parametrize("name", ["gcj02", "bd09", "EPSG:4544"])
def test_a_long_edge_bends_less_than_a_centimetre(name: str) -> None:
    stated = Datum(name)
    ends = datum.from_wgs84(np.array([[104.0, 30.6], [104.05, 30.63]]), stated)
    on_the_edge = ends[0] + (ends[1] - ends[0]) * np.linspace(0, 1, 977)[:, None]
    true = datum.to_wgs84(on_the_edge, stated)
    drawn = shapely.get_coordinates(datum.shape_to_wgs84(LineString(ends), stated))
    along = np.interp(true[:, 0], drawn[:, 0], drawn[:, 1])
    assert np.abs(along - true[:, 1]).max() * 111_320 < 0.01
    by_the_ends = np.interp(true[:, 0], *datum.to_wgs84(ends, stated).T)
    assert np.abs(by_the_ends - true[:, 1]).max() * 111_320 > 0.1  # the edge needed it


corner = st.tuples(st.floats(104.0, 104.02), st.floats(30.6, 30.62))


@pytest.mark.parametrize("name", ["gcj02", "bd09", "EPSG:4544"])
@given(a=corner, b=corner, c=corner, d=corner)
@settings(deadline=None, max_examples=40)
def test_shared_edges_stay_shared_to_the_bit(name: str, a: object, b: object, c: object, d: object) -> None:
    stated = Datum(name)
    a, b, c, d = datum.from_wgs84(np.array([a, b, c, d]), stated)
    one, two = datum.shape_to_wgs84(Polygon([a, b, c]), stated), datum.shape_to_wgs84(Polygon([b, a, d]), stated)
    edge = datum.shape_to_wgs84(LineString([a, b]), stated)
    wanted = {frozenset(pair) for pair in pairwise(edge.coords)}
    for polygon in (one, two):
        assert wanted <= {frozenset(pair) for pair in pairwise(polygon.exterior.coords)}
        assert polygon.exterior.coords[0] == polygon.exterior.coords[-1]


def test_shapes_of_every_kind_keep_their_kind_and_holes() -> None:
    square = shapely.box(104.0, 30.6, 104.01, 30.61)
    ring = Polygon(square.exterior, [shapely.box(104.004, 30.604, 104.005, 30.605).exterior])
    shapes = [Point(104, 30.6), LineString([(104, 30.6), (104.02, 30.6)]), ring, MultiPolygon([ring])]
    for shape in shapes:
        back = datum.shape_from_wgs84(datum.shape_to_wgs84(shape, Datum("gcj02")), Datum("gcj02"))
        assert back.geom_type == shape.geom_type
        assert back.hausdorff_distance(shape) < 1e-7
        assert len(shapely.get_rings(back)) == len(shapely.get_rings(shape))


def test_many_shapes_are_converted_as_each_alone_and_a_bad_one_is_none() -> None:
    good = [Point(104, 30.6), shapely.box(104, 30.6, 104.02, 30.62), None, LineString([(104, 30), (104.1, 30)])]
    with np.errstate(invalid="ignore"):
        broken = LineString([(104, 30), (np.nan, 30)])
    shapes = np.array([*good, Point(30.6, 104), broken], dtype=object)
    result = datum.shapes_to_wgs84(shapes, Datum("bd09"))
    assert [shape is None for shape in result] == [False, False, True, False, True, True]
    for shape, converted in zip(good, result, strict=False):
        assert converted == (shape and datum.shape_to_wgs84(shape, Datum("bd09")))
