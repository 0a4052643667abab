"""Is a mistake of datum or axes recognised where it explains a strange place, and nothing told where all is well?"""

import csv
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from api.texts import CATALOGUE, placeholders, text
from geo import datum as datums
from geo import mainland
from geo.datum import Datum, Points
from geo.expected import Doubt, Place, doubts
from geo.refusal import CoordinatesRefused

HOME = shapely.box(104.1, 30.6, 104.103, 30.603)
"""Some 300 m each way: smaller than any shift."""
HERE = (104.1015, 30.6015)
WGS84, CGCS2000, GCJ02, BD09, GAUSS = (Datum(name) for name in ("wgs84", "cgcs2000", "gcj02", "bd09", "EPSG:4544"))


def within(shape: shapely.Polygon) -> Place:
    return lambda xy: np.asarray(shapely.intersects_xy(shape, xy[:, 0], xy[:, 1]))


AT_HOME = within(HOME)


def forth(point: tuple[float, float], *stated: Datum) -> tuple[float, float]:
    """The point in one datum, and once more from there ..."""
    for datum in stated:
        x, y = datums.from_wgs84(np.array([point]), datum)[0].tolist()
        point = x, y
    return point


def back(point: tuple[float, float], datum: Datum) -> tuple[float, float]:
    x, y = datums.to_wgs84(np.array([point]), datum)[0].tolist()
    return x, y


def ids(found: list[Doubt]) -> list[tuple[str, object]]:
    return [(doubt.id, doubt.values.get("meant")) for doubt in found]


@pytest.mark.parametrize("stated", [WGS84, CGCS2000, GCJ02, BD09, GAUSS, Datum("EPSG:3857")])
def test_a_point_where_it_should_be_is_not_doubted(stated: Datum) -> None:
    assert doubts(*forth(HERE, stated), stated, AT_HOME) == []


@pytest.mark.parametrize(
    ("point", "stated", "id", "meant"),
    [
        (forth(HERE, GCJ02), WGS84, "expect-shifted", "gcj02"),
        (forth(HERE, BD09), WGS84, "expect-shifted", "bd09"),
        (forth(HERE, BD09), CGCS2000, "expect-shifted", "bd09"),
        (forth(HERE, BD09), GCJ02, "expect-shifted", "bd09"),
        (forth(HERE, GCJ02), BD09, "expect-shifted", "gcj02"),
        (HERE, GCJ02, "expect-shifted", "wgs84"),
        (HERE, BD09, "expect-shifted", "wgs84"),
        (forth(HERE, GCJ02, GAUSS), GAUSS, "expect-shifted", "gcj02"),
        (forth(HERE, GCJ02, GCJ02), GCJ02, "expect-converted-twice", "gcj02"),
        (forth(HERE, BD09, BD09), BD09, "expect-converted-twice", "bd09"),
        (back(HERE, GCJ02), WGS84, "expect-converted-twice", "gcj02"),
        (back(HERE, BD09), CGCS2000, "expect-converted-twice", "bd09"),
        (forth(back(HERE, GCJ02), GAUSS), GAUSS, "expect-converted-twice", "gcj02"),
    ],
)
def test_a_known_mistake_is_named(point: tuple[float, float], stated: Datum, id: str, meant: str) -> None:
    found = doubts(*point, stated, AT_HOME)
    assert ids(found) == [(id, meant)]
    assert found[0].values["given"] == stated.name
    far = float(found[0].values["metres"])
    assert 250 < far < 1500


def test_swapped_axes_are_named_where_both_ways_are_in_range() -> None:
    kashgar = within(shapely.box(75.98, 39.46, 75.99, 39.47))
    assert ids(doubts(39.465, 75.985, WGS84, kashgar)) == [("expect-swapped", None)]
    x, y = forth((75.985, 39.465), GCJ02)
    assert ids(doubts(y, x, GCJ02, kashgar)) == [("expect-swapped", None)]
    with pytest.raises(CoordinatesRefused):
        doubts(30.6015, 104.1015, WGS84, AT_HOME)


def test_every_fitting_datum_is_named_in_one_warning() -> None:
    wide = within(shapely.box(104.09, 30.59, 104.103, 30.602))
    found = doubts(104.104, 30.598, WGS84, wide)
    assert ids(found) == [("expect-shifted", "gcj02, bd09")]
    assert [300 < float(metres) < 1500 for metres in str(found[0].values["metres"]).split(", ")] == [True, True]


