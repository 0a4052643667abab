"""Which ground plans do buildings have?

Corner coordinates in the building's own frame: x along its front, y into its depth, from (0, 0), metres.
"""

from random import Random
from typing import TypeAlias

import numpy as np

from sample_data.frame import Metres

Corners: TypeAlias = list[tuple[float, float]]


def slab(w: float, d: float, rng: Random) -> Corners:
    """A plain slab, or one whose stairwells stand out at the back."""
    if w < 26 or rng.random() < 0.45:
        return [(0, 0), (w, 0), (w, d), (0, d)]
    bays = max(2, round(w / 17))
    back: Corners = []
    for k in range(bays, 0, -1):
        middle = w * (k - 0.5) / bays
        back += [(middle + 2.6, d - 1.4), (middle + 2.6, d), (middle - 2.6, d), (middle - 2.6, d - 1.4)]
    return [(0, 0), (w, 0), (w, d - 1.4), *back, (0, d - 1.4)]


def ell(w: float, d: float, wing: float, rng: Random) -> Corners:
    """An L: the front and one wing going back; d is the depth of the front, wing that of the whole."""
    t = min(d, w / 2.4)
    if rng.random() < 0.5:
        return [(0, 0), (w, 0), (w, wing), (w - t, wing), (w - t, d), (0, d)]
    return [(0, 0), (w, 0), (w, d), (t, d), (t, wing), (0, wing)]


def horseshoe(w: float, d: float, wing: float) -> Corners:
    """A U round a court that opens backwards."""
    t = min(d, w / 3.2)
    return [(0, 0), (w, 0), (w, wing), (w - t, wing), (w - t, d), (t, d), (t, wing), (0, wing)]


def tower(w: float, d: float, rng: Random) -> Corners:
    """A point block: a cross, or a butterfly with its front notched."""
    a, b = 0.22 * w, 0.24 * d
    if rng.random() < 0.55:
        return [
            (a, 0), (w - a, 0), (w - a, b), (w, b), (w, d - b), (w - a, d - b), (w - a, d), (a, d), (a, d - b),
            (0, d - b), (0, b), (a, b),
        ]  # fmt: skip
    return [
        (0, 0), (0.36 * w, 0), (0.36 * w, 0.2 * d), (0.64 * w, 0.2 * d), (0.64 * w, 0), (w, 0), (w, 0.72 * d),
        (0.7 * w, 0.72 * d), (0.7 * w, d), (0.3 * w, d), (0.3 * w, 0.72 * d), (0, 0.72 * d),
    ]  # fmt: skip


def placed(corners: Corners, at: tuple[float, float], angle: float) -> Metres:
    """The corners turned by `angle` (radians) and moved so that (0, 0) comes to `at`."""
    c, s = np.cos(angle), np.sin(angle)
    return np.asarray(np.array(corners) @ np.array([[c, s], [-s, c]]) + np.array(at))
