"""How much ground is inside the farthest points of a grid, and how wide is the circle round them? Compiled."""

import numpy as np
from numpy.typing import NDArray

from geo.draw.compiled import compiled

SAME_M2 = 1e-6
"""Squared metres by which a point may lie beyond a circle that goes through it, by rounding."""
STRIDE = 11
"""Points are looked at in another order than they lie round the ground, which the algorithm's speed hangs on; prime to
`geo.draw.mosaic.WAYS`."""

Points = NDArray[np.float64]


@compiled
def hull_m2(points: Points) -> float:
    """Ground inside of points (n, 2) that go round it against the clock, square metres: shoelace formula."""
    total = 0.0
    j = len(points) - 1
    x0, y0 = points[0, 0], points[0, 1]
    for i in range(len(points)):
        total += (points[j, 0] - x0) * (points[i, 1] - y0) - (points[i, 0] - x0) * (points[j, 1] - y0)
        j = i
    return total / 2


@compiled
def circle_m(points: Points) -> float:
    """Radius of the smallest circle round points (n, 2), metres.

    Welzl (1991), Smallest enclosing disks, with the recursion unrolled to three loops.
    """
    n = len(points)
    x, y, r2 = points[0, 0], points[0, 1], 0.0
    for a in range(1, n):
        i = (a * STRIDE) % n
        px, py = points[i, 0], points[i, 1]
        if (px - x) ** 2 + (py - y) ** 2 <= r2 + SAME_M2:
            continue
        x, y, r2 = px, py, 0.0
        for b in range(a):
            j = (b * STRIDE) % n
            qx, qy = points[j, 0], points[j, 1]
            if (qx - x) ** 2 + (qy - y) ** 2 <= r2 + SAME_M2:
                continue
            x, y = (px + qx) / 2, (py + qy) / 2
            r2 = (px - x) ** 2 + (py - y) ** 2
            for c in range(b):
                k = (c * STRIDE) % n
                sx, sy = points[k, 0], points[k, 1]
                if (sx - x) ** 2 + (sy - y) ** 2 > r2 + SAME_M2:
                    x, y, r2 = _through(px, py, qx - px, qy - py, sx - px, sy - py, x, y, r2)
    return float(np.sqrt(r2))


@compiled
def _through(
    px: float, py: float, qx: float, qy: float, sx: float, sy: float, x: float, y: float, r2: float
) -> tuple[float, float, float]:
    """The circle through p, and q and s told from p; as it was where they lie on one line."""
    d = 2 * (qx * sy - sx * qy)
    if abs(d) < 1e-9:
        return x, y, r2
    q2, s2 = qx * qx + qy * qy, sx * sx + sy * sy
    ux, uy = (sy * q2 - qy * s2) / d, (qx * s2 - sx * q2) / d
    return px + ux, py + uy, ux * ux + uy * uy
