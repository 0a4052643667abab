"""How does the old town differ from new estates and villages?"""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from sample_data.cuts import Style


class Zone(StrEnum):
    OLD = "old"
    INNER = "inner"
    OUTER = "outer"
    TOWN = "town"
    RURAL = "rural"


@dataclass(frozen=True, slots=True)
class Character:
    """What a zone looks like."""

    density: float
    """Households a hectare, streets included, before the total is scaled to the wanted number of grids."""
    block_m2: float
    """A usual block."""
    setback: float
    """Metres between a street's edge and the buildings."""
    communities: Style
    grids: Style
    blocks: Style


_OLD = (
    Style(gap=30, vertex=50, sway=4.0, wave=260),
    Style(gap=24, vertex=45, sway=4.0, wave=180),
    Style(gap=18, vertex=32, sway=3.0, wave=110, whim=0.3),
)
_INNER = Style(gap=40), Style(gap=30, sway=1.2), Style(gap=24, vertex=60)
_OUTER = Style(gap=50, sway=1.0), Style(gap=36, sway=0.8), Style(gap=28, sway=0.5)
_TOWN = Style(gap=30, sway=2.0), Style(gap=26, sway=2.0), Style(gap=20, vertex=50, sway=2.0)
_RURAL = (
    Style(gap=120, vertex=55, sway=32.0, wave=750, bend=0.5, balance=5.0, whim=0.5),
    Style(gap=90, vertex=45, sway=24.0, wave=520, bend=0.5, balance=4.0, whim=0.5),
    Style(),
)
"""Cuts between communities, between grids, between blocks."""

CHARACTER = {
    Zone.OLD: Character(118, 10_500, 2.5, *_OLD),
    Zone.INNER: Character(72, 21_000, 4.0, *_INNER),
    Zone.OUTER: Character(46, 34_000, 6.0, *_OUTER),
    Zone.TOWN: Character(40, 19_000, 4.0, *_TOWN),
    Zone.RURAL: Character(0.4, 9e9, 6.0, *_RURAL),
}


def grid_target(rng: Random) -> int:
    """Households of an ordinary residential grid: 300-500 is the rule, most are near 400."""
    return round(rng.triangular(312, 492, 414))


def village_target(rng: Random) -> int:
    """Households of a rural grid: 45-250, more small ones than large ones."""
    return round(45 + 205 * rng.betavariate(1.0, 1.9))
