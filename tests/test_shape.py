"""Are spikes, needles, necks and thin grids told where they are, and nothing about a block with sharp corners?"""

import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from plans_drawn import Drawn, hold, plans

import sample_data
from geo import lattice, shape
from geo.datum import WGS84
from geo.files import plan_of, read, things
from geo.measure import metres_per_degree
from geo.model import Finding, Grid, GridKind, Ground, Rule, Severity
from geo.ruleset import DEFAULT, Limits, Ruleset, Stated

LIMITS = DEFAULT.within([])
LON, LAT = 104.1, 30.7
SX, SY = metres_per_degree(LAT)


def at(metres: object) -> Ground:
    """A shape drawn in metres, at its place on the lattice."""
    drawn = shapely.Polygon(metres) if isinstance(metres, list) else metres
    placed = shapely.transform(drawn, lambda xy: xy / [SX, SY] + [LON, LAT])
    ground = lattice.rounded(placed)
    assert isinstance(ground, Ground)
    return ground


def grid(metres: object, kind: GridKind = GridKind.RESIDENTIAL) -> Grid:
    return Grid(code="g", region="r", kind=kind, shape=at(metres))


def told(metres: object, limits: Limits = LIMITS, kind: GridKind = GridKind.RESIDENTIAL) -> list[Finding]:
    return shape.findings(grid(metres, kind), limits)


def rules(metres: object) -> set[Rule]:
    return {finding.rule for finding in told(metres)}


def limits(**values: float | None) -> Limits:
    return Ruleset(whole=Stated(values={name: dict.fromkeys(GridKind, v) for name, v in values.items()})).within([])


BLOCK = [(0, 0), (300, 0), (300, 200), (0, 200)]


@pytest.mark.parametrize(
    "metres",
    [
        BLOCK,
        [(0, 0), (300, 0), (400, 200), (60, 220)],
        [(0, 0), (150, -3), (300, 0), (304, 100), (300, 200), (296, 200), (0, 200)],
        [(0, 0), (300, 0), (300, 200), (200, 200), (200, 180), (150, 180), (150, 200), (0, 200)],
        shapely.Point(0, 0).buffer(120),
    ],
)
def test_ordinary_blocks_are_silent(metres: object) -> None:
    assert told(metres) == []
    assert not shape.suspects([grid(metres)], [LIMITS]).any()


def test_a_needle_is_told_with_its_ground() -> None:
    block = shapely.box(0, 0, 300, 200).union(shapely.box(300, 100, 340, 104))
    (needle,) = told(block)
    assert (needle.rule, needle.severity) == (Rule.NEEDLE, Severity.WARNING)
    assert needle.area_m2 == pytest.approx(160, rel=0.03)
    assert needle.width_m == pytest.approx(4, abs=0.05)
    assert needle.length_m == pytest.approx(40, rel=0.03)
    assert needle.geometry is not None
    assert at(shapely.box(299, 99, 341, 105)).covers(needle.geometry)
    assert told(block, kind=GridKind.SPECIAL) == []
    assert told(block, limits(needle_width_m=3.5)) == []
    assert told(block, limits(needle_width_m=None, neck_width_m=None)) == []


def test_a_triangle_is_silent_too() -> None:
    assert told([(0, 0), (300, 0), (40, 90)]) == []


def test_a_short_or_a_wide_arm_is_no_needle() -> None:
    block = shapely.box(0, 0, 300, 200)
    assert told(block.union(shapely.box(300, 100, 307, 104))) == []
    assert told(block.union(shapely.box(300, 100, 340, 106.5))) == []


def test_a_neck_is_told_with_its_width() -> None:
    halves = shapely.box(0, 0, 100, 100), shapely.box(130, 0, 230, 100)
    found = told(shapely.union_all([*halves, shapely.box(100, 40, 130, 44.5)]))
    neck = next(finding for finding in found if finding.rule is Rule.NECK)
    assert neck.severity is Severity.WARNING
    assert neck.width_m == pytest.approx(4.5, abs=0.03)
    assert neck.area_m2 == pytest.approx(30 * 4.5, rel=0.08)
    assert neck.geometry is not None
    assert at(shapely.box(99, 39, 131, 46)).covers(neck.geometry)
    assert {finding.rule for finding in found} == {Rule.NECK, Rule.NEEDLE}


