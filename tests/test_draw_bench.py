"""Do the benchmarks of drawing compare what they say they compare?"""

import io
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import shapely
from rich.console import Console
from shapely import Polygon, box

from benchmarks.draw_blocks import ground_of
from benchmarks.draw_cases import Case
from benchmarks.draw_changes import healings, line, summary
from benchmarks.draw_contest import OURS, WHO, Entry
from benchmarks.draw_graph import HOLE, BlockGraph, badness, violation, whole
from benchmarks.draw_measures import Measures, measured
from benchmarks.draw_peers import PEERS, divided, plan_of
from benchmarks.draw_table import tables
from geo.draw.figures import figures
from geo.draw.task import Task
from geo.lattice import rounded
from geo.measure import metres_per_degree
from geo.model import Building, Line

SX, SY = metres_per_degree(30.7)
SIDE, STREETS = 600, range(100, 600, 100)
COARSE = (2.0, 1.0)
"""No block is cut."""


def at(metres: shapely.Geometry) -> shapely.Geometry:
    return rounded(shapely.transform(metres, lambda xy: xy / [SX, SY] + [104.1, 30.7]))


@pytest.fixture(scope="module")
def task() -> Task:
    """36 blocks, two houses each, one of them a tower."""
    streets = [shapely.LineString([(x, 0), (x, SIDE)]) for x in STREETS]
    streets += [shapely.LineString([(0, y), (SIDE, y)]) for y in STREETS]
    corners = [(x + more, y + more) for x in range(0, SIDE, 100) for y in range(0, SIDE, 100) for more in (20, 60)]
    return Task(
        boundary=at(box(0, 0, SIDE, SIDE)),
        buildings=[
            Building(id=f"{n}", households=700 if n == 9 else 20 + n, shape=at(box(x, y, x + 15, y + 15)))
            for n, (x, y) in enumerate(corners)
        ],
        lines=[Line(id=f"{n}", category="residential", shape=at(one)) for n, one in enumerate(streets)],
    )


@pytest.fixture(scope="module")
def graph(task: Task) -> BlockGraph:
    return ground_of(task, COARSE).graph


def test_blocks_are_told_as_a_graph(task: Task, graph: BlockGraph) -> None:
    assert len(graph) == 36
    assert len(graph.pairs) == 60
    assert graph.is_connected()
    assert graph.metres == pytest.approx(100, abs=0.1)
    assert graph.on_line.sum() == pytest.approx(6000, rel=0.01)
    assert graph.outer.sum() == pytest.approx(4 * SIDE, rel=1e-3)
    assert graph.ground.sum() == pytest.approx(SIDE**2, rel=1e-3)
    assert (graph.households.sum(), graph.towers.sum()) == (sum(one.households or 0 for one in task.buildings), 1)
    assert graph.weights(11).max() < 500


def test_what_graphs_tell_is_what_polygons_tell(task: Task, graph: BlockGraph) -> None:
    shapes = ground_of(task, COARSE).shapes
    chance = np.random.default_rng(5)
    for _ in range(5):
        labels = whole(graph, chance.integers(0, 9, len(graph)))
        grids = plan_of(shapes, labels)
        told = figures(task, grids)
        assert all(isinstance(grid, Polygon) for grid in grids)
        assert told.loads.violation == violation(graph, labels)
        holes = sum(len(grid.interiors) for grid in grids)
        assert badness(graph, labels)[0] == told.loads.violation + HOLE * holes


def test_rows_are_better_than_a_comb(graph: BlockGraph) -> None:
    place = np.rint(graph.centres / 100 - 0.5).astype(int)
    rows = place[:, 1]
    comb = np.where(place[:, 0] == 0, 0, place[:, 1])
    assert badness(graph, rows) < badness(graph, comb)


