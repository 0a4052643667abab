"""Which grids do facilities stand in, and what is told of those in none and of grids that lack one?"""

import pytest
import shapely
from divisions import ORIGIN, STEP, cell, community

from api.texts import finding_text
from geo import facilities
from geo.model import Facility, GridKind, Rule, Severity
from geo.ruleset import Limits, Ruleset, Stated

GRIDS = community("A", 0, 0).grids
SHAPES = [
    (lambda: spot(0.5, 0.5), ["A01"]),
    (lambda: spot(1, 0.5), ["A01", "A02"]),
    (lambda: spot(1, 1), ["A01", "A02", "A03", "A04"]),
    (lambda: spot(2, 2), ["A04"]),
    (lambda: spot(2.1, 2), []),
    (lambda: shapely.MultiPoint([spot(9, 9), spot(1.5, 0.5)]), ["A02"]),
    (lambda: shapely.MultiPoint([spot(9, 9), spot(8, 8)]), []),
    (lambda: cell(0.8, 0.2, 0.4, 0.1), ["A01", "A02"]),
    (lambda: cell(0.8, 0.2, 0.2, 0.1), ["A01"]),
    (lambda: cell(1.9, 0.2, 3, 0.1), ["A02"]),
    (lambda: cell(2, 0.2, 3, 0.1), ["A02"]),
    (lambda: cell(5, 5), []),
    (lambda: shapely.MultiPolygon([cell(5, 5), cell(0.1, 1.1, 0.2, 0.2)]), ["A03"]),
    (lambda: bow(0.2, 0.2), ["A01"]),
]


def spot(column: float, row: float) -> shapely.Point:
    return shapely.Point(round(ORIGIN[0] + column * STEP, 7), round(ORIGIN[1] + row * STEP, 7))


def bow(column: float, row: float) -> shapely.Polygon:
    xy = shapely.get_coordinates(cell(column, row, 0.1, 0.1))
    return shapely.Polygon(xy[[0, 2, 1, 3]])


def test_where_facilities_stand() -> None:
    """Points by the closed test; areas where they have ground, a school beside a border on one side alone."""
    asked = [Facility(id=f"f{n}", category="school", shape=shape()) for n, (shape, _) in enumerate(SHAPES)]
    expected = [grids for _, grids in SHAPES]
    assert facilities.places(asked, GRIDS) == expected
    assert facilities.places(asked[::-1], GRIDS[::-1]) == expected[::-1]
    for one, own in zip(asked, expected, strict=True):
        assert facilities.places([one], GRIDS) == [own]
    told = [*facilities.findings(asked, GRIDS)]
    assert [finding.codes for finding in told] == [[f"f{n}"] for n, own in enumerate(expected) if not own]
    assert {(finding.rule, finding.severity) for finding in told} == {(Rule.FACILITY_UNASSIGNED, Severity.WARNING)}
    assert told[0].geometry == asked[4].shape
    assert "school" in finding_text(told[0], "en")


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_place(count: int) -> None:
    clinics = [Facility(id="f", category="clinic", shape=spot(0.5, 0.5))][:count]
    assert facilities.places(clinics, []) == [[]] * count
    assert [*facilities.findings([], GRIDS)] == []


def needs(*categories: str) -> Limits:
    return Ruleset(whole=Stated(facilities={GridKind.RESIDENTIAL: frozenset(categories)})).within(())


def test_a_grid_without_a_facility_is_told_category_by_category() -> None:
    clinic, school = (Facility(id=id_, category=id_, shape=shape) for id_, shape in at_the_middle().items())
    limits = {"A": needs("school", "clinic")}
    told = [*facilities.findings([clinic, school], GRIDS, limits)]
    assert [(f.codes[0], f.values["category"]) for f in told] == [
        ("A02", "clinic"),
        ("A03", "clinic"),
        ("A03", "school"),
        ("A04", "clinic"),
        ("A04", "school"),
    ]
    assert {(f.rule, f.severity) for f in told} == {(Rule.FACILITY_MISSING, Severity.NOTE)}
    assert told[0].geometry == GRIDS[1].shape
    assert [*facilities.missing(GRIDS[2], (), limits["A"])] == told[1:3]
    assert [*facilities.findings([clinic, school], GRIDS, {"B": needs("police")})] == []


def at_the_middle() -> dict[str, shapely.Geometry]:
    return {"clinic": spot(0.4, 0.4), "school": cell(0.9, 0.1, 0.2, 0.2)}


def test_grids_beside_the_plan_keep_a_facility_and_are_not_judged() -> None:
    inside, beside = GRIDS[:2], GRIDS[2:]
    school = Facility(id="s", category="school", shape=spot(0.5, 1.5))
    assert [*facilities.findings([school], inside)] != []
    told = [*facilities.findings([school], inside, {"A": needs("school")}, beside)]
    assert [finding.codes for finding in told] == [["A01"], ["A02"]]
