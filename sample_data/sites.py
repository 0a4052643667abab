"""Where in the sample district is there something to redraw? Each place is found by what stands there."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import shapely
import shapely.ops
from shapely import LineString
from shapely.geometry import shape

from geo.lattice import rounded
from geo.measure import metres_per_degree
from geo.model import Building, Grid, GridKind, Ground, Line, Region
from geo.owned import owned
from geo.redraw.board import Board, Codes, Surroundings
from sample_data.homes import layer_of

RIVER, SCHEME = "river", "14"
MOST = 500
"""Households that a grid should not exceed."""
YARD_M = 14.0
"""A courtyard is so much wider than its house, metres."""
SLANTS, SHIFTS_M = range(0, 180, 5), range(-200, 201, 5)
"""Lines that are tried to halve an estate: degrees from the parallel, metres from its middle."""
LONG_M = 1000.0


@dataclass(frozen=True)
class Sites:
    """The places of one day, by codes of the sample district.

    `tower` is the grid of the house with most households, `host` the one beside it with the longest common border,
    `small` the one of its community with the fewest homes. `bank` and `other_bank` lie across the river in two
    communities, the first next to the tower's: of all such pairs the one round the widest bend. `neighbour` is a grid
    beside `bank` that would be too large with `house`, the nearest. `special` is a special grid of their community, and
    `arcade` the largest house beside it that nobody lives in.
    """

    board: Board
    tower: str
    host: str
    small: str
    bank: str
    other_bank: str
    neighbour: str
    house: Building
    special: str
    arcade: Building

    @classmethod
    def of(cls, district: dict[str, Any]) -> "Sites":
        """The places in a plan file. Raises ValueError where there are none."""
        whole = _Map(district)
        tower = whole.tower()
        community = whole.grids[tower].region
        bank, other_bank = whole.bend(community)
        house, neighbour = whole.overfull(bank)
        arcade, special = whole.arcade(whole.grids[bank].region)
        return cls(
            board=whole.board({whole.grids[code].region for code in (tower, bank, other_bank)}),
            tower=tower,
            host=whole.beside(tower)[0],
            small=min((code for code in whole.of(community) if whole.homes(code)), key=whole.homes),
            bank=bank,
            other_bank=other_bank,
            neighbour=neighbour,
            house=house,
            special=special,
            arcade=arcade,
        )

    def ground(self, code: str) -> Ground:
        """The ground of a grid, as the sample district has it."""
        return self.board.grids[code].shape

    def houses(self, code: str) -> list[Building]:
        """The buildings that stand in a grid."""
        ground = self.ground(code)
        return [one for one in self.board.surroundings.buildings if shapely.covers(ground, one.shape)]

    @property
    def bend(self) -> LineString:
        """The border in the river."""
        return border(self.board.grids[self.bank], self.board.grids[self.other_bank])

    @cached_property
    def yard(self) -> Ground:
        """The ground of the house, as far as the neighbour's."""
        return self._beside(self.house, self.bank, self.neighbour)

    @cached_property
    def shops(self) -> Ground:
        """The ground of the arcade, as far as the special grid's."""
        owner = next(code for code in self.board.grids if self.arcade in self.houses(code))
        return self._beside(self.arcade, owner, self.special)

    @property
    def halving(self) -> LineString:
        """The straight line through the small grid that halves its households best and touches no building."""
        houses, ground = self.houses(self.small), self.ground(self.small)
        tree = shapely.STRtree([one.shape for one in houses])
        clear = [line for line in _lines(ground) if len(tree.query(line, "intersects")) == 0]
        return min(clear, key=lambda line: abs(_balance(line, houses)))

    @property
    def hasty_latitude(self) -> float:
        """Where a line beside the tower's ground would cut off a quarter of the nearest building, degrees north."""
        tower = self.ground(self.tower)
        nearest = min((one.shape for one in self.houses(self.host)), key=tower.distance)
        _, south, _, north = nearest.bounds
        return float(south + (north - south) * (0.75 if tower.centroid.y > north else 0.25))

    def _beside(self, house: Building, code: str, other: str) -> Ground:
        """The ground of a grid round a house, as far as its border with another."""
        line = border(self.board.grids[code], self.board.grids[other])
        per_degree = np.array(metres_per_degree(line.coords[0][1]))
        flat_house, flat_line = (shapely.transform(one, lambda xy: xy * per_degree) for one in (house.shape, line))
        round_it = shapely.buffer(flat_house, YARD_M, join_style="mitre")
        reach = sorted(shapely.line_locate_point(flat_line, shapely.points(shapely.get_coordinates(round_it))).tolist())
        beside = shapely.ops.substring(flat_line, reach[0], reach[-1])
        hull = shapely.convex_hull(shapely.union_all([round_it, beside]))
        drawn = shapely.intersection(shapely.transform(hull, lambda xy: xy / per_degree), self.ground(code))
        return rounded(max(shapely.get_parts(drawn), key=shapely.area))