def test_a_graph_survives_its_file(graph: BlockGraph, tmp_path: Path) -> None:
    graph.save(tmp_path / "graph.npz")
    again = BlockGraph.load(tmp_path / "graph.npz")
    assert again.numbers == graph.numbers
    assert np.array_equal(again.pairs, graph.pairs)
    assert badness(again, np.zeros(36, int)) == badness(graph, np.zeros(36, int))


def test_measures_see_a_broken_rule(tmp_path: Path) -> None:
    corners = [(x, y) for x in (0, 300) for y in (0, 300)]
    houses = [
        Building(id=f"{x} {y}", households=400, shape=at(box(x + 50, y + 50, x + 90, y + 90))) for x, y in corners
    ]
    drawn = Task(boundary=at(box(0, 0, SIDE, SIDE)), buildings=houses)
    case = Case("c", "regular", tmp_path, drawn, drawn.boundary)
    grids = [at(box(x, y, x + 300, y + 300)) for x, y in corners]

    def hard(*grids: shapely.Geometry) -> bool:
        return measured(case, grids, None, tmp_path).hard

    assert hard(*grids)
    assert not hard(*grids[1:])
    assert not hard(*grids, grids[0])
    assert not hard(shapely.union_all(grids[:2]), *grids[2:])  # 800 households
    west = [at(box(0, y, 70, y + 300)) for y in (0, 300)]
    rest = [at(box(70, y, 300, y + 300)) for y in (0, 300)]
    assert not hard(*west, *rest, *grids[2:])  # through a house
    assert not hard(shapely.union_all([west[0], rest[1], west[1]]), rest[0], *grids[2:])
    needle = at(box(300, 100, 400, 104))
    assert not hard(grids[0].union(needle), grids[1], grids[2].difference(needle), grids[3])


@pytest.mark.skipif(find_spec("pymetis") is not None, reason="pymetis is here")
def test_a_peer_that_is_not_installed_says_what_to_install(graph: BlockGraph) -> None:
    told = divided("metis", graph, 5, 1)
    assert told.labels is None
    assert told.why == "install it: pip install pymetis"


@pytest.mark.parametrize(("way", "package"), [("metis", "pymetis"), ("recom", "gerrychain"), ("k-means", "spopt")])
def test_a_peer_divides_all_blocks(graph: BlockGraph, way: str, package: str) -> None:
    pytest.importorskip(package, reason=f"{package} is only needed by benchmarks")
    told = divided(way, graph, 5, 1)
    assert told.labels is not None
    assert len(told.labels) == len(graph)
    assert int(told.labels.max()) + 1 in graph.numbers


def test_tables_compare_ours_with_the_best_of_the_rivals() -> None:
    entries = [
        Entry("a", "regular", 3000, OURS, _measures(0.9), "", 1, 2),
        Entry("a", "regular", 3000, "METIS", _measures(0.8), "", 1, 2),
        Entry("a", "regular", 3000, "GerryChain", _measures(0.85), "", 1, 2),
        Entry("b", "oldtown", 9000, OURS, _measures(0.8), "", 1, 2),
        Entry("b", "oldtown", 9000, "METIS", None, "install it", 1, 2),
    ]
    console = Console(width=200, record=True, file=io.StringIO())
    for table in tables(entries):
        console.print(table)
    told = console.export_text()
    assert "+0.050" in told
    assert "0 (0 divided)" in told
    assert set(PEERS) | {OURS} == set(WHO)


def _measures(soft: float) -> Measures:
    return Measures(True, 0.05, 0.6, 0.4, 0.5, 0.9, 1.0, None, soft)


def test_changes_are_healed_and_told(task: Task, tmp_path: Path) -> None:
    case = Case("town", "regular", tmp_path, task, task.boundary)
    found = [*healings(case, 1)]
    assert found
    assert all(one.faulty > 0 and one.off > 0 and one.proof <= one.moved for one in found if one.out == 0)
    out = io.StringIO()
    Console(file=out, width=130).print(summary(found))
    assert f"{len(found)}" in out.getvalue()
    assert all("town" in line(one) for one in found)
