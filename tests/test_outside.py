"""Does somebody who writes plan files by hand get told the truth, in figures and in words?"""

import json
from dataclasses import replace
from pathlib import Path

import shapely
from commands import process
from divisions import cell, community, together

from geo import breakdown
from geo.model import Plan, Rule
from geo.plan import check


def crossed() -> Plan:
    """Two communities; the outline of one grid crosses itself, so that half of its ground is nobody's."""
    plan = together([community("A", 0, 0), community("B", 2, 0)])
    west, south, east, north = cell(0, 0).bounds
    bow = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
    return replace(plan, grids=(replace(plan.grids[0], shape=bow), *plan.grids[1:]))


def test_a_region_with_a_ring_that_crosses_itself_is_not_told_as_covered() -> None:
    plan = crossed()
    report = check(plan)
    assert [finding.rule for finding in report.findings] == [Rule.RING_INVALID]
    assert (report.figures.units, report.figures.units_covered) == (2, 1)
    parts = breakdown.parts(plan, report)
    assert {code: part.figures.units_covered for code, part in parts.items()} == {"A": 0, "B": 1}


def test_households_that_nobody_counted_are_not_told_as_none(tmp_path: Path) -> None:
    """A file by hand, through the command: a building of unknown households in no grid, and one of none."""
    plan = community("A", 0, 0)
    rows = [
        {"layer": "region", "code": "A", "level": "community", "shape": plan.regions[0].shape},
        *({"layer": "grid", "code": one.code, "region": "A", "shape": one.shape} for one in plan.grids),
        {"layer": "building", "id": "unknown", "shape": cell(5, 5, 0.1, 0.1)},
        {"layer": "building", "id": "empty", "households": 0, "shape": cell(6, 5, 0.1, 0.1)},
    ]
    features = [
        {
            "type": "Feature",
            "properties": {name: value for name, value in row.items() if name != "shape"},
            "geometry": shapely.geometry.mapping(row["shape"]),
        }
        for row in rows
    ]
    file = tmp_path / "plan.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    told = process("check", file, "--json", variables={"LANG": "en_US.UTF-8"})
    assert told.status == 0, told.err
    messages = {one["codes"][0]: one["message"] for one in told.told["findings"]}
    assert messages == {
        "unknown": "Building unknown belongs to no grid.",
        "empty": "Building empty (0 households) belongs to no grid.",
    }