def _lines(ground: Ground) -> Iterator[LineString]:
    """Straight lines through some ground."""
    x, y = ground.centroid.coords[0]
    per_lon, per_lat = metres_per_degree(y)
    for slant, shift in product(np.radians(SLANTS), SHIFTS_M):
        along, across = np.array([np.cos(slant), np.sin(slant)]), np.array([-np.sin(slant), np.cos(slant)])
        ends = [(across * shift + along * side) / (per_lon, per_lat) + (x, y) for side in (-LONG_M, LONG_M)]
        line = shapely.intersection(LineString(ends), ground)
        if isinstance(line, LineString) and line.length > 0:
            yield rounded(shapely.LineString(ends))


def _balance(line: LineString, houses: Sequence[Building]) -> int:
    """Households on one side of a straight line less those on the other."""
    (x1, y1), (x2, y2) = line.coords
    middles = shapely.get_coordinates(shapely.centroid([one.shape for one in houses]))
    sides = np.sign((x2 - x1) * (middles[:, 1] - y1) - (y2 - y1) * (middles[:, 0] - x1)).tolist()
    return int(sum(side * (one.households or 0) for side, one in zip(sides, houses, strict=True)))


class _Map:
    """The whole district as values."""

    def __init__(self, district: dict[str, Any]) -> None:
        features = district["features"]
        self.regions = {one.code: one for one in map(_region, layer_of(features, "region"))}
        self.grids = {one.code: one for one in map(_grid, layer_of(features, "grid"))}
        self.lines = [*map(_line, layer_of(features, "line"))]
        self.buildings = [*map(_building, layer_of(features, "building"))]
        self.houses: dict[str, list[Building]] = {code: [] for code in self.grids}
        for one in owned(self.buildings, [*self.grids.values()]):
            if one.grid is not None:
                self.houses[one.grid].append(one.building)

    def board(self, regions: Set[str]) -> Board:
        """Some communities to draw on."""
        grids = {code: grid for code, grid in self.grids.items() if grid.region in regions}
        houses = [house for code in grids for house in self.houses[code]]
        own = {code: self.regions[code] for code in sorted(regions)}
        codes = Codes(given=self.grids.keys(), schemes=dict.fromkeys(own, SCHEME))
        return Board(regions=own, grids=grids, codes=codes, surroundings=Surroundings(houses, self.lines))

    def of(self, region: str) -> list[str]:
        """The grids that divide a region."""
        return [code for code, grid in self.grids.items() if grid.region == region]

    def homes(self, code: str) -> int:
        """Households of a grid."""
        return sum(house.households or 0 for house in self.houses[code])

    def tower(self) -> str:
        """The grid of the house with most households."""
        return max(self.grids, key=lambda code: max((one.households or 0 for one in self.houses[code]), default=0))

    def beside(self, code: str) -> list[str]:
        """The grids of its region that have a border with a grid, the longest first."""
        grid = self.grids[code]
        shared = {one: shared_deg(grid, self.grids[one]) for one in self.of(grid.region) if one != code}
        return sorted((one for one, length in shared.items() if length > 0), key=lambda one: -shared[one])

    def bend(self, community: str) -> tuple[str, str]:
        """Across the river: a grid of a community next to that one, and one of another, with the widest bend."""
        river = shapely.union_all([line.shape for line in self.lines if line.category == RIVER])
        ground = self.regions[community].shape
        near = {code for code, one in self.regions.items() if code != community and _meets(one.shape, ground)}
        wet = [grid for grid in self.grids.values() if shapely.intersects(grid.shape, river)]
        pairs = [(a, b) for a, b in product(wet, wet) if a.region in near and a.region != b.region]
        pairs = [(a, b) for a, b in pairs if shared_deg(a, b) > 0 and _is_in(border(a, b), river)]
        if not pairs:
            raise ValueError("no border in a river next to the tower's community")
        one, other = max(pairs, key=lambda pair: _width(border(*pair)))
        return one.code, other.code

    def overfull(self, code: str) -> tuple[Building, str]:
        """The house of a grid nearest to a neighbour that would be too large with it, and that neighbour."""
        found = [
            (_far(house, border(self.grids[code], self.grids[one])), house, one)
            for one, house in product(self.beside(code), self.houses[code])
            if house.grid is None and house.households and self.homes(one) + house.households > MOST
        ]
        _, house, one = min(found, key=lambda entry: entry[0])
        return house, one

    def arcade(self, community: str) -> tuple[Building, str]:
        """The largest house that nobody lives in, in a grid beside a special one, and the special one."""
        special = next(code for code in self.of(community) if self.grids[code].kind is GridKind.SPECIAL)
        found = [one for code in self.beside(special) for one in self.houses[code] if not one.households]
        return max(found, key=lambda one: one.shape.area), special


