"""Which tile is asked for, and what ground does it show?"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.matrix import EXTENT, MATRICES, MERCATOR, RIM

ALL, INNER_ALL = "map", "inner-map"
"""Names that stand for every public layer in one tile, and for these with the inner ones."""
OTHERS: Final = tuple(name for name in MATRICES if name != MERCATOR.name)
"""Matrices that an address names; without a name it is Web Mercator's."""
NEAR = EXTENT // 4
"""Units: so far from what changed a tile counts as touched, since a border near it may be drawn otherwise. One that is
made again for nothing has the same bytes and the same tag."""

_NUMBER = r"0|[1-9][0-9]{0,5}"
_PATH = re.compile(
    rf"/tiles/(?:({'|'.join(OTHERS)})/)?(current|[1-9][0-9]{{0,17}})/([a-z]{{1,16}})"
    rf"/([0-9]|1[0-9])/({_NUMBER})/({_NUMBER})",
    re.ASCII,
)


class Place(NamedTuple):
    """One tile of one layer, whatever it shows at a publication."""

    matrix: str
    layer: str
    z: int
    x: int
    y: int

    @property
    def is_other(self) -> bool:
        """Whether its address names the matrix."""
        return self.matrix != MERCATOR.name

    @property
    def is_there(self) -> bool:
        """Whether the matrix has such a square."""
        return MATRICES[self.matrix].has(self.z, self.x, self.y)


@lru_cache(maxsize=16_384)
def plainly(path: str) -> tuple[str, Place] | None:
    """The publication as it is written, and the place, of an address of a public layer; None for any other."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    matrix, publication, layer, z, x, y = found.groups()
    return publication, Place(matrix or MERCATOR.name, layer, int(z), int(x), int(y))


def grounds(matrix: str, zoom: int, squares: NDArray[np.int64]) -> NDArray[np.float64]:
    """Boxes (n, 4), degrees WGS-84, of all that may show in squares (n, 2) of one zoom, and somewhat more."""
    corners = squares[:, None, :] + np.array([(0, 0), (0, 1), (1, 0), (1, 1)])
    units = corners * float(EXTENT) + np.where(corners > squares[:, None, :], 1, -1) * (RIM + NEAR)
    units = units.clip(0, np.array(MATRICES[matrix].size(zoom)) * EXTENT)
    there = MATRICES[matrix].lonlat(units.reshape(-1, 2), zoom).reshape(-1, 4, 2)
    return np.concatenate([there.min(axis=1), there.max(axis=1)], axis=1)


def is_coarse(zoom: int) -> bool:
    """Whether a border there may change far from where the ground did: those shown are longer than a community's."""
    return zoom < 11