@pytest.mark.parametrize("stated", [WGS84, GCJ02, BD09, GAUSS])
def test_a_place_nothing_explains_says_so(stated: Datum) -> None:
    assert ids(doubts(*forth((104.3, 30.9), stated), stated, AT_HOME)) == [("not-in-expected", None)]


def test_outside_the_mainland_phones_shift_nothing() -> None:
    taipei = within(shapely.box(121.56, 25.03, 121.563, 25.033))
    assert ids(doubts(121.57, 25.04, WGS84, taipei)) == [("not-in-expected", None)]


def test_every_doubt_can_be_told() -> None:
    asked = [(forth(HERE, GCJ02), WGS84), (back(HERE, GCJ02), WGS84), ((104.3, 30.9), WGS84)]
    told = [doubt for point, stated in asked for doubt in doubts(*point, stated, AT_HOME)]
    told.append(Doubt("expect-swapped", {"given": "wgs84"}))
    assert len({doubt.id for doubt in told}) == 4
    for doubt in told:
        assert placeholders(CATALOGUE[f"warning.{doubt.id}"][1]) <= {"region", *doubt.values}
        for language in ("zh", "en"):
            assert "519909001001" in text(f"warning.{doubt.id}", language, region="519909001001", **doubt.values)


def test_the_reference_triples_are_recognised(shared_data: Path) -> None:
    with (shared_data / "gcj02_reference_vectors.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["category"] == "chengdu_random"]
    assert len(rows) > 5
    for row in rows:
        wgs, gcj, bd = ((float(row[f"{name}_lon"]), float(row[f"{name}_lat"])) for name in ("wgs", "gcj", "bd"))
        there = within(shapely.Point(wgs).buffer(1e-5))
        assert ids(doubts(*gcj, WGS84, there)) == [("expect-shifted", "gcj02")]
        assert ids(doubts(*bd, WGS84, there)) == [("expect-shifted", "bd09")]
        assert ids(doubts(*wgs, GCJ02, there)) == [("expect-shifted", "wgs84")]
        assert doubts(*gcj, GCJ02, there) == doubts(*bd, BD09, there) == []


lonlat = st.tuples(st.floats(-180, 180), st.floats(-90, 90)) | st.tuples(st.floats(73, 136), st.floats(17, 54.5))


def converted(xy: Points, stated: Datum) -> tuple[float, float] | None:
    try:
        x, y = datums.to_wgs84(xy, stated)[0].tolist()
    except CoordinatesRefused:
        return None
    return x, y


@pytest.mark.parametrize("name", ["wgs84", "cgcs2000", "gcj02", "bd09", "EPSG:4544"])
@given(point=lonlat)
@settings(deadline=None, max_examples=150)
def test_one_point_is_converted_as_many_are(name: str, point: tuple[float, float]) -> None:
    stated = Datum(name)
    expected = converted(np.array([point]), stated)
    if expected is None:
        with pytest.raises(CoordinatesRefused):
            datums.point_to_wgs84(*point, stated)
    else:
        assert datums.point_to_wgs84(*point, stated) == pytest.approx(expected, abs=1e-12, rel=0)


@pytest.mark.parametrize("name", ["gcj02", "bd09"])
@given(edge=st.integers(0, len(mainland.OUTLINE) - 2), share=st.floats(0, 1), off=st.floats(-0.03, 0.03))
@settings(deadline=None, max_examples=150)
def test_one_point_near_the_rim_is_converted_as_many_are(name: str, edge: int, share: float, off: float) -> None:
    (ax, ay), (bx, by) = mainland.OUTLINE[edge : edge + 2]
    point = forth((ax + (bx - ax) * share, ay + (by - ay) * share + off), Datum(name))
    expected = datums.to_wgs84(np.array([point]), Datum(name))[0]
    assert datums.point_to_wgs84(*point, Datum(name)) == pytest.approx(tuple(expected), abs=1e-12, rel=0)


def test_wgs84_stays_as_it_is_and_refusals_are_those_of_many() -> None:
    for stated in (WGS84, CGCS2000):
        assert datums.point_to_wgs84(-180.0, 90.0, stated) == (-180.0, 90.0)
    for point in [(181.0, 30.0), (30.6, 104.1), (float("nan"), 1.0), (104.0, float("inf"))]:
        for stated in (WGS84, GCJ02, BD09, GAUSS):
            with pytest.raises(CoordinatesRefused) as one:
                datums.point_to_wgs84(*point, stated)
            with pytest.raises(CoordinatesRefused) as many:
                datums.to_wgs84(np.array([point]), stated)
            assert (one.value.id, one.value.values) == (many.value.id, many.value.values)
