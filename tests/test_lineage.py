"""What became of each grid: is every piece of ground told once, and by its right name?"""

from time import process_time

import numpy as np
import shapely
from divisions import cell, community
from hypothesis import strategies as st
from plans_drawn import STREET, Drawn, hold, plans

from geo.lineage import Descent, Kind, descents
from geo.measure import areas_m2
from geo.model import Grid, Ground
from geo.noding import noded


def grid(code: str, shape: Ground) -> Grid:
    return Grid(code=code, region="R", shape=shape)


def told(found: list[Descent]) -> list[tuple[str | None, str | None, str, float]]:
    return [(one.start, one.end, one.kind.value, round(one.share, 3)) for one in found]


def test_a_split_tells_the_part_that_keeps_the_code_and_the_new_one() -> None:
    found = descents([grid("A", cell(0, 0, 4))], [grid("A", cell(0, 0, 3)), grid("B", cell(3, 0))])
    assert told(found) == [("A", "A", "split", 0.75), ("A", "B", "split", 0.25)]


def test_a_split_into_codes_that_are_all_new() -> None:
    found = descents([grid("A", cell(0, 0, 2))], [grid("B", cell(0, 0)), grid("C", cell(1, 0))])
    assert told(found) == [("A", "B", "split", 0.5), ("A", "C", "split", 0.5)]


def test_a_merge_tells_both() -> None:
    found = descents([grid("A", cell(0, 0)), grid("B", cell(1, 0))], [grid("A", cell(0, 0, 2))])
    assert told(found) == [("A", "A", "merged", 1.0), ("B", "A", "merged", 1.0)]
    found = descents([grid("A", cell(0, 0)), grid("B", cell(1, 0))], [grid("C", cell(0, 0, 2))])
    assert told(found) == [("A", "C", "merged", 1.0), ("B", "C", "merged", 1.0)]


def test_a_border_that_moved_retires_nobody() -> None:
    before = [grid("A", cell(0, 0)), grid("B", cell(1, 0))]
    found = descents(before, [grid("A", cell(0, 0, 1.5)), grid("B", cell(1.5, 0, 0.5))])
    assert told(found) == [("A", "A", "changed", 1.0), ("B", "A", "changed", 0.5), ("B", "B", "changed", 0.5)]


def test_a_grid_shared_out_among_its_neighbours() -> None:
    before = [grid("A", cell(0, 0)), grid("B", cell(1, 0)), grid("C", cell(2, 0))]
    found = descents(before, [grid("A", cell(0, 0, 1.5)), grid("C", cell(1.5, 0, 1.5))])
    assert [one[:3] for one in told(found)] == [
        ("A", "A", "merged"),
        ("B", "A", "merged"),
        ("B", "C", "merged"),
        ("C", "C", "merged"),
    ]


def test_another_code_for_the_same_ground() -> None:
    assert told(descents([grid("A", cell(0, 0))], [grid("B", cell(0, 0))])) == [("A", "B", "recoded", 1.0)]


def test_a_new_grid_out_of_two() -> None:
    before = [grid("A", cell(0, 0)), grid("B", cell(1, 0))]
    after = [grid("A", cell(0, 0, 0.5)), grid("N", cell(0.5, 0, 1)), grid("B", cell(1.5, 0, 0.5))]
    assert {one[:3] for one in told(descents(before, after))} == {
        ("A", "A", "split"),
        ("A", "N", "split"),
        ("B", "N", "split"),
        ("B", "B", "split"),
    }


def test_ground_of_nobody() -> None:
    assert told(descents([], [grid("N", cell(0, 0))])) == [(None, "N", "new", 0.0)]
    assert told(descents([grid("A", cell(0, 0))], [])) == [("A", None, "retired", 1.0)]
    found = descents([grid("A", cell(0, 0))], [grid("A", cell(0, 0, 2))])
    assert told(found) == [("A", "A", "changed", 1.0), (None, "A", "changed", 0.0)]


