"""Random claims of grids with points and buildings to ask about, and their owners in rational numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
import shapely
from hypothesis import assume
from hypothesis import strategies as st
from plans_drawn import SMALL, STREET, TOWN, plans

from geo import lattice
from geo.index import Claim
from geo.model import Building, Ground, Standing


@dataclass(frozen=True)
class Asked:
    """Claims in force, and points to ask about."""

    claims: tuple[Claim, ...]
    points: tuple[tuple[float, float], ...]


@st.composite
def questions(draw: st.DrawFn, units: Sequence[int] = (SMALL, STREET, TOWN)) -> Asked:
    """Regions proven and provisional, some laid over the others; points inside, on edges, on vertices, beside."""
    drawn, chance = draw(plans(most_regions=3, units=units)), np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    claims = []
    for region in drawn.regions:
        division, standing = drawn.division(region), draw(st.sampled_from(Standing))
        numbers = [chance.permutation(len(division.shapes))] if draw(st.booleans()) else []
        codes = [code for code, _ in division.shapes]
        for order in numbers:
            codes = [codes[n] for n in order]
        claims += [Claim(code, shape, standing) for code, shape in zip(codes, division.grounds, strict=True)]
    for number in range(draw(st.integers(0, 3))):
        cells = chance.choice(len(drawn.net.cells), size=min(3, len(drawn.net.cells)), replace=False)
        shape = drawn.net.ground([int(n) for n in cells])
        assume(shape.is_valid)
        code = draw(st.sampled_from(("A", "R0", "Z"))) + f"over{number}"
        claims.append(Claim(code, shape, Standing.PROVISIONAL))
    return Asked(tuple(claims), tuple(_points(chance, claims)))


def _points(chance: np.random.Generator, claims: Sequence[Claim]) -> Iterator[tuple[float, float]]:
    for _ in range(2):
        claim = claims[int(chance.integers(len(claims)))]
        xy = shapely.get_coordinates(claim.shape)
        at = int(chance.integers(len(xy) - 1))
        a, b = xy[at], xy[at + 1]
        part = chance.random()
        near = [claim.shape.representative_point().coords[0], tuple(a), tuple((a + b) / 2), tuple(a + (b - a) * part)]
        for x, y in near:
            yield float(x), float(y)
        for x, y in near[1:]:
            up = chance.random(2) < 0.5
            yield beside(x, bool(up[0])), float(y)
            yield float(x), beside(y, bool(up[1]))


def beside(value: float, up: bool) -> float:
    """The next float; beside zero one that still can be multiplied."""
    if value == 0:
        return 1e-20 if up else -1e-20
    return float(np.nextafter(value, np.inf if up else -np.inf))


def covers_exactly(shape: Ground, lon: float, lat: float) -> bool:
    """Crossing number in rational numbers, the border included: no rounding anywhere."""
    x, y, inside = Fraction(lon), Fraction(lat), False
    for ring in shapely.get_rings(shapely.get_parts(shape)):
        nodes = [(Fraction(a), Fraction(b)) for a, b in ring.coords]
        for (x1, y1), (x2, y2) in pairwise(nodes):
            turn = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
            if turn == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
                return True
            if (y1 <= y) != (y2 <= y) and (turn > 0) == (y2 > y1):
                inside = not inside
    return inside


def covering_exactly(claims: Sequence[Claim], lon: float, lat: float) -> list[str]:
    ordered = sorted(claims, key=lambda claim: (claim.standing is not Standing.PROVEN, claim.code))
    return [claim.code for claim in ordered if covers_exactly(claim.shape, lon, lat)]


def long_edge_points(shape: shapely.Polygon) -> Iterator[tuple[float, float]]:
    """Points as near to long slanted edges as floats can be, on either side."""
    chance = np.random.default_rng(11)
    for a, b in pairwise(shapely.get_coordinates(shape)):
        for part in chance.random(20) if a[0] != b[0] else ():
            x = float(a[0] + (b[0] - a[0]) * part)
            share = (Fraction(x) - Fraction(a[0])) / (Fraction(b[0]) - Fraction(a[0]))
            y = float(Fraction(a[1]) + (Fraction(b[1]) - Fraction(a[1])) * share)
            yield from ((x, y), (x, float(np.nextafter(y, 90))), (x, float(np.nextafter(y, -90))))


@dataclass(frozen=True)
class Dwellings:
    claims: tuple[Claim, ...]
    buildings: tuple[Building, ...]


def on_lattice(xy: np.ndarray) -> np.ndarray:
    return lattice.to_degrees(np.rint(xy * 1e7).astype(np.int64))


@st.composite
def dwellings(draw: st.DrawFn) -> Dwellings:
    """Buildings on corners, borders and in the midst of grids: whole, halved, self-crossing, folded flat, points."""
    drawn = draw(plans(most_regions=2, units=(STREET,)))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    standing = draw(st.sampled_from(Standing))
    claims = [Claim(code, shape, standing) for region in drawn.regions for code, shape in drawn.division(region).shapes]
    if standing is Standing.PROVISIONAL:
        claims.append(Claim("A", claims[0].shape.convex_hull, standing))
        claims = [claim if lattice.is_rounded(claim.shape) else claims[0] for claim in claims]
    codes = [claim.code for claim in claims]
    buildings = []
    for number in range(draw(st.integers(1, 12))):
        xy = shapely.get_coordinates(claims[int(chance.integers(len(claims)))].shape)
        at = int(chance.integers(len(xy) - 1))
        place = on_lattice(xy[at] + (xy[at + 1] - xy[at]) * chance.choice([0.0, 0.5, chance.random()]))
        entrance = None if chance.random() < 0.6 else shapely.Point(on_lattice(place + chance.normal(0, 1e-4, 2)))
        declared = str(chance.choice([*codes, "nobody"])) if chance.random() < 0.2 else None
        shape = footprint(chance, place)
        buildings.append(Building(id=f"b{number}", shape=shape, entrance=entrance, grid=declared))
    return Dwellings(tuple({claim.code: claim for claim in claims}.values()), tuple(buildings))


def footprint(chance: np.random.Generator, place: np.ndarray) -> shapely.Polygon | shapely.Point:
    a, b = chance.integers(20, 4000, 2) * 1e-7
    rings = {
        "box": [(-a, -b), (a, -b), (a, b), (-a, b)],
        "corner": [(0, 0), (a, 0), (a, b), (0, b)],
        "bow": [(-a, -b), (a, b), (a, -b), (-a, b)],
        "spike": [(-a, -b), (a, -b), (a, b), (a, 3 * b), (a, b), (-a, b)],
        "flat": [(-a, -b), (a, b), (0, 0)],
        "twice": [(-a, -b), (a, -b), (a, b), (-a, b), (-a, -b), (0, -b), (0, b), (-a, b)],
    }
    kind = str(chance.choice([*rings, "point", "box", "box", "corner"]))
    if kind == "point":
        return shapely.Point(place)
    return shapely.Polygon(on_lattice(place + np.array(rings[kind])))
