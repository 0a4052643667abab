"""Are holes and parts told, and do they hinder only where nobody else has the ground?"""

import shapely
from divisions import cell

from geo import pieces
from geo.measure import square_metres
from geo.model import Finding, Grid, Ground, Region, Rule, Severity

RING = shapely.difference(cell(0, 0, 3, 3), cell(1, 1))


def holes(shape: Ground, *fillers: Ground) -> list[Finding]:
    return list(pieces.hole_findings("g", shape, fillers))


def test_a_hole_that_nobody_fills_hinders() -> None:
    (hole,) = holes(RING, cell(3, 0), cell(0, 3))
    assert (hole.rule, hole.severity, hole.codes) == (Rule.HOLE, Severity.BLOCKING, ["g"])
    assert hole.geometry is not None
    assert hole.geometry.equals(cell(1, 1))
    assert hole.area_m2 == square_metres(cell(1, 1))


def test_a_hole_that_is_filled_is_a_warning() -> None:
    assert [f.severity for f in holes(RING, cell(1, 1))] == [Severity.WARNING]
    assert [f.severity for f in holes(RING, cell(1, 1, 0.5), cell(1.5, 1, 0.5))] == [Severity.WARNING]
    assert [f.severity for f in holes(RING, cell(0, 0, 2, 2))] == [Severity.WARNING]


def test_a_hole_that_is_filled_but_for_a_strip_hinders() -> None:
    assert [f.severity for f in holes(RING, cell(1, 1, 0.999))] == [Severity.BLOCKING]
    step = shapely.box(*(RING.bounds[0] + 0.003, RING.bounds[1] + 0.003), *cell(1, 1).bounds[2:])
    nearly = shapely.difference(step, shapely.box(*step.bounds[:2], step.bounds[0] + 1e-7, step.bounds[3]))
    assert [f.severity for f in holes(RING, nearly)] == [Severity.BLOCKING]


def test_a_filler_that_crosses_itself_fills_nothing() -> None:
    west, south, east, north = cell(1, 1).bounds
    bow = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    assert [f.severity for f in holes(RING, bow)] == [Severity.BLOCKING]


def test_one_finding_a_hole_whatever_the_order_of_the_parts() -> None:
    two = shapely.difference(cell(0, 0, 7, 3), shapely.union_all([cell(1, 1), cell(4, 1, 2, 1)]))
    turned = shapely.Polygon(two.exterior, list(two.interiors)[::-1])
    found = holes(two, cell(1, 1))
    assert [f.severity for f in found] == [Severity.BLOCKING, Severity.WARNING]
    assert found == holes(turned, cell(1, 1))
    assert holes(cell(0, 0), cell(0, 0)) == []


def parts(*cells: Ground) -> Grid:
    return Grid(code="g", region="r", shape=shapely.MultiPolygon(list(cells)))


def test_two_parts_in_one_part_of_the_region_hinder() -> None:
    region = Region(code="r", shape=cell(0, 0, 3, 1))
    (found,) = pieces.multipart_findings(parts(cell(0, 0), cell(2, 0, 0.5)), region)
    assert (found.rule, found.severity, found.values["parts"]) == (Rule.MULTIPART, Severity.BLOCKING, 2)
    assert found.geometry is not None
    assert found.geometry.equals(cell(2, 0, 0.5))


def test_parts_in_parts_of_the_region_are_a_warning() -> None:
    region = Region(code="r", enclave=True, shape=shapely.MultiPolygon([cell(0, 0, 2, 1), cell(4, 0), cell(6, 0)]))
    two, three = parts(cell(0, 0), cell(4, 0)), parts(cell(0, 0), cell(4, 0), cell(6, 0))
    assert [f.severity for f in pieces.multipart_findings(two, region)] == [Severity.WARNING]
    (found,) = pieces.multipart_findings(three, region)
    assert found.severity is Severity.WARNING
    assert found.area_m2 == square_metres(shapely.MultiPolygon([cell(4, 0), cell(6, 0)]))
    outside = parts(cell(0, 0), cell(9, 0))
    assert [f.severity for f in pieces.multipart_findings(outside, region)] == [Severity.BLOCKING]
    same = parts(cell(0, 0, 0.5), cell(1, 0), cell(4, 0))
    assert [f.severity for f in pieces.multipart_findings(same, region)] == [Severity.BLOCKING]
    assert list(pieces.multipart_findings(Grid(code="g", region="r", shape=cell(0, 0)), region)) == []


def test_an_outline_in_parts_is_declared() -> None:
    shape = shapely.MultiPolygon([cell(0, 0), cell(2, 0, 2, 2)])
    (found,) = pieces.multipart_region(Region(code="r", shape=shape))
    assert (found.severity, found.codes) == (Severity.WARNING, ["r"])
    assert found.geometry is not None
    assert found.geometry.equals(cell(0, 0))
    assert list(pieces.multipart_region(Region(code="r", shape=shape, enclave=True))) == []
    assert list(pieces.multipart_region(Region(code="r", shape=cell(0, 0)))) == []
    assert list(pieces.multipart_region(Region(code="r"))) == []


def test_only_suspects_have_findings() -> None:
    shapes = [cell(0, 0), RING, shapely.MultiPolygon([cell(0, 0), cell(2, 0)]), shapely.Polygon()]
    assert pieces.suspects(shapes).tolist() == [False, True, True, False]
