"""Is the city that is measured what the benchmarks say it is?"""

import numpy as np
import shapely

from benchmarks.city import FAULTY, HOUSEHOLDS, SHIFT_M, city
from geo import coverage, households
from geo.lattice import is_rounded
from geo.measure import areas_m2, metres_per_degree

SMALL = 0.005


def test_every_community_of_a_sound_city_is_exact() -> None:
    made = city(SMALL)
    assert (len(made.boundaries), len(made.grids), len(made.shifted)) == (15, 75, 0)
    for number, boundary in enumerate(made.boundaries):
        assert coverage.is_exact(boundary, list(made.grids[made.region_of == number]))


def test_neighbouring_communities_have_each_others_nodes() -> None:
    made = city(SMALL)
    whole = shapely.coverage_union_all(made.boundaries)
    assert shapely.coverage_is_valid(made.boundaries)
    assert isinstance(whole, shapely.Polygon)
    assert len(whole.interiors) == 0


def test_a_faulty_city_is_faulty_where_it_says() -> None:
    sound, made = city(0.03), city(0.03, faulty=True)
    moved = np.flatnonzero(~shapely.equals_exact(sound.grids, made.grids))
    assert moved.tolist() == made.shifted.tolist()
    assert len(moved) == len(made.grids) // FAULTY
    exact = [coverage.is_exact(b, list(made.grids[made.region_of == n])) for n, b in enumerate(made.boundaries)]
    assert np.flatnonzero(~np.array(exact)).tolist() == made.faulty_regions.tolist()
    way = shapely.get_coordinates(made.grids[moved])[0] - shapely.get_coordinates(sound.grids[moved])[0]
    assert abs(np.linalg.norm(way * metres_per_degree(30.5)) - SHIFT_M) < 0.05


def test_grids_are_as_detailed_as_real_ones_and_on_the_lattice() -> None:
    made = city(0.03)
    assert 105 <= np.median(shapely.get_num_coordinates(made.grids)) - 1 <= 109
    assert shapely.is_valid(made.grids).all()
    assert all(map(is_rounded, made.grids[:50]))


def test_buildings_are_small_apart_and_few_stand_on_borders() -> None:
    made = city(SMALL)
    assert len(made.buildings) == 2_000
    assert shapely.is_valid(made.buildings).all()
    area = areas_m2(made.buildings)
    assert 59 < area.min() < 70
    assert 190 < area.max() < 201
    one, two = shapely.STRtree(made.buildings).query(made.buildings, "intersects")
    assert (one == two).all()
    found = households.assign(made.with_buildings.buildings, made.plan.grids)
    assert 0.02 < np.mean([one.is_split for one in found]) < 0.04
    counts = np.array(list(households.tally(found).values()))
    assert len(counts) == 75
    assert counts.min() >= HOUSEHOLDS[0]
    assert counts.max() <= HOUSEHOLDS[1] + 50


def test_the_same_seed_is_the_same_city() -> None:
    one, two, other = city(SMALL, faulty=True), city(SMALL, faulty=True), city(SMALL, seed=2)
    assert (one.grids == two.grids).all()
    assert (one.buildings == two.buildings).all()
    assert (one.households == two.households).all()
    assert not (one.boundaries == other.boundaries).any()
