"""How does a line drawn by a few points become a road or river that bends like a real one?"""

import math
from collections.abc import Sequence
from random import Random

import numpy as np

from sample_data.frame import Metres


def through(points: Sequence[tuple[float, float]], step: float, *, closed: bool = False) -> Metres:
    """A smooth curve through the points (centripetal Catmull-Rom, alpha 0.5), a vertex about every `step` metres."""
    p = np.asarray(points, dtype=float)
    before, after = (p[-1], p[:2]) if closed else (2 * p[0] - p[1], (2 * p[-1] - p[-2])[None])
    p = np.vstack([before, p, after])
    pieces = [_span(p[i : i + 4], step) for i in range(len(p) - 3)]
    return np.vstack([*pieces, pieces[0][:1] if closed else p[-2]])


def _span(p: Metres, step: float) -> Metres:
    """The curve between the middle two of four points, its last point left out (Barry and Goldman's pyramid)."""
    t = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(p, axis=0), axis=1) ** 0.5)])
    count = max(2, round(float(np.linalg.norm(p[2] - p[1])) / step))
    u = np.linspace(t[1], t[2], count, endpoint=False)[:, None]
    a = [((t[i + 1] - u) * p[i] + (u - t[i]) * p[i + 1]) / (t[i + 1] - t[i]) for i in range(3)]
    b = [((t[i + 2] - u) * a[i] + (u - t[i]) * a[i + 1]) / (t[i + 2] - t[i]) for i in range(2)]
    return np.asarray(((t[2] - u) * b[0] + (u - t[1]) * b[1]) / (t[2] - t[1]))


def wavy(line: Metres, rng: Random, amplitude: float, wavelength: float) -> Metres:
    """The line swung sideways by three sine waves; a closed line stays closed and no end moves."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    length = float(along[-1])
    swing = np.zeros(len(line))
    for share, stretch in ((0.6, 1.0), (0.3, 0.47), (0.15, 0.21)):
        cycles = max(1, round(length / (wavelength * stretch)))
        swing += share * np.sin(2 * math.pi * (cycles * along / length + rng.random()))
    closed = bool(np.allclose(line[0], line[-1]))
    taper = np.ones(len(line)) if closed else np.minimum(1.0, np.minimum(along, length - along) / wavelength * 3)
    return np.asarray(line + normals(line, closed) * (amplitude * swing * taper)[:, None])


def normals(line: Metres, closed: bool = False) -> Metres:
    """Unit vectors to the left of the line at each vertex."""
    along = np.gradient(line, axis=0)
    if closed:
        along[0] = along[-1] = line[1] - line[-2]
    along /= np.maximum(np.linalg.norm(along, axis=1), 1e-9)[:, None]
    return np.column_stack([-along[:, 1], along[:, 0]])


def hermite(start: Metres, end: Metres, out: Metres, into: Metres, count: int) -> Metres:
    """A cubic from `start` leaving along `out` to `end` arriving along `into`; `count` inner points only."""
    t = np.linspace(0.0, 1.0, count + 2)[1:-1, None]
    return np.asarray(
        (2 * t**3 - 3 * t**2 + 1) * start
        + (t**3 - 2 * t**2 + t) * out
        + (3 * t**2 - 2 * t**3) * end
        + (t**3 - t**2) * into
    )
