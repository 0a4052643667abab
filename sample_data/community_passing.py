"""What passes through an invented community without serving it, and where do its streets stop for that?"""

from collections.abc import Sequence
from random import Random

import numpy as np
import shapely
from shapely import Polygon
from shapely.ops import substring

from sample_data.community_ways import BARRIERS, MAIN, Way, across, lake, radius, within

_TRIES = 8
_HALT_M = (6, 13)
"""Streets without a bridge end so far from a barrier."""
_BANK_M = (18, 27)
"""From the middle of the river to a street on its bank."""


def passing(ground: Polygon, rng: Random, *, river: bool, railway: bool, banks: float) -> list[Way]:
    """The river, with a street on each bank at a chance of `banks`, and the railway.

    Neither meets a lake unless a few tries all do.
    """
    found: list[Way] = []
    far, turn = radius(ground), rng.uniform(0, np.pi)
    for kind, wanted, swing in (("river", river, 0.07), ("railway", railway, 0.02)):
        turn += rng.uniform(0.8, 1.6)
        if wanted:
            tries = [across(ground, turn, rng.uniform(-0.3, 0.3) * far, rng, swing * far) for _ in range(_TRIES)]
            found.append(Way(next((line for line in tries if not line.intersects(lake(ground))), tries[0]), kind))
    if river:
        sides = [side for side in (-1, 1) if rng.random() < banks]
        found += [Way(found[0].shape.offset_curve(side * rng.uniform(*_BANK_M)), "residential") for side in sides]
    return found


def rim(ground: Polygon, rng: Random) -> Way:
    """A street along a part of the edge, a few metres inside."""
    inner = ground.buffer(-rng.uniform(3, 11), join_style="mitre")
    ring = max(shapely.get_parts(inner), key=shapely.area).exterior
    start = rng.uniform(0, 0.5)
    return Way(substring(ring, start, start + rng.uniform(0.15, 0.45), normalized=True), "residential")


def halted(ways: Sequence[Way], ground: Polygon, bridged: float, rng: Random) -> list[Way]:
    """The ways without what lies in a lake; minor ones end before a barrier, but for the share that has a bridge."""
    near = shapely.union_all([way.shape.buffer(rng.uniform(*_HALT_M)) for way in ways if way.kind in BARRIERS])
    water = lake(ground).buffer(-4)
    found = []
    for way in ways:
        through = way.kind in MAIN | BARRIERS or rng.random() < bridged
        found.append(Way(way.shape.difference(water if through else shapely.union(water, near)), way.kind))
    return within(found, ground.buffer(200))
