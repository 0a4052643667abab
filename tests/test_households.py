"""Which grid owns a building, and are households counted once? What SQL says to the same is in test_pairs."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from claims_drawn import Dwellings, dwellings
from divisions import ORIGIN, STEP, cell, community
from plans_drawn import hold

from api.texts import finding_text
from geo.files import plan_of, read, things
from geo.footprints import stacked_findings
from geo.households import (
    assign,
    building_findings,
    counted,
    owned,
    repeated_findings,
    size_findings,
    tally,
    verdict,
)
from geo.measure import square_metres
from geo.model import Building, Grid, GridKind, Rule, Severity
from geo.ruleset import Limits, Ruleset, Stated

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
        (house(0.96, 0.4, grid="A01"), "A01"),
        (house(0.96, 0.4, grid="A01", entrance=spot(1.01, 0.45)), "A01"),
        (house(0.96, 0.4, grid="A04"), "A02"),
        (house(0.96, 0.4, grid="A04", entrance=spot(0.97, 0.45)), "A01"),
        (house(1, 0.4, grid="A01"), "A02"),
        (house(0.2, 0.4, grid="A02"), "A01"),
        (house(0.2, 0.4, grid="A01"), "A01"),
        (Building(id="h", shape=spot(1, 0.5), grid="A02"), "A02"),
        (Building(id="h", shape=spot(0.5, 0.5), grid="A02"), "A01"),
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


A = community("A", 0, 0).regions[0]


def test_sizes_are_silent_where_nobody_counted_and_told_where_somebody_did() -> None:
    assert [*size_findings(A, GRIDS, {})] == []
    told = {finding.codes[0]: finding.rule for finding in size_findings(A, GRIDS, {"A01": 400, "A02": 700, "B01": 5})}
    assert told == {"A02": Rule.HOUSEHOLDS_HIGH, "A03": Rule.HOUSEHOLDS_LOW, "A04": Rule.HOUSEHOLDS_LOW}
    assert [*size_findings(A, GRIDS[:1], {"A01": 20})] == []


def limits(**values: float | None) -> Limits:
    stated = {name: dict.fromkeys(GridKind, value) for name, value in values.items()}
    return Ruleset(whole=Stated(values=stated)).within(())


def test_sizes_by_limits_of_the_region() -> None:
    wide = limits(households_most=800, households_least=None)
    assert verdict(GridKind.SPECIAL, 900, 4, wide) == "high"
    assert verdict(GridKind.RESIDENTIAL, 10, 4, wide) == "good"
    assert verdict(GridKind.RURAL, 10, 4, limits(households_most=None)) == "none"
    (told,) = size_findings(A, GRIDS, {"A01": 801, "A02": 700}, wide)
    assert told.values == {"region": "A", "code": "A01", "households": 801, "kind": "residential", "high": 800}


def test_grown_since_the_last_publication_is_told_beside() -> None:
    before = {"A01": 480, "A02": 510, "A03": 500}
    counts = {"A01": 520, "A02": 530, "A03": 501, "A04": 600}
    told = [*size_findings(A, GRIDS, counts, before=before)]
    assert [f.codes[0] for f in told if f.rule is Rule.HOUSEHOLDS_HIGH] == ["A01", "A02", "A03", "A04"]
    grown = [f for f in told if f.rule is Rule.HOUSEHOLDS_GROWN]
    assert [(f.codes[0], f.values["before"], f.households) for f in grown] == [("A01", 480, 520), ("A03", 500, 501)]
    assert "480" in finding_text(grown[0], "zh")


def test_row_14_a_tower_is_noted_and_is_the_reason() -> None:
    buildings = [house(0.4, 0.4, households=620), house(1.4, 1.4, households=620, grid="A04")]
    special = [*GRIDS[:3], replace(GRIDS[3], kind=GridKind.SPECIAL)]
    (tower,) = building_findings(owned(buildings, special), special)
    assert (tower.rule, tower.severity, tower.codes) == (Rule.TOWER_OVER, Severity.NOTE, ["h", "A01"])
    told = [*size_findings(A, special, {"A01": 700, "A02": 700}, towers={"A01": {"h"}})]
    assert [f.values.get("tower") for f in told if f.rule is Rule.HOUSEHOLDS_HIGH] == ["h", None]
    assert [*building_findings(owned(buildings, special), special, {"A": limits(tower_most=620)})] == []


def test_a_straddler_is_told_with_shares_and_the_reason_of_its_owner() -> None:
    by_share, by_door = house(0.96, 0.4), house(0.96, 0.4, entrance=spot(0.97, 0.45))
    outside = house(1.94, 0.4, grid="A02")
    told = [*building_findings(owned([by_share, by_door, outside], GRIDS))]
    assert [(f.values["owner"], f.values["by"]) for f in told] == [
        ("A02", "share"),
        ("A01", "entrance"),
        ("A02", "declared"),
    ]
    part, rest = (f"{square_metres(cell(column, 0.4, wide, 0.1)):.1f} m²" for column, wide in ((0.96, 0.04), (1, 0.06)))
    assert told[0].values["shares"] == f"A01: 40.0% ({part}), A02: 60.0% ({rest})"
    assert told[2].values["shares"] == f"A02: 60.0% ({rest}), –: 40.0% ({part})"
    assert "A02" in finding_text(told[0], "en")


def test_wholly_in_two_grids_is_ambiguous_and_touching_a_second_is_not() -> None:
    over = Grid(code="X", region="A", shape=cell(0.2, 0.2, 0.5, 0.5))
    told = [
        *building_findings(owned([house(0.4, 0.4), house(0.65, 0.4), house(0.9, 0.4), spot_house()], [*GRIDS, over]))
    ]
    (found,) = told
    assert (found.rule, found.severity) == (Rule.BUILDING_AMBIGUOUS, Severity.WARNING)
    assert found.codes == ["h", "A01", "X"]
    assert (found.values["owner"], found.values["grids"]) == ("A01", "A01, X")


def spot_house() -> Building:
    return Building(id="p", shape=spot(0.45, 0.45))


def test_a_repeated_id_counts_once_with_the_most_households() -> None:
    rows = [
        house(0.4, 0.4),
        house(1.4, 0.4, households=30),
        house(0.6, 1.4, households=None),
        house(5, 5, households=30),
    ]
    for order in (rows, rows[::-1]):
        found = assign(order, GRIDS)
        assert tally(found) == tally(owned(order, GRIDS)) == {"A02": 30}
        assert sum(counted(found)) == 1
    told, again = [*repeated_findings(rows)], [*repeated_findings(rows[::-1])]
    assert told == again
    assert (told[0].rule, told[0].codes, told[0].households) == (Rule.BUILDING_REPEATED, ["h"], 30)
    assert told[0].values == {"building": "h", "rows": 4, "counts": "30, 30, 10, –"}
    assert told[0].geometry is not None
    assert all(told[0].geometry.covers(row.shape) for row in rows)
    assert [*repeated_findings([house(0, 0), replace(house(1, 1), id="other")])] == []


def test_stacked_footprints_are_noted_and_the_same_asked_alone() -> None:
    """Each once, the smaller first, whatever else there is and in whatever order."""
    chance = np.random.default_rng(4)
    buildings = [replace(house(*place), id=f"b{n}") for n, place in enumerate(chance.uniform(0, 2, (120, 2)).tolist())]
    buildings += [replace(house(3, 3), id="podium"), replace(house(3.02, 3.02, 0.03, 0.03), id="tower")]
    buildings += [replace(house(3.1, 3), id="beside"), replace(house(3.13, 3.03, 0.03, 0.03), id="beside")]
    told = [*stacked_findings(buildings)]
    assert len(told) > 20
    assert told[-1].codes == ["tower", "podium"]
    assert told[-1].area_m2 == pytest.approx(square_metres(cell(3.02, 3.02, 0.03, 0.03)))
    assert (told[-1].values["share"], told[-1].households) == (pytest.approx(1), 20)
    for building in buildings[::5]:
        near = [one for one in buildings if one.shape.intersects(building.shape)][::-1]
        own = [number for number, one in enumerate(near) if one is building]
        assert [*stacked_findings(near, own)] == [one for one in told if building.id in one.codes]
    assert len([*stacked_findings(buildings, most_m2=lambda _: 300.0)]) < len(told)
    assert [*stacked_findings(buildings, most_m2=lambda _: None)] == []


def test_towers_over_podiums_of_a_real_city(shared_data: Path) -> None:
    reading = read(shared_data / "shanghai_bund_lujiazui_osm.gpkg", table="buildings", layer="building")
    buildings = plan_of(things(reading)).buildings
    told = [*stacked_findings(buildings)]
    assert (len(buildings), len(told)) == (1321, 35)
    assert sum(finding.area_m2 or 0 for finding in told) == pytest.approx(28_606, rel=0.001)
