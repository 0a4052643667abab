"""What makes one kind of invented community unlike another? Every knob of the generator is here."""

from dataclasses import dataclass, field

Span = tuple[float, float]
"""Least and most; drawn evenly between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fabric:
    """How a plot is built on: rows of houses. Metres, households.

    `levels` and `dwellings` are drawn from; `stacked`: so many dwellings on each level, else in the whole house.
    `plan` names the ground plan. `south`: rows run from east to west, as living rooms face south.
    """

    width: Span
    depth: Span
    aside: Span
    behind: Span
    levels: tuple[int, ...]
    dwellings: tuple[int, ...]
    stacked: bool = False
    south: bool = False
    plan: str = "rectangle"


FABRICS = {
    "courts": Fabric(
        width=(7, 13), depth=(8, 11), aside=(-2.5, 2), behind=(1.5, 4.5),
        levels=(1, 1, 1, 2, 2, 3), dwellings=(1, 1, 1, 2, 2, 2, 2, 3, 3),
    ),
    "walk-ups": Fabric(
        width=(28, 62), depth=(11, 13.5), aside=(8, 15), behind=(14, 30),
        levels=(5, 6, 6, 7), dwellings=(4, 6, 6, 8), stacked=True, south=True,
    ),
    "slabs": Fabric(
        width=(42, 62), depth=(14, 17), aside=(12, 20), behind=(28, 42),
        levels=(11, 11, 18), dwellings=(3, 4, 4, 6), stacked=True, south=True,
    ),
    "towers": Fabric(
        width=(24, 32), depth=(18, 24), aside=(14, 30), behind=(28, 48),
        levels=(11, 18, 18, 24, 26, 33), dwellings=(2, 2, 3, 4), stacked=True, south=True, plan="cross",
    ),
    "farmhouses": Fabric(
        width=(10, 16), depth=(8, 12), aside=(-2, 9), behind=(7, 18),
        levels=(1, 2, 2, 3), dwellings=(1, 1, 1, 1, 2), plan="ell",
    ),
    "public": Fabric(
        width=(38, 75), depth=(16, 30), aside=(18, 40), behind=(30, 60),
        levels=(1, 2, 4, 5), dwellings=(0,), south=True, plan="ell",
    ),
}  # fmt: skip
"""By name. A negative distance to the next house counts as none: they touch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The knobs of one kind. Shares are of 1; lengths metres, ground square metres.

    Ground: `density` households on a hectare, a first guess that the total corrects.
    Streets: `street_m` between those of a formal grid; `ground_m2` of what irregular cuts leave whole; `bend`, how far
    they swing, as a share of their length; `missing` stretches of minor streets; `dead_ends` among the smallest
    streets; `halved` blocks that a lane divides; `dual` carriageways among the main streets; `pavements` beside them;
    `rim`, chance of a street along a part of the edge; `banks`, of one along each side of a river; `bridged`, minor
    streets that cross a barrier; `walled` estates.
    Houses: `fabrics` and their shares, `uneven`, the spread (sigma of a log-normal) of households between plots;
    `gaps`, the most that is missing of a plot's houses.
    Mess, shares of lines or of houses: `pieces`, `short`, `over`, `doubled` lines; `run_through` houses with a path
    across them, `podiums`, houses known `twice`, `overlapping` houses; `tall` towers of more than 300 households, and
    the chance of one `huge` in a community, of more than 500.
    """

    density: float
    street_m: Span = (80, 150)
    ground_m2: Span = (2_500, 9_000)
    bend: float = 0.03
    missing: float = 0.08
    dead_ends: float = 0.2
    halved: float = 0.25
    dual: float = 0.15
    pavements: float = 0.15
    rim: float = 0.4
    banks: float = 0.4
    bridged: float = 0.2
    walled: float = 0.0
    fabrics: dict[str, float] = field(default_factory=dict)
    uneven: float = 0.35
    gaps: float = 0.2
    pieces: float = 0.4
    short: float = 0.06
    over: float = 0.08
    doubled: float = 0.01
    run_through: float = 0.003
    podiums: float = 0.0
    twice: float = 0.01
    overlapping: float = 0.01
    tall: float = 0.0
    huge: float = 0.0


RECIPES = {
    "regular": Recipe(
        density=55,
        fabrics={"walk-ups": 0.5, "slabs": 0.1, "courts": 0.16, "public": 0.1, "none": 0.14},
        podiums=0.02,
        run_through=0.006,
    ),
    "oldtown": Recipe(
        density=54,
        ground_m2=(2_000, 9_000),
        bend=0.06,
        dead_ends=0.3,
        fabrics={"courts": 0.8, "walk-ups": 0.07, "public": 0.05, "none": 0.08},
        pieces=0.7,
        pavements=0.0,
    ),
    "superblock": Recipe(
        density=85,
        street_m=(210, 340),
        bend=0.01,
        missing=0.1,
        fabrics={"towers": 0.5, "slabs": 0.28, "walk-ups": 0.1, "public": 0.06, "none": 0.06},
        uneven=0.2,
        podiums=0.06,
        tall=0.015,
        huge=0.25,
        run_through=0.01,
    ),
    "rural": Recipe(
        density=1.7,
        ground_m2=(50_000, 190_000),
        bend=0.06,
        dead_ends=0.12,
        fabrics={"farmhouses": 1.0},
        gaps=0.3,
        pavements=0.0,
    ),
}
"""By kind."""
