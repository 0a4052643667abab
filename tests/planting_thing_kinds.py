"""How are faults of buildings, households and codes planted?"""

from collections.abc import Sequence
from dataclasses import replace

import shapely
from planting_arithmetic import Loop, Node, area, edges_of, shared, square_metres
from planting_fault import Chance, Fault, replaced, reversed_run, runs
from planting_source import Change, Ring, Shape, Source, chosen, degrees, in_steps, rings_of

from geo.model import Building, GridKind, Rule

CUT_M2 = 0.25
"""Above this on both sides a building counts as cut; plantings keep clear of it by a factor of four."""


def building_outside(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A building beyond everything that is drawn."""
    x, y = chosen(source.grids[chosen(codes, chance)][0][0], chance)
    away = int(chance.integers(3_000, 60_000))
    house = _house(
        (x + chosen((-away, away), chance), y + chosen((-away, away), chance)), int(chance.integers(50, 3000))
    )
    if source.near(shapely.Polygon(house)):
        return None
    return _building_fault(source, house, Rule.BUILDING_UNASSIGNED, int(chance.integers(1, 60)), {})


def building_split(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A building across a border."""
    code = chosen(codes, chance)
    run = runs(source.grids[code], lambda edge: edge[::-1] in source.grid_at, chance, 1)
    if run is None:
        return None
    (ax, ay), (bx, by) = run.nodes
    size = int(chance.integers(300, 3000))
    house = _house(((ax + bx) // 2 + int(chance.integers(-size, size)), (ay + by) // 2), size)
    shares = {n: s for n in source.near(shapely.Polygon(house)) if (s := _share(house, source.grids[n])) > 0}
    covered = sum(shares.values()) > 0.999 * square_metres([house])
    clear = [s for s in shares.values() if s > 4 * CUT_M2]
    if not covered or len(clear) < 2 or any(CUT_M2 / 4 < s <= 4 * CUT_M2 for s in shares.values()):
        return None
    return _building_fault(source, house, Rule.BUILDING_SPLIT, None, shares)


def _house(middle: Node, size: int) -> Ring:
    x, y = middle
    return (x, y), (x + size, y + size // 9), (x + size - size // 9, y + size), (x - size // 9, y + size - size // 9)


def _share(house: Loop, shape: Shape) -> float:
    """Square metres of a house on a shape; by the shape's parts near it, reckoned exactly."""
    one, other = edges_of([house]), edges_of(rings_of(shape))
    return float(shared(one, other) / area([house])) * square_metres([house])


def _building_fault(source: Source, house: Ring, rule: Rule, households: int | None, shares: dict[str, float]) -> Fault:
    """`households` of None keeps every grid's count as it is."""
    building = Building(id="PLANTED", shape=degrees(((house,),)), households=households)
    size = frozenset({Rule.HOUSEHOLDS_HIGH, Rule.HOUSEHOLDS_LOW, Rule.BUILDING_STACKED})
    return Fault(
        change=Change(buildings={building.id: building}),
        rules=frozenset({rule}),
        involved=frozenset({*shares, "PLANTED"}),
        codes=frozenset({building.id}),
        nodes=house,
        things={"building": building.id, "shares": shares, "households": households},
        companions=size if households else frozenset({Rule.BUILDING_STACKED}),
    )


def border_moved(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A border, moved on both sides so that the ground stays covered, cuts a house."""
    code = chosen(codes, chance)
    mine = source.houses.get(code, [])
    if not mine:
        return None
    name, house = chosen(mine, chance)
    shape = source.grids[code]
    home = source.region_of[code]
    run = runs(shape, lambda e: source.region_of.get(source.grid_at.get(e[::-1], ""), "") == home, chance, 1)
    other = source.grid_at.get(run.other_side) if run else None
    back = reversed_run(source.grids[other], run.nodes) if run and other else None
    if run is None or other is None or back is None:
        return None
    (x, y), (u, v) = house[0], house[2]
    share = chance.uniform(0.2, 0.8)
    inner = ((round(x + (u - x) * share), round(y + (v - y) * share)),)
    less, more = replaced(shape, run, inner), replaced(source.grids[other], back, inner)
    piece = shapely.Polygon([*run.nodes, *inner])
    if not (in_steps(less).is_valid and in_steps(more).is_valid and in_steps(shape).covers(piece)):
        return None
    beside = [n for n, other in mine if n != name and shapely.intersects(piece, shapely.Polygon(other))]
    shares = {code: _share(house, less), other: _share(house, more)}
    if beside or min(shares.values()) < 4 * CUT_M2 or abs(shares[code] - shares[other]) < CUT_M2:
        return None
    return Fault(
        change=Change(grids={code: less, other: more}),
        rules=frozenset({Rule.BUILDING_SPLIT}),
        involved=frozenset({code, other}),
        codes=frozenset({name}),
        nodes=house,
        things={"building": name, "shares": shares},
        companions=frozenset({Rule.HOUSEHOLDS_LOW, Rule.HOUSEHOLDS_HIGH}),
    )


def households_low(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A building lost so many households that its grid has too few."""
    return _counted(source, chance, codes, int(chance.integers(1, 300)), Rule.HOUSEHOLDS_LOW)


def households_high(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A building won so many households that its grid has too many."""
    return _counted(source, chance, codes, int(chance.integers(501, 900)), Rule.HOUSEHOLDS_HIGH)


def _counted(source: Source, chance: Chance, codes: Sequence[str], wanted: int, rule: Rule) -> Fault | None:
    code = chosen(codes, chance)
    kind = next(grid.kind for grid in source.plan.grids if grid.code == code)
    own = [b for b in source.plan.buildings if b.id[1:].startswith(code) and b.households]
    if kind is not GridKind.RESIDENTIAL or not own or len(source.members[source.region_of[code]]) < 2:
        return None
    largest = max(own, key=lambda building: building.households or 0)
    rest = sum(b.households or 0 for b in own if b is not largest)
    if wanted < rest:
        return None
    changed = replace(largest, households=wanted - rest)
    return Fault(
        change=Change(buildings={changed.id: changed}),
        rules=frozenset({rule}),
        involved=frozenset({code}),
        codes=frozenset({code}),
        things={"grid": code, "households": wanted},
        companions=frozenset({Rule.TOWER_OVER}),
    )


def code_duplicate(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A grid has the code of another one."""
    code, other = chosen(codes, chance), chosen(codes, chance)
    return _renamed(code, other, Rule.CODE_DUPLICATE, {other}) if code != other else None


def code_prefix(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A grid's code begins with the code of no region it lies in."""
    code = chosen(codes, chance)
    return _renamed(code, f"6{code[1:]}", Rule.CODE_PREFIX, {f"6{code[1:]}"}) if code.isdigit() else None


def code_format(source: Source, chance: Chance, codes: Sequence[str]) -> Fault | None:
    """A grid's code has a digit too few, one too many, or a letter."""
    code = chosen(codes, chance)
    wrong = chosen((code[:-1], f"{code}0", f"{code[:-1]}X"), chance)
    return _renamed(code, wrong, Rule.CODE_FORMAT, {wrong})


def _renamed(code: str, new: str, rule: Rule, named: set[str]) -> Fault:
    return Fault(
        change=Change(renamed={code: new}),
        rules=frozenset({rule}),
        involved=frozenset({code, new}),
        codes=frozenset(named),
        things={"code": new},
        companions=frozenset(
            {Rule.CODE_PREFIX, Rule.CODE_FORMAT, Rule.CODE_DUPLICATE, Rule.HOUSEHOLDS_HIGH, Rule.HOUSEHOLDS_LOW}
        ),
    )
