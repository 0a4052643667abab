"""What is built in the old town, in estates, on campuses?"""

from random import Random

from sample_data.packing import Recipe
from sample_data.zones import Zone

WALKUP_EDGE = Recipe(
    "residential", (10, 12), (18, 40), (5, 9), (12, 15), (4, 7), 82, ("slab", "slab", "slab", "ell", "horseshoe"), True
)
COURTS = Recipe("house", (7, 9.5), (9, 21), (3, 5), (8, 11), (1, 3), 78, ("slab", "ell", "ell", "horseshoe"), True)
WALKUP = Recipe("residential", (11, 12.5), (34, 60), (8, 12), (17, 22), (5, 7), 98, ("slab", "slab", "slab", "ell"))
WALKUP_COURT = Recipe("residential", (11, 12.5), (28, 52), (7, 11), (17, 21), (5, 7), 98, ("slab", "slab", "ell"), True)
MIDRISE = Recipe("residential", (13, 15.5), (34, 62), (12, 18), (28, 38), (8, 13), 115, ("slab", "slab", "ell"))
TOWERS = Recipe("residential", (21, 25), (25, 34), (24, 38), (34, 48), (18, 33), 120, ("tower",))
GARDEN = Recipe("residential", (12, 14), (28, 50), (11, 16), (21, 28), (5, 8), 124, ("slab", "slab", "ell"))
VILLAS = Recipe("residential", (10.5, 12.5), (20, 38), (8, 13), (15, 20), (3, 4), 128, ("slab", "ell"))

SHOPS = Recipe("commercial", (9, 12), (24, 60), (6, 10), (20, 30), (1, 3), plans=("slab", "ell"), edge=True, most=4)
MALL = Recipe("commercial", (38, 56), (55, 95), (18, 26), (24, 34), (4, 7), plans=("slab", "ell"), most=2)
OFFICES = Recipe("office", (22, 30), (30, 52), (18, 26), (24, 34), (6, 28), plans=("slab", "tower", "ell"), most=5)
SCHOOL = Recipe(
    "school", (13, 16), (42, 68), (14, 20), (24, 34), (3, 5), plans=("horseshoe", "ell", "ell", "slab"), most=4
)
HOSPITAL = Recipe(
    "hospital", (18, 24), (46, 76), (14, 20), (22, 30), (5, 16), plans=("ell", "horseshoe", "slab"), most=4
)
FACTORY = Recipe("factory", (26, 44), (52, 110), (12, 18), (14, 20), (1, 2), plans=("slab", "slab", "ell"), most=9)
SHEDS = Recipe("market", (17, 22), (60, 105), (9, 13), (13, 17), (1, 2), most=12)
CAMPUS = Recipe("school", (15, 20), (42, 78), (18, 30), (34, 48), (4, 8), plans=("ell", "horseshoe", "slab"), most=8)
STATION = Recipe("station", (34, 46), (70, 120), (20, 30), (60, 80), (2, 4), plans=("slab", "ell"), most=4)
PAVILIONS = Recipe("public", (9, 16), (12, 26), (90, 150), (90, 140), (1, 2), plans=("slab", "ell"), most=7)
POINT_TOWER = Recipe("residential", (27, 29), (34, 38), (30, 40), (40, 60), (40, 42), 66, ("tower",), most=1)

SPECIAL = {"park": PAVILIONS, "campus": CAMPUS, "market": SHEDS, "industry": FACTORY, "transit": STATION}

_HOMES = {
    Zone.OLD: [(0.62, WALKUP_EDGE), (0.38, COURTS)],
    Zone.INNER: [(0.34, WALKUP), (0.26, WALKUP_COURT), (0.2, MIDRISE), (0.14, TOWERS), (0.06, GARDEN)],
    Zone.OUTER: [(0.24, TOWERS), (0.22, MIDRISE), (0.3, GARDEN), (0.14, VILLAS), (0.1, WALKUP)],
    Zone.TOWN: [(0.55, WALKUP_EDGE), (0.45, WALKUP_COURT)],
}
_OTHER = {
    Zone.OLD: [(0.45, SHOPS), (0.25, SCHOOL), (0.15, OFFICES), (0.15, HOSPITAL)],
    Zone.INNER: [(0.3, SCHOOL), (0.25, OFFICES), (0.15, MALL), (0.1, HOSPITAL), (0.2, SHOPS)],
    Zone.OUTER: [(0.26, SCHOOL), (0.22, OFFICES), (0.14, MALL), (0.18, FACTORY), (0.06, HOSPITAL), (0.14, PAVILIONS)],
    Zone.TOWN: [(0.4, SCHOOL), (0.3, SHOPS), (0.3, SHEDS)],
}


def homes(zone: Zone, rng: Random) -> Recipe:
    """A way to house people that is usual in the zone."""
    return _drawn(_HOMES[zone], rng)


def other(zone: Zone, rng: Random) -> Recipe:
    """A use without households that is usual in the zone."""
    return _drawn(_OTHER[zone], rng)


def _drawn(chances: list[tuple[float, Recipe]], rng: Random) -> Recipe:
    return rng.choices([recipe for _, recipe in chances], [chance for chance, _ in chances])[0]