def test_a_pinch_without_length_is_a_neck() -> None:
    found = told([(0, 0), (100, 48), (200, 0), (200, 100), (100, 52), (0, 100)])
    (neck,) = [finding for finding in found if finding.rule is Rule.NECK]
    assert neck.width_m == pytest.approx(4, abs=0.03)
    assert neck.geometry is not None
    assert neck.geometry.intersects(at(shapely.box(99, 49, 101, 51)))


def test_a_neck_to_a_small_part_is_none() -> None:
    nose = shapely.union_all(
        [shapely.box(0, 0, 100, 100), shapely.box(100, 40, 110, 45), shapely.box(110, 32, 130, 52)]
    )
    assert Rule.NECK not in rules(nose)
    assert Rule.NECK in {finding.rule for finding in told(nose, limits(neck_area_m2=300))}


def test_each_neck_of_three_parts() -> None:
    rooms = [shapely.box(x, 0, x + 60, 60) for x in (0, 80, 160)]
    doors = [shapely.box(x, 20, x + 20, 25) for x in (60, 140)]
    found = told(shapely.union_all([*rooms, *doors]), limits(needle_width_m=None))
    assert [finding.rule for finding in found] == [Rule.NECK, Rule.NECK]


@pytest.mark.parametrize("out", [40.0, -40.0])
def test_a_spike_out_of_the_ground_or_into_it(out: float) -> None:
    metres = [(0, 0), (300, 0), (300, 99.95), (300 + out, 100), (300, 100.05), (300, 200), (0, 200)]
    (spike,) = told(metres)
    assert (spike.rule, spike.severity) == (Rule.SPIKE, Severity.WARNING)
    assert spike.length_m == pytest.approx(40, rel=0.01)
    assert spike.values["angle"] == pytest.approx(math.degrees(0.1 / 40), rel=0.3)
    assert spike.geometry is not None
    assert spike.geometry.geom_type == "Polygon"
    assert shape.ring_findings("r", at(metres), LIMITS)[0].geometry == spike.geometry
    assert told(metres, limits(spike_length_m=41.0)) == []


def test_a_spike_along_an_edge_is_as_long_as_its_shorter_leg() -> None:
    (spike,) = told([(0, 0), (305, 0), (300, 0.04), (300, 200), (0, 200)])
    assert spike.rule is Rule.SPIKE
    assert spike.length_m == pytest.approx(5, abs=0.02)


def test_a_spike_of_short_edges_is_one_spike() -> None:
    out = [(300 + x, 100 - (40 - x) / 1000) for x in np.arange(0, 40, 0.8)]
    back = [(300 + x, 100 + (40 - x) / 1000) for x in np.arange(0, 40, 0.8)][::-1]
    found = told([(0, 0), (300, 0), *out, (340, 100), *back, (300, 200), (0, 200)])
    assert [finding.rule for finding in found] == [Rule.SPIKE]
    assert found[0].length_m == pytest.approx(40, rel=0.02)


def test_an_exact_way_out_and_back_is_told_of_an_invalid_ring() -> None:
    metres = [(0, 0), (300, 0), (300, 100), (340, 100), (300, 100), (300, 200), (0, 200)]
    assert not at(metres).is_valid
    (spike,) = told(metres)
    assert spike.rule is Rule.SPIKE
    assert spike.geometry is not None
    assert spike.geometry.geom_type == "LineString"
    assert shape.suspects([grid(metres)], [LIMITS]).all()


def test_too_many_vertices() -> None:
    ring = shapely.Point(0, 0).buffer(200, quad_segs=30)
    (finding,) = told(ring, limits(vertices_most=119))
    assert (finding.rule, finding.values["count"]) == (Rule.VERTICES_MANY, 120)
    assert told(ring, limits(vertices_most=120)) == []
    assert [f.rule for f in shape.ring_findings("r", at(ring), limits(vertices_most=119))] == [Rule.VERTICES_MANY]


def test_compactness() -> None:
    found = told(shapely.box(0, 0, 1000, 20))
    assert [finding.rule for finding in found] == [Rule.COMPACTNESS_LOW]
    assert found[0].severity is Severity.NOTE
    assert found[0].values["value"] == pytest.approx(4 * math.pi * 20000 / 2040**2, rel=1e-4)
    assert told(shapely.box(0, 0, 1000, 20), kind=GridKind.RURAL) == []


def test_nothing_is_said_of_ground_that_is_not_there() -> None:
    nothing = Grid(code="g", region="r", shape=shapely.Polygon())
    assert shape.findings(nothing, LIMITS) == []
    assert not shape.suspects([nothing], [LIMITS]).any()
    assert len(shape.suspects([], [])) == 0


