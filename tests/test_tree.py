"""Is a parent's ground that of its children, by cancelling, at any depth?"""

import shapely
from plans_drawn import Drawn, hold, plans

from geo import tree
from geo.model import Region


def same(one, other) -> bool:
    return bool(shapely.normalize(one).equals_exact(shapely.normalize(other), 0))


def test_a_parent_s_outline_is_its_children_cancelled(full: bool) -> None:
    """To the node: the regions of a net put together are the cells put together."""

    def promise(drawn: Drawn) -> None:
        regions = [Region(code=f"R{region}", parent="D") for region in drawn.regions] + [Region(code="D")]
        boundaries = {f"R{region}": drawn.division(region).boundary for region in drawn.regions}
        cells = [cell for region in drawn.regions for cell in drawn.cells(region)]
        assert same(tree.outlines(regions, boundaries)["D"], drawn.net.ground(cells))

    hold(plans(most_regions=3), promise, full)


def test_outlines_of_every_level() -> None:
    boundaries = {"a": shapely.box(0, 0, 1, 1), "b": shapely.box(1, 0, 2, 1), "c": shapely.box(5, 0, 6, 1)}
    regions = [
        Region(code="city"),
        Region(code="north", parent="city"),
        Region(code="a", parent="north"),
        Region(code="b", parent="north"),
        Region(code="c", parent="city"),
        Region(code="empty", parent="city"),
    ]
    found = tree.outlines(regions, boundaries)
    assert set(found) == {"a", "b", "c", "north", "city"}
    assert found["north"].equals(shapely.box(0, 0, 2, 1))
    assert found["city"].area == 3


def test_ground_of_a_parent_itself_counts_with_its_children() -> None:
    """Common ground of a street, in none of its communities, divided as the street's own."""
    regions = [Region(code="street"), Region(code="a", parent="street")]
    boundaries = {"street": shapely.box(1, 0, 2, 1), "a": shapely.box(0, 0, 1, 1)}
    assert tree.outlines(regions, boundaries)["street"].equals(shapely.box(0, 0, 2, 1))


def test_a_hole_that_no_child_has_stays_a_hole_and_filled_closes_it() -> None:
    ring = shapely.difference(shapely.box(0, 0, 3, 3), shapely.box(1, 1, 2, 2))
    west, east = (
        shapely.Polygon([(0, 0), (1, 0), (1, 1), (1, 2), (1, 3), (0, 3)]),
        shapely.Polygon([(1, 0), (3, 0), (3, 3), (1, 3), (1, 2), (2, 2), (2, 1), (1, 1)]),
    )
    regions = [Region(code="d"), Region(code="w", parent="d"), Region(code="e", parent="d")]
    outline = tree.outlines(regions, {"w": west, "e": east})["d"]
    assert outline.equals(ring)
    assert tree.filled(outline).equals(shapely.box(0, 0, 3, 3))


def test_chains_end_even_where_parents_go_in_a_circle() -> None:
    assert tree.chain("a", {"a": "b", "b": "c", "c": None}) == ["a", "b", "c"]
    assert tree.chain("a", {"a": "b", "b": "a"}) == ["a", "b"]
    assert tree.chain("a", {"a": "gone"}) == ["a", "gone"]
    regions = [Region(code="a", parent="b"), Region(code="b", parent="c"), Region(code="c"), Region(code="d")]
    assert tree.deepest_first(regions) == ["a", "b", "c", "d"]
