"""Does the reader of tiles see what the specification forbids, and whoever compares squares every tear?"""

from collections.abc import Iterator, Mapping

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry
from tile_reader import BrokenTileError, read
from tile_seams import LOW, RIM, SIDE, Seams
from tile_writer import Ring, layer, tile

from benchmarks.city import city
from geo.generalise import generalised
from geo.matrix import MERCATOR

ZOOM = 15
SQUARE = [(0, 0), (100, 0), (100, 100), (0, 100)]
HOLE = [(10, 10), (10, 20), (20, 20), (20, 10)]
Shapes = Mapping[int, BaseGeometry]


def test_a_tile_is_read_as_another_reader_does() -> None:
    written = tile(layer("grids", [(7, {"code": "甲", "kind": "x"}, [SQUARE, HOLE]), (8, {"code": "乙"}, [SQUARE])]))
    ours, theirs = read(written)["grids"], mapbox_vector_tile.decode(written, default_options={"y_coord_down": True})
    for one, other in zip(ours.features, theirs["grids"]["features"], strict=True):
        assert (one.id, one.properties) == (other["id"], other["properties"])
        rings = [[tuple(p) for p in ring[:-1]] for ring in other["geometry"]["coordinates"]]
        assert [list(map(tuple, part.tolist())) for part in one.parts] == rings
    assert [len(rings) for rings in ours.features[0].polygons] == [2]


BROKEN: Mapping[str, list[Ring]] = {
    "a polygon begins with a hole": [SQUARE[::-1]],
    "a ring without area": [[(0, 0), (5, 5), (9, 9)]],
    "a ring of two points": [[(0, 0), (5, 5)]],
    "a ring repeats its first point": [[*SQUARE, SQUARE[0]]],
    "a step to where it stands": [[SQUARE[0], *SQUARE[1:2], *SQUARE[1:]]],
}


@pytest.mark.parametrize("fault", BROKEN)
def test_what_the_specification_forbids_is_refused(fault: str) -> None:
    with pytest.raises(BrokenTileError, match=fault):
        read(tile(layer("grids", [(1, {}, BROKEN[fault])])))


def test_layers_that_are_not_right_are_refused() -> None:
    sound = layer("grids", [(1, {}, [SQUARE])])
    for written in (tile(sound, sound), tile(layer("", [])), tile(layer("grids", [])), tile(sound)[:-1]):
        with pytest.raises(BrokenTileError):
            read(written)
    with pytest.raises(BrokenTileError, match="version"):
        read(tile(layer("grids", [(1, {}, [SQUARE])], version=1)))


