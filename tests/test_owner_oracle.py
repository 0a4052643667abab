"""Is the owner of a point the one that rational numbers say, asked one by one, many at once, in SQL, and answered?

The points lie at random, on nodes, on edges and one float step beside them; the ground is drawn by chance, the sample
district, Taipei, and by hand where floats go wrong: long slanted edges, needles, numbers near zero.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import shapely
from claims_drawn import covering_exactly
from claims_stored import publish_claims
from conftest import fresh
from divisions import community, together
from hypothesis import strategies as st
from plans_drawn import ORIGINS, Drawn, hold, plans
from planting_sources import district, villages
from proofs import Proof
from rational import Oracle, edges, exactly_on, nasty, pairs
from sqlalchemy.orm import Session

from geo import lookup
from geo.index import Claim, Owners
from geo.lattice import to_degrees
from geo.lookup import Holding, Map, Status
from geo.model import Grid, Ground, Plan, Region, Standing
from geo.store import embedded, owner
from geo.store.connect import session


@pytest.fixture(scope="module")
def work(cluster: embedded.Cluster) -> Iterator[Session]:
    """The owner's session in an empty store, where rows are tried and rolled back."""
    with fresh(cluster) as store, session(store.owner) as one:
        yield one


@dataclass(frozen=True)
class Asked:
    """Sound ground: grids in regions whose boundaries they cover once."""

    grids: Sequence[Grid]
    boundaries: dict[str, Ground]

    @property
    def claims(self) -> list[Claim]:
        return [Claim(grid.code, grid.shape) for grid in self.grids]

    @property
    def map(self) -> Map:
        holdings = [Holding.of(id=n, grid=grid, edition=1, standing=claim.standing)
                    for n, (grid, claim) in enumerate(zip(self.grids, self.claims, strict=True))]  # fmt: skip
        regions = {code: Region(code=code, name=code) for code in self.boundaries}
        return Map(publication=1, holdings=holdings, regions=regions, boundaries=self.boundaries)


@dataclass
class Tally:
    """What was compared."""

    points: int = 0
    several: int = 0
    on_edge: int = 0
    in_sql: int = 0
    doubted: int = 0
    statuses: Counter[Status] = field(default_factory=Counter)

    def __str__(self) -> str:
        told = f"{self.several} with several owners to choose from, {self.in_sql} asked in SQL as well"
        return f"equal; {told}, {self.doubted} sides told only by fractions"


def compare(asked: Asked, xy: np.ndarray, tally: Tally, work: Session | None = None, every: int = 1) -> None:
    """Every way to ask for the owners of the points gives what the oracle gives; SQL is asked for each `every`th."""
    oracle, whole = Oracle(asked.claims), Oracle([Claim(code, shape) for code, shape in asked.boundaries.items()])
    expected, inside = oracle.covering(xy), whole.covering(xy)
    assert [bool(codes) for codes in expected] == [bool(codes) for codes in inside], "sound ground has an owner"
    state = asked.map
    in_memory(state.owners, xy, expected)
    for point, codes in zip(xy, expected, strict=True):
        answered(state, point, codes, tally)
    if work is not None:
        in_sql(work, asked.claims, xy[::every], expected[::every])
        tally.in_sql += len(xy[::every])
    tally.points += len(xy)
    tally.several += sum(len(codes) > 1 for codes in expected)
    tally.doubted += oracle.doubted


def in_memory(owners: Owners, xy: np.ndarray, expected: Sequence[Sequence[str]]) -> None:
    codes = list(owners.codes)
    many = [codes[number] if number >= 0 else None for number in owners.owners(xy).tolist()]
    wrong = [(point.tolist(), told, should) for point, told, should in zip(xy, many, expected, strict=True)
             if told != (should[0] if should else None)]  # fmt: skip
    assert wrong == []
    alone = [[codes[number] for number in owners.covering(float(lon), float(lat))] for lon, lat in xy]
    wrong = [one for one in zip(xy.tolist(), alone, expected, strict=True) if one[1] != list(one[2])]
    assert wrong == []
    point, claim = owners.hits(xy)
    assert sorted((int(p), codes[c]) for p, c in zip(point, claim, strict=True)) == sorted(pairs(expected))


