"""Which lines was the invented district drawn with? Metres from the origin, by hand; the seed only sways them.

The old town lies in a bend of the river, two ring roads and an expressway lie round it, farmland north and east of
that. West and south the district ends against its (unmapped) neighbours along roads.
"""

import math
from dataclasses import dataclass
from random import Random

import numpy as np

from sample_data.curves import through, wavy
from sample_data.frame import Metres

CENTRE = (-1290.0, -770.0)
"""The drum tower crossing of the old town."""
COMMON = (-1198.0, 1542.0)
"""The common ground lies in the cell about here: between river, railway and 人民北路."""

_OUTLINE = [
    (-4040, -1980), (-4180, -770), (-3920, 430), (-3800, 1290), (-3350, 2320), (-3800, 3500), (-3500, 4700),
    (-2400, 5700), (-500, 5350), (1100, 6250), (3000, 6500), (4900, 6050), (6300, 4900), (6800, 3300), (7650, 2000),
    (7500, 300), (8000, -1200), (6900, -2600), (5100, -2750), (3800, -3700), (1900, -3500), (760, -3740), (-600, -3520),
    (-1810, -3720), (-3010, -3180),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stroke:
    """One line of the sketch: what it is called, its class in plan files, its vertices in metres."""

    name: str
    category: str
    line: Metres


def outline(rng: Random) -> Metres:
    """The district's edge, a closed line."""
    return wavy(through(_OUTLINE, 70, closed=True), rng, 45, 1500)


def strokes(rng: Random) -> list[Stroke]:
    """Every main line. They run a little past what they meet, so that noding finds the crossing."""
    return [
        Stroke("沱清河", "river", wavy(through(_RIVER, 45), rng, 55, 1150)),
        Stroke("蓉北铁路", "railway", through(_RAILWAY, 90)),
        Stroke("绕城高速", "motorway", wavy(through(_EXPRESSWAY, 80), rng, 25, 2600)),
        Stroke("古城环路", "primary", _ring(rng, 830, 0.10, (1.04, 0.95))),
        Stroke("二环路", "trunk", _ring(rng, 1690, 0.05, (1.05, 0.98))),
        *[Stroke(name, kind, wavy(through(p, 65), rng, 14, 1700)) for name, kind, p in _ROADS],
        *[Stroke(name, "tertiary", _loop(rng, middle)) for name, middle in TOWNS],
    ]


_RIVER = [
    (-4210, 4040), (-3350, 3350), (-2880, 2620), (-2020, 2280), (-1720, 1590), (-770, 1290), (-300, 560),
    (330, 100), (360, -640), (-130, -1250), (70, -2020), (690, -2490), (600, -3100), (950, -4040),
]  # fmt: skip
_RAILWAY = [
    (-4820, 260),
    (-3700, 730),
    (-2320, 1140),
    (-770, 1720),
    (860, 1790),
    (2580, 1340),
    (4300, 1080),
    (6190, 1320),
    (8400, 2300),
]
_EXPRESSWAY = [
    (-4300, 1980), (-3270, 1680), (-2150, 1790), (-1080, 2150), (170, 2130), (1160, 1500), (1680, 470), (1790, -690),
    (1630, -1720), (1720, -2670), (1630, -3700),
]  # fmt: skip

_ROADS = [
    ("解放东路", "primary", [(-1290, -770), (-430, -740), (360, -810), (1120, -650), (1790, -600)]),
    ("金沙大道", "trunk", [(1790, -600), (2670, -450), (3610, -650), (4560, -480), (5930, -600), (8400, -300)]),
    ("解放西路", "primary", [(-1290, -770), (-2150, -860), (-3010, -740), (-4390, -860)]),
    ("人民北路", "primary", [(-1290, -770), (-1220, 50), (-1340, 770), (-1080, 1460), (-990, 2130)]),
    ("蜀源大道", "trunk", [(-990, 2130), (-770, 2840), (-820, 3610), (-430, 4900), (-500, 5900)]),
    ("人民南路", "primary", [(-1290, -770), (-1340, -1630), (-1260, -2490), (-1380, -3870)]),
    ("青龙路", "primary", [(-1870, -170), (-2410, 330), (-3010, 670), (-3350, 1200), (-3530, 1810)]),
    ("锦绣路", "secondary", [(-1850, -1410), (-2450, -1940), (-2920, -2490), (-3180, -3440)]),
    ("东升路", "secondary", [(-740, -1410), (-420, -1950), (-180, -2420), (400, -2560), (900, -2280), (1780, -2330)]),
    ("新华路", "primary", [(-650, -210), (-50, 340), (520, 710), (1080, 990), (1440, 1140)]),
    ("蓉金公路", "secondary", [(1440, 1140), (2150, 2060), (2840, 2840), (3350, 3610), (3780, 4820), (3650, 6900)]),
    ("建设路", "secondary", [(280, 480), (770, 150), (1120, -300), (1090, -690), (1160, -1380), (1080, -2330)]),
    ("双林路", "secondary", [(-1340, -2880), (-650, -2940), (0, -2830), (600, -3010)]),
    ("永丰路", "secondary", [(-2370, -1870), (-2200, -2580), (-2290, -3100), (-2150, -3870)]),
    (
        "龙潭大道",
        "primary",
        [(1560, -1960), (2490, -1720), (3010, -1460), (3440, -1590), (4470, -1330), (5630, -1500), (8400, -1900)],
    ),
]  # fmt: skip

TOWNS = [("回澜环路", (2860, 2860)), ("河口环路", (-820, 3400)), ("石堰环路", (3400, -590))]
"""The seats of the three rural towns: a loop road round the crossing of a highway."""


def _ring(rng: Random, radius: float, roughness: float, stretch: tuple[float, float]) -> Metres:
    """A closed road about the centre, rather square than round, as town walls leave them."""
    points = []
    for i in range(14):
        angle = 2 * math.pi * (i + rng.uniform(-0.15, 0.15)) / 14
        square = (abs(math.cos(angle)) ** 3.2 + abs(math.sin(angle)) ** 3.2) ** (-1 / 3.2)
        reach = radius * square * (1 + rng.uniform(-roughness, roughness))
        points.append(
            (CENTRE[0] + stretch[0] * reach * math.cos(angle), CENTRE[1] + stretch[1] * reach * math.sin(angle))
        )
    return through(points, 60, closed=True)


def _loop(rng: Random, middle: tuple[float, float]) -> Metres:
    angles = np.linspace(0, 2 * math.pi, 9)[:-1]
    reach = [rng.uniform(310, 400) for _ in angles]
    points = [
        (middle[0] + r * math.cos(a) * 1.15, middle[1] + r * math.sin(a)) for a, r in zip(angles, reach, strict=True)
    ]
    return through(points, 60, closed=True)
