"""What is in the squares of each layer: the right things at each zoom, sound and whole?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import shapely
from conftest import Store, fresh
from district import at, publish, small
from divisions import cell
from sqlalchemy import text
from square_rings import rings, twice_area
from tile_desk import ALL, PUBLIC, STREETS, Desk, desk_of, marked, moved, squares

from benchmarks.city import city
from benchmarks.published_city import plans
from geo.generalise import steps_above
from geo.matrix import EXTENT, MATRICES, MOST_ZOOM, RIM
from geo.model import Finding, Rule, Severity
from geo.ruleset import parse
from geo.store import embedded, opening, plan_blocks, rulesets
from geo.store.connect import session
from geo.store.refusals import NoSuchDraft
from tiles.layers import layer_of, tile

RULES = {
    "regions": {"B": {"limits": {"households_least": {"residential": 100}, "households_most": {"residential": 360}}}}
}


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as one:
        publish(one, marked())
        yield one


@pytest.fixture(scope="module")
def desk(store: Store) -> Iterator[Desk]:
    with desk_of(store) as made:
        yield made


def test_verdicts_are_those_of_the_map_in_memory(cluster: embedded.Cluster) -> None:
    with fresh(cluster) as one:
        publish(one, marked())
        rulesets.publish(one.service, parse(RULES), "me")
        with desk_of(one) as desk:
            for publication in (1, 2):
                state = desk.live.map_at(publication)
                assert state is not None
                told = {holding.code: state.verdict(holding) for holding in state.holdings}
                assert len(set(told.values())) == 4
                for layer in ("grids", "inner-grids", "labels"):
                    shown = [each["properties"] for _, each in desk.shown(layer, 14, publication=publication)]
                    assert {each["code"]: each["verdict"] for each in shown} == told


def test_grids_are_all_there_from_their_zoom_on(desk: Desk) -> None:
    codes = {one.code for one in desk.state.holdings}
    for zoom in range(12, MOST_ZOOM + 1):
        assert desk.codes("grids", zoom) == desk.codes("inner-grids", zoom) == (codes if zoom >= 13 else set())
    ids = {one.code: one.id for one in desk.state.holdings}
    assert {one["properties"]["code"]: one["id"] for _, one in desk.shown("grids", 15)} == ids


def test_regions_are_those_of_the_zoom_and_all_above(desk: Desk) -> None:
    divided = {one for one in desk.state.regions if one in desk.state.boundaries}
    for zoom in range(6, MOST_ZOOM + 1):  # further out so small a district is less than a unit
        steps = 0 if zoom >= 13 else steps_above(zoom)
        chains = [[one.code for one in desk.state.chain(code)] for code in divided]
        assert desk.codes("regions", zoom) == {code for chain in chains for code in chain[min(steps, len(chain) - 1) :]}
    told = {one["properties"]["code"]: one["properties"] for _, one in desk.shown("regions", 14)}
    assert (told["A"]["standing"], told["A"]["level"], told["D"]["name"]) == ("proven", "community", "虚构区")
    assert "edition" not in told["S"]


@pytest.mark.parametrize("zoom", [6, 9, 12, 13, 15, 17])
def test_each_has_one_label_in_one_square_and_inside_it(desk: Desk, zoom: int) -> None:
    shown = desk.shown("labels", zoom)
    counts = Counter(one["properties"]["code"] for _, one in shown)
    assert set(counts.values()) == {1}
    layer = "grids" if zoom >= 13 else "regions"
    ground: dict[str, list[shapely.Geometry]] = {}
    for place, one in desk.shown(layer, zoom):
        ground.setdefault(one["properties"]["code"], []).append(moved(shapely.geometry.shape(one["geometry"]), place))
    if layer == "grids":
        assert counts.keys() == ground.keys()
    else:
        assert {"D"} == counts.keys() if zoom < 8 else counts.keys() < ground.keys()
    for (x, y), one in shown:
        point = one["geometry"]["coordinates"]
        assert all(0 <= value < EXTENT for value in point)
        there = shapely.Point(point[0] + x * EXTENT, point[1] + y * EXTENT)
        assert any(shapely.distance(shape, there) <= 1 for shape in ground[one["properties"]["code"]])


def test_things_appear_by_zoom(desk: Desk) -> None:
    assert desk.codes("lines", 7, "category") == set()
    assert desk.codes("lines", 8, "category") == {"motorway", "primary"}
    assert desk.codes("lines", 10, "category") == {"motorway", "primary", "secondary"}
    assert desk.codes("lines", 12, "category") == {"motorway", "primary", "secondary", "tertiary"}
    assert desk.codes("lines", 13, "category") == {*STREETS, "primary"} - {"footway"}
    assert desk.codes("lines", 15, "category") == {*STREETS, "primary"}
    assert desk.codes("water", 10, "name") == desk.codes("water", 17, "name") == {"河"}
    assert (desk.shown("buildings", 13), desk.shown("facilities", 12)) == ([], [])
    houses = {one.id for one in marked().buildings}
    assert desk.codes("buildings", 16) == desk.codes("buildings", 17) == houses
    assert len({one["id"] for _, one in desk.shown("buildings", 14)}) >= len(houses) - 1  # a shed may be too small
    assert {"f1", "f2"} <= desk.codes("facilities", 13)
    kinds = {one["geometry"]["type"] for _, one in desk.shown("facilities", 15)}
    assert kinds == {"Point"}


def test_things_lie_where_they_are(desk: Desk) -> None:
    """The middle of each building is on what the squares of each matrix have of it."""
    houses = {one.id: shapely.centroid(one.shape) for one in marked().buildings}
    for matrix in MATRICES.values():
        for zoom in (16, 17):
            found: dict[str, list[shapely.Geometry]] = {code: [] for code in houses}
            for place, one in desk.shown("inner-buildings", zoom, matrix=matrix.name):
                found[one["properties"]["code"]].append(moved(shapely.geometry.shape(one["geometry"]), place))
            for code, middle in houses.items():
                there = shapely.Point(matrix.units(np.array([[middle.x, middle.y]]), zoom)[0])
                assert shapely.distance(shapely.union_all(found[code]), there) <= 1, (matrix.name, zoom, code)


def test_polygons_are_sound_wound_and_whole(cluster: embedded.Cluster) -> None:
    """A dozen communities of bent streets: no gap and no overlap within a square, and squares put together are the
    shapes that they were cut from."""
    with fresh(cluster) as one:
        for plan in plans(city(0.004)):
            publish(one, plan)
        with desk_of(one) as made:
            for zoom in (13, 15, 16):
                _sound(made, zoom)


def _sound(desk: Desk, zoom: int) -> None:
    pieces: dict[int, list[shapely.Geometry]] = {}
    west = np.inf
    for x, y in squares(desk.state, zoom):
        for layer in ("grids", "regions", "inner-grids"):
            raw = rings(desk.bytes(layer, (zoom, x, y)))
            assert all(one.kind == 3 and twice_area(one.paths[0]) > 0 for one in raw)  # an outer ring comes first
            assert all(len(path) >= 3 and twice_area(path) != 0 for one in raw for path in one.paths)
            shapes = [_polygon(one.paths) for one in raw]
            assert shapely.is_valid(shapes).all()
            assert shapely.within(shapes, shapely.box(-RIM, -RIM, EXTENT + RIM, EXTENT + RIM)).all()
            assert layer == "regions" or shapely.coverage_is_valid(shapes)
            west = min(west, shapely.total_bounds(shapes)[0])
            for one, shape in zip(raw, shapes, strict=True):
                here = shapely.intersection(shape, shapely.box(0, 0, EXTENT, EXTENT))
                pieces.setdefault(one.id, []).append(moved(here, (x, y)))
    assert west == -RIM or zoom < 16  # a square shows what lies beyond its edge
    whole = stored(desk, zoom)
    assert pieces.keys() == whole.keys()
    for number, parts in pieces.items():
        ground = shapely.union_all(parts)
        assert shapely.symmetric_difference(ground, whole[number]).area < 1e-3 * shapely.length(whole[number])


def stored(desk: Desk, zoom: int) -> dict[int, shapely.Geometry]:
    """What the store has of a zoom."""
    asked = text(
        "SELECT subject, ST_AsBinary(shape) FROM tile_shape WHERE matrix = 'mercator' AND zoom = :zoom AND subject > 0"
    )
    with desk.service.connect() as connection:
        return {row[0]: shapely.from_wkb(bytes(row[1])) for row in connection.execute(asked, {"zoom": zoom})}


def _polygon(paths: Sequence[Sequence[tuple[int, int]]]) -> shapely.Geometry:
    parts: list[list[Any]] = []
    for path in paths:
        if twice_area(list(path)) > 0:
            parts.append([path, []])
        else:
            parts[-1][1].append(path)
    return shapely.MultiPolygon(parts)


def test_the_same_bytes_each_time(desk: Desk) -> None:
    zoom = 14
    for x, y in squares(desk.state, zoom):
        for layer in ALL:
            assert desk.bytes(layer, (zoom, x, y)) == desk.bytes(layer, (zoom, x, y))


def test_findings_blocks_and_plans(store: Store, desk: Desk) -> None:
    found = [
        Finding(
            rule=Rule.GAP, severity=Severity.BLOCKING, codes=["A", "B"], geometry=cell(1.9, 0.5, 0.2, 0.2), area_m2=3.5
        ),
        Finding(
            rule=Rule.HOUSEHOLDS_LOW, severity=Severity.WARNING, codes=["B01"], geometry=at(2.5, 0.5), households=7
        ),
        Finding(rule=Rule.CODE_ORDER, severity=Severity.NOTE, codes=["C"]),
    ]
    with session(store.service) as work, work.begin():
        number = opening.opened(work, ["A"], title="t", reason="r", actor="planner")
        plan_blocks.keep(work, number, "A", [cell(0, 0, 0.5, 0.5), cell(0.5, 0, 0.5, 0.5)])
    for matrix in MATRICES:
        shown = [one["properties"] for _, one in desk.shown("findings", 15, matrix=matrix, findings=found)]
        assert {one["rule"] for one in shown} == {"gap", "households-low"}
        assert shown[0].items() >= {"codes": "A, B", "area_m2": 3.5, "severity": "blocking", "accepted": False}.items()
        blocks = [one["properties"] for _, one in desk.shown("blocks", 15, matrix=matrix)]
        assert {(one["code"], one["region"], one["number"]) for one in blocks} == {("A-1", "A", 1), ("A-2", "A", 2)}
        grids = desk.shown(f"plan-{number}", 15, matrix=matrix)
        ids = {one.code: one.id for one in desk.state.holdings if one.region == "A"}
        assert {one["properties"]["code"]: one["id"] for _, one in grids} == ids
        assert {one["properties"]["plan"] for _, one in grids} == {str(number)}
    with pytest.raises(NoSuchDraft):
        desk.shown(f"plan-{UUID(int=0)}", 15)


def test_names_of_layers() -> None:
    assert set(PUBLIC) == {"water", "lines", "regions", "grids", "buildings", "facilities", "labels"}
    assert [name for name in ("castles", "plan-", "plan-x", "drawn", "plan") if layer_of(name) is not None] == []
    with pytest.raises(KeyError):
        tile(None, "castles", 1, "mercator", 1, 0, 0)  # type: ignore[arg-type]


def test_a_past_number_keeps_its_squares(cluster: embedded.Cluster) -> None:
    plan = small()
    with fresh(cluster) as one:
        publish(one, plan)
        with desk_of(one) as before:
            old = {layer: before.shown(layer, 15) for layer in PUBLIC}
        outline = next(region.shape for region in plan.regions if region.code == "B")
        whole = replace(next(grid for grid in plan.grids if grid.code == "B01"), shape=outline)
        others = tuple(grid for grid in plan.grids if grid.region != "B")
        publish(one, replace(plan, grids=(*others, whole), water=()))
        with desk_of(one) as after:
            assert {layer: after.shown(layer, 15, publication=before.state.publication) for layer in PUBLIC} == old
            assert after.codes("grids", 15) == {"B01", *(grid.code for grid in others)}