def answered(state: Map, point: np.ndarray, expected: Sequence[str], tally: Tally) -> None:
    lon, lat = point.tolist()
    found = lookup.answer(state, lon, lat)
    assert (found.owner and found.owner.code) == (expected[0] if expected else None), (lon, lat)
    assert (found.status in {Status.GAP, Status.OUTSIDE}) is not expected or not expected, (lon, lat)
    assert (found.status is Status.SHARED) is (len(expected) > 1), (lon, lat)
    tally.statuses[found.status] += 1


def in_sql(work: Session, claims: Sequence[Claim], xy: np.ndarray, expected: Sequence[Sequence[str]]) -> None:
    try:
        publish_claims(work, claims)
        for (lon, lat), codes in zip(xy.tolist(), expected, strict=True):
            assert [found.code for found in owner.covering(work, lon, lat)] == list(codes), (lon, lat)
    finally:
        work.rollback()


def asked_of(plan: Plan) -> Asked:
    regions = {grid.region for grid in plan.grids}
    shapes = {region.code: region.shape for region in plan.regions if region.code in regions}
    derived = {code: shapely.coverage_union_all([g.shape for g in plan.grids if g.region == code]) for code in regions}
    return Asked(plan.grids, {code: shape if shape is not None else derived[code] for code, shape in shapes.items()})


# The oracle itself


def test_the_filter_decides_as_fractions_do(full: bool) -> None:
    """The fast oracle and one that reckons in nothing but fractions."""

    def promise(value: tuple[Drawn, int]) -> None:
        asked, chance = asked_of(value[0].plan), np.random.default_rng(value[1])
        xy = nasty(chance, asked.claims, 24)
        for point, codes in zip(xy.tolist(), Oracle(asked.claims).covering(xy), strict=True):
            assert codes == covering_exactly(asked.claims, *point), point

    hold(st.tuples(plans(most_regions=2), st.integers(0, 2**32 - 1)), promise, full, small=15, large=150)


# Ground by chance, by hand, and real


def test_ground_drawn_by_chance(work: Session, full: bool, proof: Proof) -> None:
    """Holes, enclaves, islands, several parts, needles; at zero, in the far north, in the far corner of the world."""
    tally = Tally()

    def promise(value: tuple[Drawn, int]) -> None:
        asked, chance = asked_of(value[0].plan), np.random.default_rng(value[1])
        compare(asked, nasty(chance, asked.claims, 400 if full else 60), tally, work, 8 if full else 4)

    hold(st.tuples(plans(most_regions=3), st.integers(0, 2**32 - 1)), promise, full, small=10, large=150)
    proof("owner against fractions: ground drawn by chance, points", tally.points, str(tally))


def test_the_sample_district(work: Session, full: bool, proof: Proof) -> None:
    asked, tally = asked_of(district().plan), Tally()
    xy = nasty(np.random.default_rng(5), asked.claims, 60_000 if full else 900)
    compare(asked, xy, tally, work, 20 if full else 6)
    proof("owner against fractions: the sample district, points", tally.points, str(tally))


def test_taipei(work: Session, shared_data: Path, full: bool, proof: Proof) -> None:
    asked, tally = asked_of(villages(shared_data).plan), Tally()
    compare(asked, nasty(np.random.default_rng(6), asked.claims, 20_000 if full else 500), tally, work, 10)
    proof("owner against fractions: Taipei's villages, points", tally.points, str(tally))


def rows(origins: Sequence[tuple[int, int]] = ((0, 0), (2, 0), (0, 2), (2, 2))) -> Asked:
    return asked_of(together([community(f"C{n}", *origin) for n, origin in enumerate(origins)]))


def ring(*steps: tuple[int, int]) -> shapely.Polygon:
    return shapely.Polygon(to_degrees(np.array(steps, dtype=np.int64)))


def fan(corners: Sequence[tuple[int, int]], middle: tuple[int, int]) -> Asked:
    """Triangles round a node, in steps."""
    several = [ring(a, b, middle) for a, b in zip(corners, [*corners[1:], corners[0]], strict=True)]
    grids = [Grid(code=f"F{n:02}", region="F", shape=shape) for n, shape in enumerate(several)]
    return Asked(grids, {"F": shapely.coverage_union_all(several)})