def squares(shapes: Shapes) -> Iterator[tuple[int, int, Shapes]]:
    """The squares that shapes of one lattice lie in, cut at their rims."""
    west, south, east, north = shapely.total_bounds(list(shapes.values()))
    for x in range(int(west - RIM) // SIDE, int(east + RIM) // SIDE + 1):
        for y in range(int(south - RIM) // SIDE, int(north + RIM) // SIDE + 1):
            rim = shapely.box(x * SIDE - RIM, y * SIDE - RIM, (x + 1) * SIDE + RIM, (y + 1) * SIDE + RIM)
            cut = {n: shapely.set_precision(shapely.intersection(one, rim), 1) for n, one in shapes.items()}
            yield x, y, {n: one for n, one in cut.items() if one.area}


def encoded(x: int, y: int, shapes: Shapes) -> bytes:
    """One square, through the bytes of a tile."""
    features = []
    for number, shape in shapes.items():
        parts = [one for one in shapely.get_parts(shape) if one.area]
        there = [shapely.affinity.translate(one, -x * SIDE, -y * SIDE) for one in parts]
        whole = [shapely.orient_polygons(one, exterior_cw=False) for one in there]
        rings = [ring for one in whole for ring in (one.exterior, *one.interiors)]
        told = [[(int(px), int(py)) for px, py in ring.coords[:-1]] for ring in rings]
        features.append((number, {"code": f"g{number}"}, told))
    return tile(layer("grids", features))


@pytest.fixture(scope="module")
def shapes() -> Shapes:
    """75 grids with bent borders, on the lattice of a zoom."""
    return dict(enumerate(generalised(list(city(0.005).grids), MERCATOR, ZOOM)))


def seams(cut: list[tuple[int, int, Shapes]]) -> Seams:
    found = Seams(ZOOM, "grids")
    for x, y, there in cut:
        if there:
            found.add(x, y, read(encoded(x, y, there))["grids"])
    return found


def faults(shapes: Shapes, cut: list[tuple[int, int, Shapes]]) -> list[str]:
    found = seams(cut)
    return [*found.faults, *found.differing(), *found.torn(whole(shapes)), *found.astray(shapes)]


def whole(shapes: Shapes) -> BaseGeometry:
    return shapely.coverage_union_all(list(shapes.values()))


def test_nothing_is_wrong_with_a_sound_map(shapes: Shapes) -> None:
    found = seams(list(squares(shapes)))
    assert faults(shapes, list(squares(shapes))) == []
    assert all(one.equals(shapes[n]) for n, one in found.polygons().items())
    coordinates = shapely.get_coordinates(list(shapes.values())).astype(np.int64)
    assert set(found.edges[:, 1].tolist()) == set((coordinates @ [LOW, 1]).tolist())


def moved(shape: BaseGeometry, place: tuple[float, float], by: int = 1) -> BaseGeometry:
    """One of the nodes of a shape elsewhere."""
    return shapely.transform(shape, lambda xy: xy + by * (xy == place).all(axis=1, keepdims=True))


def inner_node(shapes: Shapes, number: int) -> tuple[float, float]:
    """A node that a shape has with another, away from where squares are cut."""
    outside = shapely.boundary(whole(shapes))
    for x, y in shapely.get_coordinates(shapes[number]).tolist():
        if outside.distance(shapely.Point(x, y)) > SIDE / 8 and all(RIM < one % SIDE < SIDE - RIM for one in (x, y)):
            return x, y
    raise AssertionError("no such node")


def test_a_node_moved_by_a_unit_in_one_grid_is_a_tear(shapes: Shapes) -> None:
    spoilt = {**shapes, 37: moved(shapes[37], inner_node(shapes, 37))}
    found = faults(shapes, list(squares(spoilt)))
    assert found
    assert all("has no other side" in one for one in found)


def test_a_node_moved_in_one_square_only_is_seen(shapes: Shapes) -> None:
    """In the rim of one square, with all grids alike: in that square nothing is wrong."""
    cut = list(squares(shapes))
    in_rim = ((x, y) for x, y in shapely.get_coordinates(list(shapes.values())).tolist() if 2 < x % SIDE < RIM - 2)
    place = next(p for p in in_rim if shapely.distance(whole(shapes).boundary, shapely.Point(p)) > SIDE / 8)
    west = int(place[0]) // SIDE - 1
    spoilt = [(x, y, {n: moved(s, place) if x == west else s for n, s in there.items()}) for x, y, there in cut]
    found = faults(shapes, spoilt)
    assert found
    assert any(one.endswith(" squares") for one in found)
    assert all(one.endswith((" squares", " is not whole")) for one in found)


def test_a_grid_that_one_square_lacks_is_seen(shapes: Shapes) -> None:
    cut = list(squares(shapes))
    several = next(n for n in shapes if sum(n in there for _, _, there in cut) > 1)
    first = next(place for place, (_, _, there) in enumerate(cut) if several in there)
    cut[first] = (*cut[first][:2], {n: one for n, one in cut[first][2].items() if n != several})
    assert any(f"g{several} " in one for one in faults(shapes, cut))


def test_a_grid_that_is_nowhere_is_seen(shapes: Shapes) -> None:
    found = faults(shapes, list(squares({n: one for n, one in shapes.items() if n != 37})))
    assert f"zoom {ZOOM}: 37 is not there" in found
    assert any("has no other side" in one for one in found)


def test_all_a_pixel_off_is_seen(shapes: Shapes) -> None:
    found = faults(shapes, list(squares({n: shapely.affinity.translate(one, 20, 0) for n, one in shapes.items()})))
    assert len([one for one in found if one.endswith("units off")]) > len(shapes) / 2
