"""Which ground is wholly one claim's, and which edges are to be looked at elsewhere?

The map is cut into squares, each square into as many square cells as its edges are worth. A cell that no edge
touches has one answer. Any other has the list of its edges, and the claim at its south-west corner: on the way from
there to a point, north and then east, each edge that is crossed changes whose ground it is. That is the shape index of
Google's S2 library (E. Veach and others) with axis-parallel ways, so that nearly all edges are passed by comparison.

Corners count as an infinitely small bit west of themselves, and an infinitely smaller one north: no edge goes through.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from geo.lattice import LAT_OFFSET, LON_OFFSET

NOBODY = -1
"""What a cell or square says where no claim is. Claims stand as their numbers in cells, as -2 - number in `square`."""
LOOK = -2
"""-2 - number in `cell`: the number of a list of edges. In `base`, of a set of claims in `several`."""


@dataclass(frozen=True, slots=True)
class Cells:
    """`frame` int64: log2 of a square's side in steps, column and row of the first square, squares across and up.

    `square` int32: the number of each square that has cells, row by row, else what all of it is. `power` int32: log2 of
    the cells along its side; `begin` int64: its first cell. `cell` int32.

    Lists: `base` int32 the claim at the cell's corner, `start` int64 (lists + 1,) into `entry` int32: edges, by the
    number of the node that they begin at. Sets: `bound` int64 (sets + 1,) into `several` int32.
    """

    frame: NDArray[np.int64]
    square: NDArray[np.int32]
    power: NDArray[np.int32]
    begin: NDArray[np.int64]
    cell: NDArray[np.int32]
    base: NDArray[np.int32]
    start: NDArray[np.int64]
    entry: NDArray[np.int32]
    bound: NDArray[np.int64]
    several: NDArray[np.int32]

    @classmethod
    def read(cls, columns: Mapping[str, NDArray[np.generic]]) -> "Cells":
        return cls(**{part.name: columns[f"cell.{part.name}"] for part in fields(cls)})  # type: ignore[arg-type]

    @property
    def columns(self) -> dict[str, NDArray[np.generic]]:
        return {f"cell.{part.name}": getattr(self, part.name) for part in fields(self)}


def offset(x: NDArray[np.int32], y: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Steps from the south-west corner of the world: never negative, so that squares are told by shifting."""
    return x.astype(np.int64) + LON_OFFSET, y.astype(np.int64) + LAT_OFFSET