def test_points_that_are_repeated() -> None:
    raw = shapely.Polygon([(0, 0), (1, 0), (1, 0), (1, 1), (0, 1), (0, 0), (0, 0)])
    points = shape.repeated_points(raw)
    assert points is not None
    assert sorted(map(tuple, shapely.get_coordinates(points).tolist())) == [(0.0, 0.0), (1.0, 0.0)]
    finding = shape.repeated_finding("g", points)
    assert (finding.rule, finding.severity, finding.values["count"]) == (Rule.POINT_REPEATED, Severity.NOTE, 2)
    assert shape.repeated_points(at(BLOCK)) is None


def crooked(chance: np.random.Generator) -> shapely.Polygon:
    """A block with crooked sides, and arms, notches, doors and saw teeth of all sizes round the limits."""
    count, noise = int(chance.integers(1, 30)), float(chance.choice([0, 0.3, 1, 2, 4]))
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * chance.uniform(8, 250, 2) + chance.uniform(-30, 30, (4, 2))
    sides = []
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = np.linspace(0, 1, count, endpoint=False)[:, None]
        sides.append(a + (b - a) * along + chance.normal(0, noise, (count, 2)) * (along > 0))
    block = shapely.Polygon(np.concatenate(sides)).buffer(0)
    for _ in range(int(chance.integers(0, 4))):
        size = chance.uniform([1, 3], [10, 60])
        piece = shapely.affinity.translate(shapely.box(0, 0, *size), *chance.uniform(-20, 240, 2))
        piece = shapely.affinity.rotate(piece, float(chance.choice([0, 45, 90, chance.uniform(0, 180)])))
        block = block.union(piece) if chance.random() < 0.5 else block.difference(piece)
    if chance.random() < 0.2:
        block = block.buffer(float(chance.uniform(-4, 4)), join_style="mitre")
    parts = [part for part in shapely.get_parts(block) if isinstance(part, shapely.Polygon) and not part.is_empty]
    whole = max(parts, key=lambda part: part.area, default=shapely.box(0, 0, 9, 9))
    return whole if chance.random() < 0.1 else shapely.Polygon(whole.exterior)


def test_no_grid_with_a_finding_is_left_unsuspected(full: bool) -> None:
    chance = np.random.default_rng(7)
    own = [LIMITS, limits(needle_width_m=10.0, needle_area_m2=50.0), limits(neck_width_m=9.0, neck_area_m2=100.0)]
    grids = [grid(crooked(chance)) for _ in range(20_000 if full else 600)]
    judged = [own[number % 3] for number in range(len(grids))]
    suspected = shape.suspects(grids, judged)
    found = [bool(shape.findings(one, two)) for one, two in zip(grids, judged, strict=True)]
    assert not (np.array(found) & ~suspected).any()
    assert 0.1 < np.mean(found) < 0.9
    assert suspected.mean() < 0.95


def test_no_grid_of_a_net_is_left_unsuspected(full: bool) -> None:
    """At every size from a lattice step to a town, at every corner of the world."""

    def promise(drawn: Drawn) -> None:
        grids = drawn.plan.grids
        suspected = shape.suspects(grids, [LIMITS] * len(grids))
        for one, suspect in zip(grids, suspected.tolist(), strict=True):
            assert suspect or shape.findings(one, LIMITS) == []

    hold(plans(most_regions=2), promise, full, small=12)


def test_the_sample_is_silent() -> None:
    plan = plan_of(things(read(Path(sample_data.__file__).parent / "broken" / "sound.geojson")))
    assert len(plan.grids) == 9
    assert [finding for one in plan.grids for finding in shape.findings(one, LIMITS)] == []


def test_real_villages_are_silent(shared_data: Path) -> None:
    path = shared_data / "taipei_daan_zhongzheng_villages.geojson"
    grids = things(read(path, layer="grid", constants={"region": "taipei"}, datum=WGS84))
    villages = [one for one in grids if isinstance(one, Grid)]
    assert len(villages) == 84
    assert [finding for one in villages for finding in shape.findings(one, LIMITS)] == []


def test_ground_that_crosses_itself_by_a_hair_in_metres_is_still_compared() -> None:
    """As a shape sound on the lattice may, once it is scaled."""
    crossed = shapely.Polygon([(0, 0), (10, 10 + 1e-9), (10, 0), (0, 10)])
    beside = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10 + 1e-9)])
    left = shape._without(crossed, beside)
    assert left.is_valid
    assert left.area < 1e-2
