"""Is each border that healing moved told, with its sides, its nodes and its largest shift?"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from divisions import ORIGIN, cell, community, together

from geo import lattice, moved, plan
from geo.measure import length_m, metres_per_degree
from geo.model import Grid, Plan, Region
from geo.snap import Shift, healed


def off(east_m: float, north_m: float) -> tuple[float, float]:
    """Degrees of some metres."""
    per_lon, per_lat = metres_per_degree(ORIGIN[1])
    return east_m / per_lon, north_m / per_lat


def slivered(gap_m: float) -> Plan:
    """Two by two grids; the border between A01 and A02 is a sliver of `gap_m`, open to the south."""
    drawn = community("A", 0, 0)
    xy = shapely.get_coordinates(drawn.grids[0].shape)
    corner = (xy[:, 0] == xy[:, 0].max()) & (xy[:, 1] == xy[:, 1].min())
    xy[corner] -= np.array(off(gap_m, 0))
    first = replace(drawn.grids[0], shape=lattice.rounded(shapely.Polygon(xy)))
    return replace(drawn, grids=(first, *drawn.grids[1:]))


def told(drawn: Plan, shifts: list[Shift]) -> list[moved.Moved]:
    outlines = {region.code: region.shape for region in drawn.regions if region.shape is not None}
    return moved.borders(shifts, drawn.grids, outlines)


def test_the_border_between_two_grids_is_told_with_its_shift() -> None:
    drawn, shifts = plan.healed(slivered(0.1))
    borders = told(drawn, shifts)
    assert [one.codes for one in borders] == [("A01", "A"), ("A01", "A02"), ("A02", "A")]
    for one in borders:
        assert one.nodes == 1
        assert one.largest_m == pytest.approx(0.1, abs=0.012)
    between = borders[1]
    edge = shapely.intersection(drawn.grids[0].shape, drawn.grids[1].shape)
    assert between.length_m == pytest.approx(length_m(edge), rel=1e-4)
    assert between.place in {tuple(xy) for xy in shapely.get_coordinates(edge).tolist()}


def test_nothing_moved_is_no_border() -> None:
    drawn, shifts = plan.healed(community("A", 0, 0))
    assert (shifts, told(drawn, shifts)) == ([], [])
    assert moved.borders([], [], {}) == []


def test_a_border_of_two_regions_is_named_by_its_grids() -> None:
    """The outlines run there too; a planner asks which grids it is between."""
    drawn = together([community("A", 0, 0, 1), community("B", 1, 0, 1)])
    bare = replace(drawn, regions=tuple(Region(code=region.code) for region in drawn.regions))
    shifted = replace(bare.grids[1], shape=shapely.transform(bare.grids[1].shape, lambda xy: xy + np.array([1e-6, 0])))
    mended, shifts = plan.healed(replace(bare, grids=(bare.grids[0], shifted)))
    borders = told(mended, shifts)
    assert ("A01", "B01") in [one.codes for one in borders]


def test_the_largest_shift_comes_first() -> None:
    grids = [Grid(code=f"G{n}", region="R", shape=cell(n, 0)) for n in range(3)]
    west, east = (shapely.get_coordinates(grid.shape)[0] for grid in (grids[0], grids[2]))
    shifts = [Shift((0.0, 0.0), tuple(west), 0.05), Shift((0.0, 0.0), tuple(east), 0.15)]
    borders = moved.borders(shifts, grids)
    assert [one.largest_m for one in borders] == sorted((one.largest_m for one in borders), reverse=True)
    assert borders[0].codes[0] in {"G1", "G2"}
    assert borders[-1].codes == ("G0",) or borders[-1].largest_m == 0.05


def test_every_shift_of_a_real_map_stands_in_a_border(shared_data: Path) -> None:
    """Villages of Taipei, every node of every other one moved by some centimetres."""
    features = json.loads((shared_data / "taipei_daan_zhongzheng_villages.geojson").read_text("utf-8"))["features"]
    chance = np.random.default_rng(7)
    grids = []
    for n, feature in enumerate(features):
        shape = lattice.rounded(shapely.geometry.shape(feature["geometry"]))
        if n % 2 and shape.geom_type == "Polygon":
            xy = shapely.get_coordinates(shape.exterior)[:-1]
            shape = lattice.rounded(shapely.Polygon(xy + chance.integers(-4, 5, xy.shape) * 1e-7))
        if shape.is_valid:
            grids.append(Grid(code=feature["properties"]["code"], region="T", shape=shape))
    result = healed([grid.shape for grid in grids], [0] * len(grids))
    after = [replace(grid, shape=shape) for grid, shape in zip(grids, result.shapes, strict=True)]
    borders = moved.borders(result.shifts, after)
    assert len(borders) > 50
    assert borders[0].largest_m == pytest.approx(result.largest_m)
    pairs = [one for one in borders if len(one.codes) == 2]
    assert len(pairs) > len(borders) / 2
    by_code = {grid.code: grid.shape for grid in after}
    for one in pairs:
        assert by_code[one.codes[0]].touches(by_code[one.codes[1]])
        assert 0 < one.largest_m <= result.largest_m
        assert one.length_m <= length_m(shapely.boundary(by_code[one.codes[0]])) + 0.01
