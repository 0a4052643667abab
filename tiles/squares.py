"""In which order do the squares of the world stand in an archive? Zoom by zoom, each along a Hilbert curve.

The numbers of PMTiles version 3: the one square of zoom 0 is 0, the four of zoom 1 are 1 to 4, and so on. Squares that
are near each other on the map have near numbers, so a reader who wants a place reads one stretch of the file.
"""

import numpy as np
from numpy.typing import NDArray

Squares = NDArray[np.int64]
"""x, y (n, 2)."""


def numbers(zoom: int, squares: Squares) -> NDArray[np.int64]:
    """The numbers (n,) of squares of one zoom."""
    x, y = squares[:, 0].copy(), squares[:, 1].copy()
    number = np.full(len(squares), (4**zoom - 1) // 3, dtype=np.int64)
    for level in reversed(range(zoom)):
        side = 1 << level
        right, low = (x & side) > 0, (y & side) > 0
        number += ((3 * right.astype(np.int64)) ^ low) << (2 * level)
        x[right & ~low] = side - 1 - (x[right & ~low] & (side - 1))
        y[right & ~low] = side - 1 - (y[right & ~low] & (side - 1))
        x[~low], y[~low] = y[~low], x[~low].copy()
    return number


def ordered(zoom: int, squares: Squares) -> tuple[NDArray[np.int64], Squares]:
    """Numbers and squares of one zoom along the curve."""
    number = numbers(zoom, squares)
    order = np.argsort(number)
    return number[order], squares[order]


def zoom_of(number: int) -> int:
    """The zoom of the square of a number."""
    return (3 * number + 1).bit_length() - 1 >> 1