def border(one: Grid, other: Grid) -> LineString:
    """The common border of two grids, in one piece."""
    shared = shapely.line_merge(shapely.intersection(one.shape.boundary, other.shape.boundary))
    return max(shapely.get_parts(shared), key=shapely.length)


def shared_deg(one: Grid, other: Grid) -> float:
    """How long the common border of two grids is, degrees; 0 where they only touch."""
    if not shapely.intersects(one.shape, other.shape):
        return 0.0
    return float(shapely.length(shapely.intersection(one.shape.boundary, other.shape.boundary)))


def _meets(one: Ground | None, other: Ground | None) -> bool:
    return bool(shapely.length(shapely.intersection(one, other)) > 0)


def _is_in(line: LineString, river: Any) -> bool:
    return line.is_valid and len(line.coords) > 2 and bool(shapely.covers(river, line))


def _width(line: LineString) -> float:
    """How far a line is from the straight one between its ends."""
    return float(shapely.hausdorff_distance(line, LineString([line.coords[0], line.coords[-1]])))


def _far(house: Building, line: LineString) -> float:
    return float(shapely.distance(house.shape, line))


def _region(one: dict[str, Any]) -> Region:
    told = one["properties"]
    ground = one["geometry"] and shape(one["geometry"])
    return Region(code=told["code"], name=told["name"], level=told["level"], parent=told["parent"], shape=ground)


def _grid(one: dict[str, Any]) -> Grid:
    told, ground = one["properties"], shape(one["geometry"])
    return Grid(code=told["code"], name=told["name"], kind=GridKind(told["kind"]), region=told["region"], shape=ground)


def _building(one: dict[str, Any]) -> Building:
    told, ground = one["properties"], shape(one["geometry"])
    entrance = told["entrance"] and shape(told["entrance"])
    count, grid = told["households"], told["grid"]
    return Building(id=told["id"], name=told["name"], entrance=entrance, households=count, grid=grid, shape=ground)


def _line(one: dict[str, Any]) -> Line:
    told = one["properties"]
    return Line(id=told["id"], name=told["name"], category=told["class"], shape=shape(one["geometry"]))
