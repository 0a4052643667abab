"""Is the distance to a border that of the geodesic, within 1 cm or a ten-thousandth, whichever is larger?"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from planting_sources import district, villages
from proofs import Proof
from pyproj import Geod
from rational import edges

from geo.index import Claim, Owners
from geo.lattice import to_degrees
from geo.near import Borders

GEOD = Geod(ellps="WGS84")
CLOSE_M, SHARE = 0.01, 1e-4
ROUGHLY = 1.05
"""Edges this much further than the nearest by the rough reckoning are measured as well."""
GOLDEN = (np.sqrt(5) - 1) / 2
LATTICE_PLACES = {"Chengdu": (104.1, 30.7), "Heihe": (127.1, 50.2), "at zero": (0.0, 0.0), "far south": (-58.4, -64.6)}


def geodesic_m(xy: NDArray[np.float64], sides: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Metres from each point (n, 2) to the nearest of its edges (m, 4), which are straight in degrees: the least
    geodesic to a point of an edge, by golden section on every edge that may be the nearest."""
    near = [_may_be_nearest(point, several) for point, several in zip(xy, sides, strict=True)]
    begin = np.cumsum([0, *map(len, near)])[:-1]
    point = np.repeat(xy, [len(several) for several in near], axis=0)
    side = np.vstack(near)
    start, along = side[:, :2], side[:, 2:] - side[:, :2]

    def metres(part: NDArray[np.float64]) -> NDArray[np.float64]:
        foot = start + along * part[:, None]
        return np.asarray(GEOD.inv(*point.T, *foot.T)[2])

    low, high = np.zeros(len(side)), np.ones(len(side))
    for _ in range(55):
        a, b = high - (high - low) * GOLDEN, low + (high - low) * GOLDEN
        left = metres(a) < metres(b)
        low, high = np.where(left, low, a), np.where(left, b, high)
    least = np.minimum.reduce([metres((low + high) / 2), metres(np.zeros(len(side))), metres(np.ones(len(side)))])
    return np.asarray(np.minimum.reduceat(least, begin))


def _may_be_nearest(point: NDArray[np.float64], sides: NDArray[np.float64]) -> NDArray[np.float64]:
    scale = np.array([np.cos(np.radians(point[1])), 1.0])
    lines = shapely.linestrings(sides.reshape(-1, 2, 2) * scale)
    rough = shapely.distance(lines, shapely.Point(point * scale))
    return np.asarray(sides[rough <= rough.min() * ROUGHLY + 1e-5])


def wrong(owners: Owners, xy: NDArray[np.float64], claim: NDArray[np.int64]) -> list[tuple[object, ...]]:
    """Points with a distance that is off, one by one or all at once: point, claim, metres told, geodesic metres."""
    sides = [edges(one.shape) for one in owners.claims]
    expected = geodesic_m(xy, [sides[number] for number in claim])
    told = [owners.border_distance_m(int(n), *point) for n, point in zip(claim, xy.tolist(), strict=True)]
    off = []
    for several in (np.array(told), Borders(owners).distances_m(xy, claim)):
        bad = np.abs(several - expected) > np.maximum(CLOSE_M, SHARE * expected)
        off += [(xy[n].tolist(), owners.codes[claim[n]], several[n], expected[n]) for n in np.flatnonzero(bad)]
    return off


def inside_and_beside(
    owners: Owners, chance: np.random.Generator, count: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Random points with the claim that owns each; and points on and beside a border, each with its claim."""
    bounds = np.array([claim.shape.bounds for claim in owners.claims])
    xy = chance.uniform(bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0), (count, 2))
    owner = owners.owners(xy)
    claim = chance.integers(len(owners.codes), size=count)
    picked = [(sides := edges(owners.claims[n].shape))[chance.integers(len(sides))] for n in claim]
    on = np.array([side[:2] + (side[2:] - side[:2]) * chance.random() for side in picked])
    beside = on + chance.normal(0, 1, on.shape) * 10.0 ** chance.uniform(-8, -4, (count, 1))
    return np.vstack([xy[owner >= 0], on, beside]), np.concatenate([owner[owner >= 0], claim, claim])


def judge(owners: Owners, seed: int, count: int) -> int:
    xy, claim = inside_and_beside(owners, np.random.default_rng(seed), count)
    assert wrong(owners, xy, claim) == []
    return len(xy)


def test_in_the_sample_district(full: bool, proof: Proof) -> None:
    owners = Owners([Claim(grid.code, grid.shape) for grid in district().plan.grids])
    count = judge(owners, 1, 7000 if full else 150)
    proof("border distance and the geodesic: the sample district", count, "within 1 cm or 1e-4")


def test_in_taipei(shared_data: Path, full: bool, proof: Proof) -> None:
    owners = Owners([Claim(grid.code, grid.shape) for grid in villages(shared_data).plan.grids])
    count = judge(owners, 2, 5000 if full else 100)
    proof("border distance and the geodesic: Taipei's villages", count, "within 1 cm or 1e-4")


@pytest.mark.parametrize("name", LATTICE_PLACES)
@pytest.mark.parametrize("metres", [30.0, 300.0, 6000.0])
def test_grids_of_every_size_at_every_latitude(full: bool, proof: Proof, name: str, metres: float) -> None:
    """Squares with bent sides, from a court to a rural grid of 36 km2."""
    owners = Owners(bent_squares(LATTICE_PLACES[name], metres))
    count = judge(owners, 3, 2000 if full else 40)
    proof(f"border distance and the geodesic: grids of {metres:.0f} m, {name}", count, "within 1 cm or 1e-4")


def bent_squares(place: tuple[float, float], metres: float) -> list[Claim]:
    """Nine grids side by side; corners and the middles of sides are shaken."""
    chance = np.random.default_rng(4)
    steps = metres / 111_000 * 1e7
    nodes = np.stack(np.meshgrid(np.arange(7), np.arange(7), indexing="ij"), axis=-1) * steps / 2
    nodes[..., 0] /= np.cos(np.radians(place[1]))
    nodes = nodes + chance.uniform(-0.15, 0.15, nodes.shape) * steps
    xy = to_degrees(np.rint(nodes + np.array(place) * 1e7).astype(np.int64))
    round_about = [(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1)]
    rings = [[xy[2 * i + a, 2 * j + b] for a, b in round_about] for i in range(3) for j in range(3)]
    return [Claim(f"Q{n}", shapely.Polygon(ring)) for n, ring in enumerate(rings)]
