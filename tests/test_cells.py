"""Are squares and cells cut so that asking them is asking the ground itself, in rational numbers?"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import shapely
from claims_drawn import Asked, covers_exactly, questions
from ground_by_hand import DOUBTFUL, EAST, NORTH, SIDE, SOUND, laid_over, named, polygon
from hypothesis import strategies as st
from plans_drawn import hold
from rational import nasty, stepped

from geo.cells import Cells
from geo.corners import Ways
from geo.frame import MOST_SQUARES, Frame
from geo.index import Claim, Owners
from geo.lattice import LAT_OFFSET, LON_OFFSET
from geo.model import Standing
from geo.sides import side, sides
from geo.squares import clipped, touched

# On which side


def exact_side(*six: float) -> int:
    ax, ay, bx, by, px, py = map(Fraction, six)
    found = (ax - px) * (by - py) - (ay - py) * (bx - px)
    return (found > 0) - (found < 0)


def sides_are_exact(asked: Sequence[tuple[float, ...]]) -> None:
    """One by one and all at once."""
    expected = [exact_side(*six) for six in asked]
    assert [int(np.sign(side(*six))) for six in asked] == expected
    assert sides(*np.array(asked).T).tolist() == expected


NUMBERS = st.one_of(
    st.floats(-180, 180),
    st.sampled_from([0.0, -0.0, 1e-7, -1e-7, 1e-20, 5e-324, -5e-324, 1e-300, 180.0, -180.0, 104.1, 30.7]),
    st.integers(-9, 9).map(float),
    st.floats(-1e150, 1e150),
)


def test_sides_of_any_numbers_are_those_of_fractions(full: bool) -> None:
    hold(st.lists(st.tuples(*[NUMBERS] * 6), min_size=1, max_size=8), sides_are_exact, full, small=150, large=3000)


def test_sides_beside_an_edge_are_those_of_fractions(full: bool) -> None:
    """Points on an edge as well as floats can tell, and one or two float steps off it."""

    def promise(value: tuple[tuple[float, ...], float]) -> None:
        (ax, ay, bx, by), part = value
        x, y = ax + (bx - ax) * part, ay + (by - ay) * part
        steps = [x, float(np.nextafter(x, np.inf)), float(np.nextafter(x, -np.inf))]
        ups = [y, float(np.nextafter(y, np.inf)), float(np.nextafter(y, -np.inf))]
        sides_are_exact([(ax, ay, bx, by, x, y) for x in steps for y in ups])

    ends = st.tuples(*[st.integers(-1_800_000_000, 1_800_000_000).map(lambda n: n / 1e7)] * 4)
    hold(st.tuples(ends, st.floats(0, 1)), promise, full, small=100, large=5000)


# Which squares and cells an edge touches


def touches(edge: Sequence[int], west: int, south: int, size: int) -> bool:
    """Whether a segment meets a closed square, in whole numbers."""
    ax, ay, bx, by = edge
    if max(ax, bx) < west or min(ax, bx) > west + size or max(ay, by) < south or min(ay, by) > south + size:
        return False
    corners = [(west + i * size, south + j * size) for i in (0, 1) for j in (0, 1)]
    turns = [(bx - ax) * (y - ay) - (by - ay) * (x - ax) for x, y in corners]
    return min(turns) <= 0 <= max(turns)


def ways_of(edges: Sequence[Sequence[int]]) -> Ways:
    return Ways(*np.array(edges, dtype=np.float64).T)


@st.composite
def edges(draw: st.DrawFn) -> list[tuple[int, ...]]:
    """Edges in steps near a corner of squares, many with ends on lines of squares or cells."""
    base = draw(st.sampled_from([(0, 0), (EAST + LON_OFFSET, NORTH + LAT_OFFSET), (27_000 * SIDE, 13_000 * SIDE)]))
    on_line = st.sampled_from([n * SIDE // 8 + d for n in range(-16, 17) for d in (-1, 0, 1)])
    one = st.one_of(on_line, st.integers(-3 * SIDE, 3 * SIDE))
    found = draw(st.lists(st.tuples(one, one, one, one), min_size=1, max_size=6))
    move = (*base, *base)
    return [tuple(max(0, end + by) for end, by in zip(edge, move, strict=True)) for edge in found]


def test_no_square_that_an_edge_touches_is_missed(full: bool) -> None:
    def promise(several: list[tuple[int, ...]]) -> None:
        told = set(zip(*(one.tolist() for one in touched(ways_of(several), SIDE)), strict=True))
        for number, edge in enumerate(several):
            columns, rows = ({end // SIDE + d for end in edge[first::2] for d in range(-6, 7)} for first in (0, 1))
            for place in ((c, r) for c in columns for r in rows):
                if touches(edge, place[0] * SIDE, place[1] * SIDE, SIDE):
                    assert (number, *place) in told, (edge, place)

    hold(edges(), promise, full, small=100, large=2000)


def test_no_cell_that_an_edge_touches_is_missed_in_any_square(full: bool) -> None:
    """An edge is clipped to each of its squares first."""
    count, size = 8, SIDE // 8

    def promise(several: list[tuple[int, ...]]) -> None:
        ways = ways_of(several)
        edge, column, row = touched(ways, SIDE)
        parts = clipped(ways.taken(edge), column * float(SIDE), row * float(SIDE), SIDE)
        pair, x, y = touched(parts, size)
        told = set(zip(pair.tolist(), x.tolist(), y.tolist(), strict=True))
        for n, (number, left, low) in enumerate(zip(edge.tolist(), column.tolist(), row.tolist(), strict=True)):
            for place in ((left * count + i, low * count + j) for i in range(count) for j in range(count)):
                if touches(several[number], place[0] * size, place[1] * size, size):
                    assert (n, *place) in told, (several[number], place)

    hold(edges(), promise, full, small=30, large=600)


# What is said of a point


def exactly(claims: Sequence[Claim], lon: float, lat: float) -> tuple[list[int], list[int]]:
    """Which claims have the point inside, and which on their border."""
    border = [number for number, claim in enumerate(claims) if is_on_border(claim.shape, lon, lat)]
    covered = [number for number, claim in enumerate(claims) if covers_exactly(claim.shape, lon, lat)]
    return [number for number in covered if number not in border], border


def is_on_border(shape: shapely.Geometry, lon: float, lat: float) -> bool:
    rings = [ring.coords for ring in shapely.get_rings(shapely.get_parts(shape))]
    near = (
        (a, b)
        for ring in rings
        for a, b in pairwise(ring)
        if min(a[0], b[0]) <= lon <= max(a[0], b[0]) and min(a[1], b[1]) <= lat <= max(a[1], b[1])
    )
    return any(exact_side(*a, *b, lon, lat) == 0 for a, b in near)


def corner_points(cells: Cells, chance: np.random.Generator, count: int) -> np.ndarray:
    """Corners of squares and of cells, and one float step beside them."""
    bits, west, south, wide, _ = cells.frame.tolist()
    if not len(cells.power):
        return np.empty((0, 2))
    size = 1 << (bits - int(cells.power.max()))
    number = np.flatnonzero(cells.square >= 0)
    square = chance.choice(number, count)
    row, column = np.divmod(square, wide)
    inner = chance.integers(0, (1 << bits) // size + 1, (count, 2)) * size * chance.integers(0, 2, (count, 1))
    x, y = ((column + west) << bits) + inner[:, 0] - LON_OFFSET, ((row + south) << bits) + inner[:, 1] - LAT_OFFSET
    xy = np.column_stack([x, y]) / 1e7
    return np.vstack([xy, stepped(chance, xy)])


def is_right(claims: Sequence[Claim], chance: np.random.Generator, count: int) -> Owners:
    """Every way to ask says of nasty points what fractions say."""
    owners = Owners(claims)
    ordered = list(owners.claims)
    xy = np.vstack([nasty(chance, ordered, count), corner_points(owners.cells, chance, count // 4)])
    agree(owners, ordered, xy)
    return owners


def agree(owners: Owners, ordered: Sequence[Claim], xy: np.ndarray) -> None:
    expected = [exactly(ordered, *point) for point in xy.tolist()]
    for (lon, lat), (inside, border) in zip(xy.tolist(), expected, strict=True):
        inner, on = owners.about(lon, lat)
        assert (sorted(set(inner) - set(on)), sorted(set(on))) == (inside, border), (lon, lat)
        assert owners.covering(lon, lat) == sorted(inside + border), (lon, lat)
        assert all(owners.is_inner(number, lon, lat) is (number in inside) for number in range(len(ordered)))
    first = [min(inside + border, default=-1) for inside, border in expected]
    assert owners.owners(xy).tolist() == first
    pairs = sorted((n, claim) for n, (inside, border) in enumerate(expected) for claim in inside + border)
    assert sorted(zip(*(one.tolist() for one in owners.hits(xy)), strict=True)) == pairs


@pytest.mark.parametrize("name", SOUND)
def test_sound_ground_by_hand(full: bool, name: str) -> None:
    owners = is_right(SOUND[name], np.random.default_rng(1), 2000 if full else 120)
    assert not owners.nodes.odd.any()
    assert len(owners.cells.several) == 0


@pytest.mark.parametrize("name", DOUBTFUL)
def test_doubtful_ground_by_hand(full: bool, name: str) -> None:
    is_right(DOUBTFUL[name], np.random.default_rng(2), 2000 if full else 120)


def test_claims_drawn_by_chance(full: bool) -> None:
    """Proven and provisional, some laid over the others."""

    def promise(value: tuple[Asked, int]) -> None:
        asked, seed = value
        owners = is_right(asked.claims, np.random.default_rng(seed), 40)
        agree(owners, list(owners.claims), np.array(asked.points))

    hold(st.tuples(questions(), st.integers(0, 2**32 - 1)), promise, full, small=10, large=500)


def test_rings_drawn_by_chance_that_cross_themselves(full: bool) -> None:
    """Few and small: every kind of crossing, touching and folding comes about, most of it odd."""

    def promise(value: tuple[list[list[tuple[int, int]]], int]) -> None:
        rings, seed = value
        is_right(named([polygon(ring) for ring in rings], Standing.PROVISIONAL), np.random.default_rng(seed), 60)

    place = st.sampled_from([(n, m) for n in (-1, 0, 1, 5) for m in (-1, 0, 2, 5)]).map(lambda at: at) | st.tuples(
        st.integers(-SIDE, SIDE), st.integers(-SIDE, SIDE)
    )
    rings = st.lists(st.lists(place, min_size=3, max_size=7, unique=True), min_size=1, max_size=4)
    hold(st.tuples(rings, st.integers(0, 2**32 - 1)), promise, full, small=20, large=1000)


def test_the_frame_grows_with_the_map_and_covers_it() -> None:
    near, far = (Owners(SOUND[name]).cells for name in ("round zero", "maps 100 degrees apart"))
    assert near.frame[0] == 17
    assert far.frame[0] > 17
    assert far.frame[3] * far.frame[4] <= MOST_SQUARES
    for claims in (*SOUND.values(), *DOUBTFUL.values()):
        nodes = Owners(claims).nodes
        frame = Frame.over(nodes)
        x, y = nodes.x.astype(np.int64) + LON_OFFSET, nodes.y.astype(np.int64) + LAT_OFFSET
        assert (frame.west << frame.bits) <= x.min() - 1
        assert ((frame.west + frame.wide) << frame.bits) > x.max() + 1
        assert (frame.south << frame.bits) <= y.min() - 1
        assert ((frame.south + frame.tall) << frame.bits) > y.max() + 1


def test_a_crowd_is_put_down_once() -> None:
    """However many cells have their corner in it."""
    cells = Owners(named(laid_over(5), Standing.PROVISIONAL)).cells
    sets = [tuple(cells.several[a:b].tolist()) for a, b in pairwise(cells.bound.tolist())]
    assert len(sets) == len(set(sets))
    assert max(map(len, sets)) == 5


def test_the_claims_of_a_set_are_in_order_and_several() -> None:
    for name in ("2 deep", "3 deep", "5 deep", "the same ground three times", "over neighbours"):
        cells = Owners(DOUBTFUL[name]).cells
        for a, b in pairwise(cells.bound.tolist()):
            found = cells.several[a:b].tolist()
            assert found == sorted(set(found))
            assert len(found) > 1
