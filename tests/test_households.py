"""Which grid owns a building, and are households counted once? What SQL says to the same is in test_pairs."""

import numpy as np
import pytest
import shapely
from claims_drawn import Dwellings, dwellings
from divisions import ORIGIN, STEP, cell, community
from plans_drawn import hold

from geo import households
from geo.households import assign, building_findings, size_findings, tally, verdict
from geo.measure import square_metres
from geo.model import Building, Grid, GridKind, Rule, Severity

GRIDS = community("A", 0, 0).grids


def house(column: float, row: float, wide: float = 0.1, high: float = 0.1, **more: object) -> Building:
    return Building(id="h", shape=cell(column, row, wide, high), **{"households": 10, **more})  # type: ignore[arg-type]


def spot(column: float, row: float) -> shapely.Point:
    return shapely.Point(round(ORIGIN[0] + column * STEP, 7), round(ORIGIN[1] + row * STEP, 7))


def owner(building: Building) -> str | None:
    return assign([building], GRIDS)[0].grid


@pytest.mark.parametrize(
    ("building", "expected"),
    [
        (house(0.4, 0.4), "A01"),
        (house(0.95, 0.4), "A01"),
        (house(0.94, 0.4), "A01"),
        (house(0.96, 0.4), "A02"),
        (house(0.95, 0.95), "A01"),
        (house(1.0, 0.4), "A02"),
        (house(0.96, 0.4, entrance=spot(0.97, 0.45)), "A01"),
        (house(0.96, 0.4, entrance=spot(1, 0.45)), "A01"),
        (house(0.96, 0.4, entrance=spot(9, 9)), "A02"),
        (house(0.96, 0.4, grid="A04"), "A04"),
        (house(0.96, 0.4, grid="A04", entrance=spot(0.97, 0.45)), "A04"),
        (house(0.96, 0.4, grid="gone"), "A02"),
        (house(5, 5), None),
        (house(2, 0.4), None),
        (house(1.95, 0.4, wide=0.5), "A02"),
        (Building(id="h", shape=spot(1, 1)), "A01"),
        (Building(id="h", shape=spot(1, 0.5)), "A01"),
        (Building(id="h", shape=spot(5, 5)), None),
    ],
)
def test_row_12_declared_then_entrance_then_largest_share(building: Building, expected: str | None) -> None:
    assert owner(building) == expected


def test_row_12_a_straddler_is_counted_once_and_told() -> None:
    found = assign([house(0.96, 0.4)], GRIDS)
    assert tally(found) == {"A02": 10}
    (told,) = building_findings(found)
    assert (told.rule, told.severity) == (Rule.BUILDING_SPLIT, Severity.WARNING)
    assert told.codes == ["h", "A01", "A02"]
    assert told.area_m2 == pytest.approx(square_metres(cell(0.96, 0.4, 0.04, 0.1)), rel=1e-3)


def test_a_cut_of_a_lattice_step_is_no_cut() -> None:
    """Below a quarter of a square metre on one side it is rounding."""
    step = 1e-7 / STEP
    assert [*building_findings(assign([house(0.9 + step, 0.4, high=0.05)], GRIDS))] == []


def test_no_owner_is_told_by_how_many_live_there() -> None:
    lived_in, empty = assign([house(5, 5), house(5, 5, households=None)], GRIDS)
    first, second = [*building_findings([lived_in, empty])]
    assert (first.rule, first.severity) == (Rule.BUILDING_UNASSIGNED, Severity.BLOCKING)
    assert (second.rule, second.severity) == (Rule.BUILDING_UNASSIGNED, Severity.WARNING)


def test_every_household_is_counted_once(full: bool) -> None:
    """With its owner, whatever the footprints are: the sum over grids is the sum over owned buildings."""

    def promise(asked: Dwellings) -> None:
        grids = [Grid(code=claim.code, region="R", shape=claim.shape) for claim in asked.claims]
        lived_in = [
            Building(id=b.id, shape=b.shape, entrance=b.entrance, grid=b.grid, households=7) for b in asked.buildings
        ]
        found = assign(lived_in, grids)
        assert [one.building.id for one in found] == [building.id for building in lived_in]
        assert sum(tally(found).values()) == 7 * sum(1 for one in found if one.grid is not None)
        turned = assign(lived_in[::-1], grids[::-1])[::-1]
        assert [one.grid for one in turned] == [one.grid for one in found]
        assert all(sum(one.shares.values()) <= one.area_m2 * 1.000001 + 1e-5 for one in found) or overlap(grids)

    hold(dwellings(), promise, full)


def overlap(grids: list[Grid]) -> bool:
    shapes = np.asarray([grid.shape for grid in grids], dtype=object)
    return bool(abs(shapely.area(shapes).sum() - shapely.union_all(shapes).area) > 1e-14)


def test_grids_without_buildings_and_buildings_without_grids() -> None:
    assert assign([], GRIDS) == []
    (alone,) = assign([house(0, 0)], [])
    assert alone.grid is None
    assert tally([alone]) == {}


@pytest.mark.parametrize(
    ("kind", "count", "grids", "expected"),
    [
        (GridKind.RESIDENTIAL, 299, 4, "low"),
        (GridKind.RESIDENTIAL, 300, 4, "good"),
        (GridKind.RESIDENTIAL, 500, 4, "good"),
        (GridKind.RESIDENTIAL, 501, 4, "high"),
        (GridKind.RESIDENTIAL, 120, 1, "good"),
        (GridKind.RESIDENTIAL, 600, 1, "high"),
        (GridKind.RESIDENTIAL, None, 4, "none"),
        (GridKind.RURAL, 45, 4, "good"),
        (GridKind.RURAL, 501, 4, "high"),
        (GridKind.SPECIAL, 0, 4, "none"),
        (GridKind.SPECIAL, 900, 4, "none"),
    ],
)
def test_rows_14_to_17_size_by_kind(kind: GridKind, count: int | None, grids: int, expected: str) -> None:
    assert verdict(kind, count, grids) == expected


def test_sizes_are_silent_where_nobody_counted_and_told_where_somebody_did() -> None:
    assert [*size_findings(GRIDS, {})] == []
    told = {finding.codes[0]: finding.rule for finding in size_findings(GRIDS, {"A01": 400, "A02": 700, "B01": 5})}
    assert told == {"A02": Rule.HOUSEHOLDS_HIGH, "A03": Rule.HOUSEHOLDS_LOW, "A04": Rule.HOUSEHOLDS_LOW}
    assert households.LIMITS[GridKind.SPECIAL] is None
