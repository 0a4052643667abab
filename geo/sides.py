"""On which side of an edge does a point lie, exactly?

A product of differences is taken in doubles where its error cannot turn the sign (J. R. Shewchuk, Adaptive Precision
Floating-Point Arithmetic and Fast Robust Geometric Predicates, 1997), and in rational numbers where it can.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from geo.edges import Floats

EPSILON = 2.0**-53
DOUBT = (3.0 + 16.0 * EPSILON) * EPSILON
"""A determinant further from zero than this share of its two products has the sign it should have."""


def side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> float:
    """Positive where the point (p) lies to the left of the line from a to b, negative to the right, 0 on it."""
    one, other = (ax - px) * (by - py), (ay - py) * (bx - px)
    found = one - other
    if abs(found) > DOUBT * (abs(one) + abs(other)):
        return found
    return _exactly(ax, ay, bx, by, px, py)


def sides(ax: Floats, ay: Floats, bx: Floats, by: Floats, px: Floats, py: Floats) -> NDArray[np.int8]:
    """`side` of many points and edges (n,): 1, -1 or 0."""
    left, down = ax - px, ay - py
    right, up = bx - px, by - py
    one, other = left * up, down * right
    found = one - other
    result = np.sign(found).astype(np.int8)
    doubt = np.flatnonzero(~(np.abs(found) > DOUBT * (np.abs(one) + np.abs(other))))
    # an upright or level edge right through the point: both products are exactly nothing
    through = ((left == 0) | (up == 0)) & ((down == 0) | (right == 0))
    for n in doubt[~through[doubt]].tolist():
        exact = _exactly(*(float(column[n]) for column in (ax, ay, bx, by, px, py)))
        result[n] = (exact > 0) - (exact < 0)
    return result


def _exactly(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> int:
    x, y = Fraction(px), Fraction(py)
    found = (Fraction(ax) - x) * (Fraction(by) - y) - (Fraction(ay) - y) * (Fraction(bx) - x)
    return (found > 0) - (found < 0)
