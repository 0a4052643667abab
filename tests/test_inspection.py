"""Does a check of what changed tell the same, to the byte, as a check of everything?"""

from collections import Counter
from dataclasses import astuple

import numpy as np
import pytest
import shapely
from edits_drawn import Editor
from proofs import Proof

from geo.files import read_geojson
from geo.files.things import plan_of, things
from geo.inspection import Inspection, Report
from geo.model import Building, Facility, Finding, Grid, Plan
from geo.terms import Terms


@pytest.fixture(scope="module")
def street(district_text: str) -> tuple[Plan, Terms]:
    """Some communities of the sample district with all that stands there, and the grids round them."""
    whole = plan_of(things(read_geojson(district_text.encode())))
    codes = sorted({grid.region for grid in whole.grids})[:7]
    own = [grid for grid in whole.grids if grid.region in codes]
    ground = shapely.union_all([grid.shape for grid in own])
    shapely.prepare(ground)

    def near(things: tuple[Building | Facility, ...]) -> tuple[Building | Facility, ...]:
        return tuple(thing for thing in things if ground.intersects(thing.shape))

    above = {region.code: region for region in whole.regions}
    upper = {above[code].parent for code in codes}
    part = Plan(
        regions=tuple(region for region in whole.regions if region.code in codes or region.code in upper),
        grids=tuple(own),
        buildings=near(whole.buildings),  # type: ignore[arg-type]
        facilities=near(whole.facilities),  # type: ignore[arg-type]
        lines=tuple(line for line in whole.lines if ground.intersects(line.shape)),
        water=tuple(water for water in whole.water if ground.intersects(water.shape)),
    )
    beside = [grid for grid in whole.grids if grid.region not in codes and ground.dwithin(grid.shape, 1e-4)]
    return part, Terms(beside=beside, before={grid.code: 400 for grid in own})


def told(report: Report) -> bytes:
    """Everything of a report."""
    return "\n".join(
        [*map(_line, report.findings), repr(astuple(report.figures)), repr(sorted(report.counts.items()))]
    ).encode()


def _line(finding: Finding) -> str:
    shape = None if finding.geometry is None else shapely.to_wkb(finding.geometry, hex=True)
    amounts = finding.area_m2, finding.width_m, finding.length_m, finding.households, finding.healable
    return repr((finding.rule, finding.severity, [*finding.codes], shape, amounts, sorted(finding.values.items())))


@pytest.mark.parametrize("heal", [False, True])
def test_a_check_of_what_changed_tells_what_a_check_of_all_does(
    street: tuple[Plan, Terms], heal: bool, full: bool, proof: Proof
) -> None:
    """One inspection goes through all edits, sound and faulty; after each a new one looks at everything."""
    part, terms = street
    count, least = (1000, 20) if full else (40, 12)
    if heal:
        count, least = count // 5, 3
    inspection = Inspection(part, terms, heal=heal)
    editor, rules, edits = Editor(inspection.layout, np.random.default_rng(4)), Counter[str](), Counter[str]()
    for number in range(count):
        name, change = editor.draw()
        after = inspection.changed(change)
        afresh = Inspection(inspection.layout.plan, terms, heal=heal).report
        assert told(after).splitlines() == told(afresh).splitlines(), f"edit {number}: {name}"
        edits[name] += 1
        rules.update({finding.rule.value for finding in after.findings})
    proof(f"a re-check equals a full check{' (healing marked)' if heal else ''}", count, f"{len(rules)} rules told")
    assert len(rules) >= least


def test_the_order_of_a_plan_s_things_is_nobody_s_business(street: tuple[Plan, Terms]) -> None:
    part, terms = street

    def turned(things: tuple[Grid, ...]) -> tuple[Grid, ...]:
        return tuple(reversed(things))

    other = Plan(
        regions=part.regions[::-1],
        grids=turned(part.grids),
        buildings=part.buildings[::-1],
        facilities=part.facilities[::-1],
        lines=part.lines[::-1],
        water=part.water[::-1],
    )
    assert told(Inspection(part, terms).report) == told(Inspection(other, terms).report)
