"""What stands round a drawn line, and which way does the line take by it?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.lattice import Steps
from geo.redraw.board import Board
from geo.redraw.detours import round_buildings
from geo.redraw.flat import Flat
from geo.redraw.following import Place, Spot, followed, placed, plain
from geo.redraw.network import Network


@dataclass(frozen=True, slots=True)
class Leading:
    """What a line is led by: `borders` of grids, with all its vertices or with its `ends` alone, `streets`, and
    `buildings` that it goes round. Without borders its ends stay."""

    borders: bool = True
    ends: bool = False
    streets: bool = True
    buildings: bool = True


class Around:
    """What stands within reach of a drawn shape, looked up when it is asked for."""

    def __init__(self, board: Board, flat: Flat, snap_m: float, near: Sequence[str] = ()) -> None:
        """`near` are codes of the grids whose borders count; all where none are named."""
        self._board, self.flat, self.snap_m, self._near = board, flat, snap_m, near

    @cached_property
    def borders(self) -> Network:
        board = self._board
        grids = [board.grids[code] for code in self._near if code in board.grids] or [*board.grids.values()]
        regions = {grid.region for grid in grids} if self._near else {*board.regions}
        shapes = [*(grid.shape for grid in grids), *(board.boundary(code) for code in sorted(regions))]
        return Network.among(shapes, self.flat, self.snap_m)

    @cached_property
    def streets(self) -> Network:
        lines = self._board.surroundings.lines_in(self.flat.degrees_box(self.snap_m))
        return Network.among([line.shape for line in lines], self.flat, self.snap_m)

    @cached_property
    def buildings(self) -> list[BaseGeometry]:
        """Footprints in metres."""
        near = self._board.surroundings.buildings_in(self.flat.degrees_box(self.snap_m + 1.0))
        return [self.flat.flattened(one.shape) for one in near if shapely.get_dimensions(one.shape) == 2]


def chain(line: Steps, around: Around, how: Leading, ring: bool) -> Steps:
    """The places of a line that is led (n, 2); a ring comes without its closing vertex and goes with it."""
    spots = _by_borders(line, around, how, ring)
    if ring:
        onto = (n for n, spot in enumerate(spots) if spot.runs_to(spots[(n + 1) % len(spots)]))
        first = next(onto, 0)
        spots = [*spots[first:], *spots[:first], spots[first]]
    places = [spots[0].at]
    for on_border, pieces in groupby(pairwise(spots), key=lambda piece: piece[0].runs_to(piece[1])):
        run = [*_ends(pieces)]
        places += [spot.at for spot in run[1:]] if on_border else _free(run, around, how)
    return np.array([place for n, place in enumerate(places) if n == 0 or place != places[n - 1]], dtype=np.int64)


def _by_borders(line: Steps, around: Around, how: Leading, ring: bool) -> list[Spot]:
    if not how.borders:
        return plain(line, around.flat, [n in (0, len(line) - 1) for n in range(len(line))])
    if not how.ends:
        return followed(line, around.borders, around.flat, around.snap_m, ring=ring)
    first, last = placed(line[[0, -1]], around.borders, around.flat, around.snap_m)
    return [first, *plain(line[1:-1], around.flat), last]


def _ends(pieces: Iterator[tuple[Spot, Spot]]) -> Iterator[Spot]:
    """The spots of pieces that follow each other."""
    first, second = next(pieces)
    yield from (first, second)
    yield from (after for _, after in pieces)


def _free(run: Sequence[Spot], around: Around, how: Leading) -> list[Place]:
    """The places, without the first one, of a run that keeps to no border."""
    steps = np.array([spot.at for spot in run], dtype=np.int64)
    if how.streets:
        held = [spot.held or bool(spot.edges) for spot in run]
        led = followed(steps, around.streets, around.flat, around.snap_m, held=held)
        steps = np.array([spot.at for spot in led], dtype=np.int64)
    if how.buildings:
        steps = _past_buildings(steps, around)
    return [(x, y) for x, y in steps[1:].tolist()]


def _past_buildings(line: Steps, around: Around) -> Steps:
    if len(around.buildings) == 0 or len(line) < 2:
        return line
    way = shapely.linestrings(around.flat.metres(line))
    past = round_buildings(way, around.buildings, around.snap_m)
    return line if past is way else around.flat.steps(shapely.get_coordinates(past))
