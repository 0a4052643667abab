"""Where on the earth does the invented district lie, and how do its metres become lattice steps?

Everything is laid out in whole lattice steps (1e-7 degree) counted from one origin, so that equal nodes are equal
integers and nothing has to be snapped afterwards. Metres are only used to draw.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.measure import metres_per_degree

Node: TypeAlias = tuple[int, int]
"""East and north of the origin, lattice steps."""
Metres: TypeAlias = NDArray[np.float64]
"""Shape (n, 2): east and north of the origin, metres."""

STEPS = 10_000_000
"""Lattice steps in a degree."""
ORIGIN: Node = (1_041_400_000, 307_050_000)
"""104.14 E 30.705 N: open country of the Chengdu plain, north-east of the city; nothing here is mapped from it."""

SCALE = np.array(metres_per_degree(ORIGIN[1] / STEPS)) / STEPS
"""Metres in one lattice step, east and north."""


def to_nodes(metres: Metres | Sequence[Sequence[float]]) -> list[Node]:
    """The nearest lattice nodes of points in metres."""
    steps = np.rint(np.asarray(metres, dtype=float).reshape(-1, 2) / SCALE).astype(np.int64)
    return [(int(x), int(y)) for x, y in steps]


def to_metres(nodes: Iterable[Node]) -> Metres:
    """Nodes as metres from the origin."""
    return np.asarray(list(nodes), dtype=float).reshape(-1, 2) * SCALE


def lon_lat(node: Node) -> list[float]:
    """A node in degrees; n / 1e7 is the lattice value, n * 1e-7 is not (another double for a third of all n)."""
    return [(node[0] + ORIGIN[0]) / STEPS, (node[1] + ORIGIN[1]) / STEPS]
