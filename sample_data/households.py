"""How many households live in each building, when the grid as a whole shall have so many?"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from sample_data.packing import Footprint


@dataclass(slots=True)
class Home:
    """A residential footprint with its storeys and households."""

    footprint: Footprint
    levels: int
    households: int


def capacity(footprint: Footprint) -> float:
    """Households at a modest number of storeys."""
    low, high = footprint.recipe.levels
    return _per_floor(footprint) * (0.65 * low + 0.35 * high)


def settled(footprints: Sequence[Footprint], wanted: int, rng: Random) -> tuple[list[Home], list[Footprint]]:
    """Homes that hold exactly `wanted` households, and the footprints not needed for them.

    Raises ValueError where there is nothing to live in.
    """
    if not footprints:
        raise ValueError(f"no building for {wanted} households")
    used, spare = _enough(footprints, wanted, rng)
    height = [rng.random() for _ in used]
    low, high = 0.0, 1.0
    for _ in range(18):
        middle = (low + high) / 2
        full = sum(_lived_in(f, h, middle) for f, h in zip(used, height, strict=True))
        low, high = (middle, high) if full < wanted else (low, middle)
    homes = [
        Home(f, _storeys(f, h, high), max(1, round(_lived_in(f, h, high)))) for f, h in zip(used, height, strict=True)
    ]
    _level_out(homes, wanted)
    return homes, spare


def _per_floor(footprint: Footprint) -> float:
    return max(1.0, float(footprint.shape.area) / footprint.recipe.flat_m2)


def _enough(footprints: Sequence[Footprint], wanted: int, rng: Random) -> tuple[list[Footprint], list[Footprint]]:
    """As many as hold the wanted number; what is left over lies together, at one end of the grid."""
    x, y = rng.uniform(-1, 1), rng.uniform(-1, 1)
    order = sorted(footprints, key=lambda f: (x * f.shape.centroid.x + y * f.shape.centroid.y, f.shape.wkb))
    held, count = 0.0, 0
    while count < len(order) and held < wanted:
        held += capacity(order[count])
        count += 1
    return order[:count], order[count:]


def _storeys(footprint: Footprint, height: float, level: float) -> int:
    """Storeys between the recipe's lowest and highest: most of it common to the grid, some the building's own."""
    low, high = footprint.recipe.levels
    return round(low + (high - low) * min(1.0, max(0.0, level + 0.35 * (height - 0.5))))


def _lived_in(footprint: Footprint, height: float, level: float) -> float:
    return round(_per_floor(footprint)) * _storeys(footprint, height, level)


def _level_out(homes: list[Home], wanted: int) -> None:
    """Households one by one until the sum fits, first where it changes a building least."""
    by_size = sorted(range(len(homes)), key=lambda k: -homes[k].households)
    rest = wanted - sum(home.households for home in homes)
    while rest:
        step = 1 if rest > 0 else -1
        ready = [k for k in by_size if homes[k].households + step >= 1]
        for k in ready[: abs(rest)]:
            homes[k].households += step
        rest = wanted - sum(home.households for home in homes)