CHENGDU = (1_041_000_000, 307_000_000)
GROUND = {
    "rows": rows(),
    "degrees long": fan(
        [(1_040_000_001, 300_000_003), (1_131_234_567, 317_654_321), (1_077_777_777, 393_333_333)],
        (1_081_234_567, 332_222_222),
    ),
    "astride zero": fan([(-49_999_999, -31_234_567), (50_000_001, 17_654_321), (3_333_333, 48_888_888)], (0, 0)),
    "at zero": fan([(-3, -1), (4, 2), (1, 5)], (0, 1)),
    "needles": fan([(x + CHENGDU[0], y + CHENGDU[1]) for x, y in
                    ((0, 0), (40_001, 1), (80_003, 0), (80_003, 7), (40_002, 3), (1, 6))],
                   (CHENGDU[0] + 40_001, CHENGDU[1] + 2)),
    "south and west": fan([(-584_000_003, -346_000_001), (-583_000_001, -346_100_003), (-583_500_007, -345_200_009)],
                          (-583_600_000, -345_800_000)),
}  # fmt: skip


@pytest.mark.parametrize("name", GROUND)
def test_ground_by_hand(work: Session, full: bool, proof: Proof, name: str) -> None:
    asked, tally = GROUND[name], Tally()
    assert all(grid.shape.is_valid for grid in asked.grids)
    xy = nasty(np.random.default_rng(7), asked.claims, 6_000 if full else 200)
    assert exactly_on(asked.claims, xy) > len(xy) // 20
    compare(asked, xy, tally, None if name == "astride zero" else work, 4)
    proof(f"owner against fractions: {name}, points", tally.points, str(tally))


def test_any_rings_laid_over_each_other(full: bool, proof: Proof) -> None:
    """Provisional ground may be anything: rings that cross themselves, lie on each other, or enclose nothing."""
    points = [0]

    def promise(value: tuple[list[list[tuple[int, int]]], tuple[int, int], int, int]) -> None:
        rings, origin, unit, seed = value
        shapes = [ring(*((x * unit + origin[0], y * unit + origin[1]) for x, y in nodes)) for nodes in rings]
        proven = [shape.is_valid and not n for n, shape in enumerate(shapes)]
        claims = [
            Claim(f"C{n}", shape, Standing.PROVEN if sound else Standing.PROVISIONAL)
            for n, (shape, sound) in enumerate(zip(shapes, proven, strict=True))
        ]
        xy = nasty(np.random.default_rng(seed), claims, 48)
        in_memory(Owners(claims), xy, Oracle(claims).covering(xy))
        points[0] += len(xy)

    node = st.tuples(st.integers(0, 6), st.integers(0, 6))
    rings = st.lists(st.lists(node, min_size=3, max_size=7, unique=True), min_size=1, max_size=6)
    asked = st.tuples(
        rings, st.sampled_from(ORIGINS), st.sampled_from((1, 9, 3000, 200_000)), st.integers(0, 2**32 - 1)
    )
    hold(asked, promise, full, large=1000)
    proof("owner against fractions: any rings laid over each other, points", points[0], "equal")


@pytest.mark.xfail(strict=True, reason="ST_Relate of GEOS 3.11 reckons in two doubles, too few for numbers near zero")
def test_sql_on_an_edge_through_zero(work: Session) -> None:
    """One eighth of the edge's length from the node at zero, and so exactly on it. Nowhere else SQL was seen to err."""
    asked, place = GROUND["astride zero"], np.array([[0.0416666625, 0.6111111]])
    assert Oracle(asked.claims).covering(place) == [["F01", "F02"]]
    in_memory(asked.map.owners, place, [["F01", "F02"]])
    in_sql(work, asked.claims, place, [["F01", "F02"]])


def test_there_are_sides_to_be_doubted() -> None:
    """Or the points would be too easy."""
    asked = GROUND["degrees long"]
    oracle = Oracle(asked.claims)
    oracle.covering(nasty(np.random.default_rng(8), asked.claims, 400))
    assert oracle.doubted > 100
    assert sum(len(edges(claim.shape)) for claim in asked.claims) == 9
