"""Which invented communities is automatic drawing measured on?

Of each 20: 7 old towns, 6 regular, 4 of superblocks, 3 rural. Of 100: 8 have 30,000-50,000 households, 12 have
12,000-30,000, rural ones 1,000-4,000, superblocks at least 2,000, all others 1,000-12,000. About a third have a river,
a quarter a railway, an eighth a lake, half of the superblocks walls; 55 % are blobs, the others rectangles, Ls, Us.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

from sample_data.community_outline import OUTLINES

_KINDS = {"r": "regular", "o": "oldtown", "s": "superblock", "v": "rural"}
_TWENTY = "rosovrrsovorvossroro"
_LARGE, _HUGE = (12_000, 30_000), (30_000, 50_000)
_USUAL = {
    "regular": (1_000, 12_000),
    "oldtown": (1_000, 12_000),
    "superblock": (2_000, 12_000),
    "rural": (1_000, 4_000),
}
_RIVER, _RAILWAY, _LAKE, _WALLS = 0.33, 0.25, 0.125, 0.5
_BLOBS = 0.55
_WITH_ARMS = 2_500
"""Households from which on there are Ls and Us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a community is to be like."""

    kind: str
    seed: int
    households: int
    outline: str = "blob"
    lake: bool = False
    river: bool = False
    railway: bool = False
    walls: bool = False


def seeds(count: int = 100) -> list[Order]:
    """The first `count` communities; fewer are the beginning of more."""
    return list(islice(_orders(), count))


def households_of(kind: str, seed: int) -> int:
    """As many as such a community may well have."""
    return _size(_USUAL[kind], Random(f"households {kind} {seed}"))


def _orders() -> Iterator[Order]:
    number = 0
    while True:
        rng = Random(f"community {number}")
        kind = _KINDS[_TWENTY[number % len(_TWENTY)]]
        households = _size(_limits(kind, number), rng)
        yield Order(
            kind=kind,
            seed=number,
            households=households,
            outline=_outline(households, rng),
            lake=rng.random() < _LAKE,
            river=rng.random() < _RIVER,
            railway=rng.random() < _RAILWAY,
            walls=kind == "superblock" and rng.random() < _WALLS,
        )
        number += 1


def _outline(households: int, rng: Random) -> str:
    """Arms of what is small would be too narrow for a grid."""
    forms = OUTLINES[1:] if households > _WITH_ARMS else ("rectangle",)
    return "blob" if rng.random() < _BLOBS else rng.choice(forms)


def _limits(kind: str, number: int) -> tuple[int, int]:
    """Every twelfth is huge and every eighth of the others large, but for rural ones."""
    if kind != "rural" and number % 12 == 11:
        return _HUGE
    return _LARGE if kind != "rural" and number % 8 == 6 else _USUAL[kind]


def _size(limits: tuple[int, int], rng: Random) -> int:
    """Small ones are likelier: the logarithm is drawn evenly. To the next ten."""
    least, most = limits
    return int(round(least * (most / least) ** rng.random(), -1))
