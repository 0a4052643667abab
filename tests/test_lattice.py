"""Is the lattice value the one double that rounding, text and files agree on?"""

import numpy as np
import shapely
from hypothesis import strategies as st
from plans_drawn import hold, nets

from geo import lattice

anywhere = st.tuples(st.floats(-180, 180), st.floats(-90, 90))
any_step = st.tuples(st.integers(-1_800_000_000, 1_800_000_000), st.integers(-900_000_000, 900_000_000))


def test_rounded_is_the_formula_and_the_text_of_seven_decimals(full: bool) -> None:
    def promise(xy: tuple[float, float]) -> None:
        point = lattice.rounded(shapely.Point(xy))
        assert (point.x, point.y) == tuple(round(v * 1e7) / 1e7 for v in xy)
        assert lattice.is_rounded(point)
        assert lattice.rounded(point).equals_exact(point, 0)
        assert (float(f"{point.x:.7f}"), float(f"{point.y:.7f}")) == (point.x, point.y)

    hold(anywhere, promise, full, small=250)


def test_steps_and_keys_have_inverses(full: bool) -> None:
    def promise(nodes: list[tuple[int, int]]) -> None:
        steps = np.array(nodes, dtype=np.int64)
        assert np.array_equal(lattice.to_steps(lattice.to_degrees(steps)), steps)
        assert np.array_equal(lattice.steps_of(lattice.keys(steps)), steps)
        assert [tuple(node) for node in lattice.steps_of(np.sort(lattice.keys(steps))).tolist()] == sorted(nodes)

    hold(st.lists(any_step, min_size=1, max_size=20), promise, full, small=100)


def test_a_value_beside_the_lattice_is_not_on_it() -> None:
    on = lattice.rounded(shapely.Point(104.1234567, 30.7654321))
    assert not lattice.is_rounded(shapely.Point(np.nextafter(on.x, 200), on.y))
    assert not lattice.is_rounded(shapely.Point(1041234567 * 1e-7, on.y))


def test_the_corners_of_the_world_are_on_it() -> None:
    world = shapely.box(-180, -90, 180, 90)
    assert lattice.is_rounded(world)
    start, end, owner = lattice.directed_edges([world])
    assert (len(start), len(end), set(owner.tolist())) == (4, 4, {0})


def test_points_that_fall_together_are_dropped_and_heights_too() -> None:
    ring = [(104, 30, 5), (104.001, 30, 5), (104.001, 30 + 2e-8, 5), (104.001, 30.001, 5)]
    rounded = lattice.rounded(shapely.Polygon(ring))
    assert not rounded.has_z
    assert len(rounded.exterior.coords) == 4


def test_edges_are_told_shell_to_the_left_and_holes_to_the_right() -> None:
    """Whatever way the rings were drawn, a shape and a copy turned round cancel each other."""
    shell, hole = shapely.box(104, 30, 104.01, 30.01), shapely.box(104.002, 30.002, 104.004, 30.004)
    for outer in (shell.exterior, shell.exterior.reverse()):
        for inner in (hole.exterior, hole.exterior.reverse()):
            start, end, owner = lattice.directed_edges([shapely.Polygon(outer, [inner]), shell, hole])
            left, _, _ = lattice.uncancelled(start, end, np.array([1, -1, 1])[owner])
            assert len(left) == 0


def test_what_does_not_cancel_is_told_with_its_direction() -> None:
    west, east = shapely.box(104, 30, 104.01, 30.01), shapely.box(104.01, 30, 104.02, 30.01)
    start, end, owner = lattice.directed_edges([west, east])
    low, high, total = lattice.uncancelled(start, end, np.ones(len(owner), dtype=np.int64))
    assert len(low) == 6
    assert (low < high).all()
    assert set(total.tolist()) == {1, -1}
    assert lattice.uncancelled(*lattice.directed_edges([]))[0].size == 0


def test_all_edges_of_a_net_and_its_ground_cancel(full: bool) -> None:
    def promise(net) -> None:
        cells = [net.ground([number]) for number in range(len(net.cells))]
        start, end, owner = lattice.directed_edges([net.ground(range(len(cells))), *cells])
        assert len(lattice.uncancelled(start, end, np.where(owner == 0, -1, 1))[0]) == 0

    hold(nets(), promise, full)