def test_nodes_on_a_border_are_no_lineage() -> None:
    """A node on a slanted border leads it aside by up to a step: the ground between is nobody's gain."""
    west = shapely.Polygon([(104.1, 30.7), (104.1031007, 30.7), (104.1029003, 30.7030011), (104.1, 30.703)])
    east = shapely.Polygon([(104.1031007, 30.7), (104.106, 30.7), (104.106, 30.703), (104.1029003, 30.7030011)])
    on_border = [(104.1031007 - 0.0002004 * part, 30.7 + 0.0030011 * part) for part in (0.31, 0.47, 0.9)]
    other = shapely.Polygon([(round(x, 7), round(y, 7)) for x, y in [*on_border, (104.109, 30.7016)]])
    led = noded([west, east, other])[:2]
    assert not any(shapely.equals(one, was) for one, was in zip(led, (west, east), strict=True))
    before, after = [grid("A", west), grid("B", east)], [grid("A", led[0]), grid("B", led[1])]
    assert [one[:3] for one in told(descents(before, after))] == [("A", "A", "kept"), ("B", "B", "kept")]


def test_households_go_with_their_buildings() -> None:
    before = community("R", 0, 0).grids
    after = [grid("R01", cell(0, 0, 0.5)), grid("N", cell(0.5, 0, 0.5)), *before[1:]]
    found = descents(before, after, {("R01", "N"): 50, ("R01", "R01"): 30})
    assert [(one.start, one.end, one.households) for one in found if one.households] == [
        ("R01", "N", 50),
        ("R01", "R01", 30),
    ]


def test_two_grids_that_change_codes_go_on_both() -> None:
    """A has the ground that was B's and the other way round: neither was merged, there are as many as before."""
    before = [grid("A", cell(0, 0)), grid("B", cell(1, 0))]
    found = descents(before, [grid("B", cell(0, 0)), grid("A", cell(1, 0))])
    assert told(found) == [("A", "B", "changed", 1.0), ("B", "A", "changed", 1.0)]
    found = descents(before, [grid("B", cell(0, 0))])
    assert told(found) == [("A", "B", "merged", 1.0), ("B", None, "changed", 1.0)]


def test_a_city_of_grids_is_told_in_the_time_of_its_grids() -> None:
    """Each is asked whose ground it has by itself, and not among all pairs."""
    west, south = (axis.ravel() / 1e4 for axis in np.mgrid[1_041_000:1_041_142, 307_000:307_141])
    city = [grid(f"A{n}", box) for n, box in enumerate(shapely.box(west, south, west + 5e-5, south + 5e-5))]
    start = process_time()
    found = descents(city, city)
    assert process_time() - start < 10  # well below a second; among all pairs more than a minute
    assert len(found) > 20_000
    assert {one.kind for one in found} == {Kind.KEPT}


def test_every_piece_of_ground_is_told_once(full: bool) -> None:
    """Two divisions of the same cells: what comes of each grid adds up to its ground, and what each is made of too."""

    def promise(pair: tuple[Drawn, list[int]]) -> None:
        drawn, labels = pair
        before = drawn.division(drawn.regions[0]).grids
        cells = drawn.cells(drawn.regions[0])
        own: dict[int, list[int]] = {}
        for number in cells:
            own.setdefault(labels[number % len(labels)], []).append(number)
        after = [grid(f"N{label:02}", drawn.net.ground(some)) for label, some in own.items()]
        found = descents(before, after)
        for side, grids in (("start", before), ("end", after)):
            for one, m2 in zip(grids, areas_m2([one.shape for one in grids]).tolist(), strict=True):
                told = sum(part.ground_m2 for part in found if getattr(part, side) == one.code)
                assert abs(told - m2) <= 1e-5 * m2 + 0.01
        assert {one.kind for one in found} <= {Kind.SPLIT, Kind.MERGED, Kind.RECODED}

    pairs = st.tuples(plans(units=(STREET,), common=False), st.lists(st.integers(0, 6), min_size=1, max_size=40))
    hold(pairs, promise, full)
