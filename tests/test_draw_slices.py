"""Is long empty ground cut into pieces that neighbours can take?"""

import pytest
import shapely
from shapely import LineString, box

from geo.draw.slices import MOST_CUTS, across


def pieces(ground: shapely.Polygon) -> list[shapely.Polygon]:
    noded = shapely.union_all([ground.boundary, *across(ground)])
    found = shapely.get_parts(shapely.polygonize(list(shapely.get_parts(noded))))
    return [part for part in found if ground.contains(part.representative_point())]


def test_a_river_comes_in_pieces() -> None:
    river = LineString([(0, 0), (800, 100), (1500, 700), (1600, 1500)]).buffer(100, cap_style="flat")
    found = pieces(river)
    assert 4 <= len(found) <= 20
    assert sum(part.area for part in found) == pytest.approx(river.area)
    assert all(across(part) == [] for part in found)
    assert max(part.length for part in found) < 2000


def test_ground_that_is_not_long_stays_whole() -> None:
    assert across(box(0, 0, 500, 400)) == []
    assert across(box(0, 0, 140, 5)) == []


def test_a_hair_without_end_is_cut_so_often_and_no_more() -> None:
    assert len(across(box(0, 0, 10_000_000, 1))) <= MOST_CUTS
