"""Does a difference tell all that is different, nothing else, and enough to make the one state of the other?"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
import shapely
from divisions import cell
from hypothesis import strategies as st
from plans_drawn import STREET, TOWN, Drawn, Net, hold, nets

from geo.arrangement import Arrangement
from geo.difference import Home, Side, applied, difference
from geo.lattice import to_degrees, to_steps
from geo.lineage import Kind, is_narrow
from geo.model import Grid, GridKind, Ground, Standing
from geo.touched_tiles import BEYOND, LEAST_ZOOM, MOST_ZOOM, touched

KINDS = tuple(GridKind)


def side(shapes: Mapping[str, Ground], region: str = "R", homes: Mapping[str, Home] | None = None) -> Side:
    grids = {code: Grid(code=code, region=region, shape=shape) for code, shape in shapes.items()}
    counts: dict[str, int | None] = dict.fromkeys(grids)
    for home in (homes or {}).values():
        if home.grid is not None and home.households is not None:
            counts[home.grid] = (counts[home.grid] or 0) + home.households
    return Side(standings={region: Standing.PROVEN}, grids=grids, households=counts, homes=homes or {})


@st.composite
def two_sides(draw: st.DrawFn, *, shaken: bool) -> tuple[Side, Side]:
    """Two states of one net: cells given out to regions and grids by chance. `shaken`: some grids lie beside where they
    should, so that borders cross; else every node of one state that is on a border of the other is a node there."""
    net = draw(nets((STREET, TOWN)))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return _drawn(net, chance, shaken), _drawn(net, chance, shaken)


def _drawn(net: Net, chance: np.random.Generator, shaken: bool) -> Side:
    cells = len(net.cells)
    regions = tuple(int(n) for n in chance.integers(-1, 2, cells))
    grid_of = tuple(int(n) for n in chance.integers(0, 4, cells))
    drawn = Drawn(net, regions, grid_of)
    grids: dict[str, Grid] = {}
    for region in drawn.regions:
        for code, shape in drawn.division(region).shapes:
            kind = KINDS[int(chance.integers(0, len(KINDS)))] if chance.random() < 0.2 else KINDS[0]
            grids[code] = Grid(
                code=code, region=f"R{region}", kind=kind, shape=_shaken(shape, chance) if shaken else shape
            )
    codes = [*grids, None]
    homes = {
        f"h{n}": Home(codes[int(chance.integers(0, len(codes)))], int(chance.integers(0, 30)) or None)
        for n in range(int(chance.integers(0, 8)))
    }
    standings = {one.region: Standing(chance.choice(["proven", "provisional"])) for one in grids.values()}
    counts = {code: int(chance.integers(0, 400)) or None for code in grids}
    return Side(standings=standings, grids=grids, households=counts, homes=homes)


def _shaken(shape: Ground, chance: np.random.Generator) -> Ground:
    """Mostly the shape itself; else moved some steps or metres, so that it overlaps others and leaves a gap."""
    if chance.random() < 0.7:
        return shape
    step = chance.integers(-3, 4, 2) * int(chance.choice([1, 1000]))
    return shapely.transform(shape, lambda xy: to_degrees(to_steps(xy) + step))


def is_same(one: Ground, other: Ground, *, but_hairs: bool = False) -> bool:
    """Whether two shapes have the same ground. Where borders crossed, that is rounded, hairs are left."""
    faces = [face for face in Arrangement.of([one, other]).faces if face.over]
    return all(len(face.over) == 2 or (but_hairs and is_narrow(face.shape)) for face in faces)


@pytest.mark.parametrize("shaken", [False, True])
def test_applied_to_the_one_it_makes_the_other(full: bool, shaken: bool) -> None:
    def promise(sides: tuple[Side, Side]) -> None:
        before, after = sides
        found = difference(before, after)
        made = applied(before, found)
        assert made.grids.keys() == after.grids.keys()
        for code, grid in after.grids.items():
            assert replace(made.grids[code], shape=grid.shape) == grid
            assert is_same(made.grids[code].shape, grid.shape, but_hairs=shaken), code
        assert (made.homes, made.standings, made.households) == (after.homes, after.standings, after.households)

    hold(two_sides(shaken=shaken), promise, full, small=10)


def test_what_is_handed_over_is_lost_here_and_gained_there(full: bool) -> None:
    def promise(sides: tuple[Side, Side]) -> None:
        before, after = sides
        found = difference(before, after)
        back = difference(after, before)
        assert {(p.after, p.before): round(p.m2, 6) for p in found.pieces} == {
            (p.before, p.after): round(p.m2, 6) for p in back.pieces
        }
        assert {(m.id, m.after, m.before) for m in found.buildings} == {
            (m.id, m.before, m.after) for m in back.buildings
        }
        assert found.tiles == back.tiles

    hold(two_sides(shaken=True), promise, full, small=10)


def test_nothing_is_different_from_itself_nor_with_more_nodes() -> None:
    before = side({"01": cell(0, 0), "02": cell(1, 0)})
    assert difference(before, before).is_empty
    more = side({code: shapely.segmentize(grid.shape, 0.00071) for code, grid in before.grids.items()})
    shaken = {
        code: shapely.transform(grid.shape, lambda xy: to_degrees(to_steps(xy))) for code, grid in more.grids.items()
    }
    found = difference(before, side(shaken))
    assert [one.code for one in found.grids if one.is_amended] == ["01", "02"]
    assert (found.is_empty, found.handed_over, found.lineage, found.tiles) == (True, (), (), {})


def test_a_grid_that_gives_ground_and_people() -> None:
    before = side(
        {"01": cell(0, 0), "02": cell(1, 0)}, homes={"a": Home("01", 30), "b": Home("01", 12), "c": Home("02", 7)}
    )
    after = side(
        {"01": cell(0, 0, 0.75), "02": cell(0.75, 0, 1.25)},
        homes={"a": Home("01", 30), "b": Home("02", 12), "c": Home("02", 7)},
    )
    found = difference(before, after)
    (piece,) = found.pieces
    assert (piece.before, piece.after, piece.is_hair) == (("01",), ("02",), False)
    assert is_same(piece.shape, cell(0.75, 0, 0.25))
    assert [(one.code, one.before, one.after) for one in found.counts] == [("01", 42, 30), ("02", 7, 19)]
    assert [(one.id, one.before, one.after) for one in found.buildings] == [("b", Home("01", 12), Home("02", 12))]
    assert {(one.start, one.end): (one.kind, one.households) for one in found.lineage} == {
        ("01", "01"): (Kind.CHANGED, 30),
        ("01", "02"): (Kind.CHANGED, 12),
        ("02", "02"): (Kind.CHANGED, 7),
    }


def test_a_split_a_new_code_and_another_name() -> None:
    before = side({"01": cell(0, 0), "02": cell(1, 0), "03": cell(2, 0)})
    after = side({"01": cell(0, 0, 0.5), "04": cell(0.5, 0, 0.5), "05": cell(1, 0), "03": cell(2, 0)})
    after = replace(after, grids={**after.grids, "03": replace(after.grids["03"], name="公园")})
    found = difference(before, after)
    assert [(p.before, p.after) for p in found.pieces] == [(("01",), ("04",)), (("02",), ("05",))]
    assert {(one.start, one.end): one.kind for one in found.lineage} == {
        ("01", "01"): Kind.SPLIT,
        ("01", "04"): Kind.SPLIT,
        ("02", "05"): Kind.RECODED,
        ("03", "03"): Kind.KEPT,
    }
    assert [one.code for one in found.grids] == ["01", "02", "03", "04", "05"]


def test_ground_that_nobody_has_and_ground_that_two_have() -> None:
    before = replace(side({"01": cell(0, 0), "02": cell(0.5, 0)}), standings={"R": Standing.PROVISIONAL})
    after = side({"01": cell(0, 0, 0.5), "02": cell(0.5, 0)})
    found = difference(before, after)
    assert [(p.before, p.after) for p in found.pieces] == [(("01", "02"), ("02",))]
    assert found.standings == {"R": (Standing.PROVISIONAL, Standing.PROVEN)}
    gone = difference(before, side({"01": cell(0, 0)}))
    assert [(p.before, p.after) for p in gone.pieces] == [(("01", "02"), ("01",)), (("02",), ())]


def test_the_squares_are_those_that_show_a_change() -> None:
    shape = cell(0, 0, 1.3, 0.7)
    found = touched([shape])
    assert [*found] == [*range(LEAST_ZOOM, MOST_ZOOM + 1)]
    for zoom, squares in found.items():
        assert squares == [square for square in _near(squares) if _meets(shape, zoom, *square)]
    assert touched([]) == {}


def _near(squares: list[tuple[int, int]]) -> list[tuple[int, int]]:
    (left, top), (right, bottom) = np.min(squares, axis=0), np.max(squares, axis=0)
    return [(x, y) for x in range(left - 2, right + 3) for y in range(top - 2, bottom + 3)]


def _meets(shape: Ground, zoom: int, x: int, y: int) -> bool:
    """By the inverse of the projection, corner by corner."""
    (west, north), (east, south) = _corner(zoom, x - BEYOND, y - BEYOND), _corner(zoom, x + 1 + BEYOND, y + 1 + BEYOND)
    return shape.intersects(shapely.box(west, south, east, north))


def _corner(zoom: int, x: float, y: float) -> tuple[float, float]:
    count = 2.0**zoom
    return 360.0 * x / count - 180.0, float(np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y / count)))))
