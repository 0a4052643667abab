"""Is a finding that tells no ground of its own explained by a planted fault, and does it say the truth about it?"""

from collections.abc import Sequence
from fractions import Fraction
from typing import cast

import shapely
from planting_arithmetic import Loop, Node, Number, crossings, edges_of, inner_point, joined, off, turns_round
from planting_fault import Fault
from planting_source import STEPS, Source

from geo.model import Building, Finding, Rule, Severity

SHAPES = frozenset({Rule.SPIKE, Rule.NEEDLE, Rule.NECK, Rule.COMPACTNESS_LOW, Rule.VERTICES_MANY, Rule.EDGE_FREE})
"""Rules of shape: a shape that was changed may come to break them, another may not."""
HOUSES = frozenset({Rule.BUILDING_UNASSIGNED, Rule.BUILDING_SPLIT, Rule.BUILDING_AMBIGUOUS})
COUNTS = frozenset({Rule.HOUSEHOLDS_LOW, Rule.HOUSEHOLDS_HIGH, Rule.TOWER_OVER})
NEAR = 2.0
"""Steps round a place in which a finding about a point lies."""


def says_so(source: Source, fault: Fault, finding: Finding) -> bool:
    """Whether a finding about a planted thing tells what is known of it: place, amounts, names."""
    known = fault.things
    if "ring" in known:
        return _is_crossing(cast(Loop, known["ring"]), finding)
    if "ground" in known:
        stated = edges_of(cast(Sequence[Loop], known["ground"]))
        wrong = off(joined((edges_of(loops_of(finding)), 1), (stated, -1)))
        return wrong <= off(stated) / 100
    if "near" in known:
        line = shapely.LineString([(float(x), float(y)) for x, y in cast(Sequence[Node], known["near"])])
        places = [shapely.Point(float(x), float(y)) for x, y in nodes_of(finding)]
        return bool(places) and min(line.distance(place) for place in places) <= NEAR
    if "grid" in known:
        return known["grid"] in finding.codes and finding.households == known["households"]
    if "building" in known:
        return _says_house(fault, finding)
    return known.get("code") in finding.codes


def _says_house(fault: Fault, finding: Finding) -> bool:
    """The building's own shape; of one that is cut the grids it is cut by, and its smallest share."""
    if fault.things["building"] not in finding.codes:
        return False
    shares = cast(dict[str, float], fault.things.get("shares") or {})
    large = {code: area for code, area in shares.items() if area > 0.25}
    if finding.rule is not Rule.BUILDING_SPLIT:
        return finding.households == fault.things["households"]
    least = min(large.values())
    stated = finding.area_m2 or 0.0
    return {*large} <= {*finding.codes} and abs(stated - least) <= max(0.01 * least, 0.001)


def _is_crossing(ring: Loop, finding: Finding) -> bool:
    """Whether a point lies where two edges of the ring cross, by fractions."""
    edges = [(min(a, b), max(a, b)) for a, b in zip(ring, (*ring[1:], ring[0]), strict=True)]
    x, y = nodes_of(finding)[0]
    return any(abs(float(u - x)) <= NEAR and abs(float(v - y)) <= NEAR for u, v in crossings(edges))


def explained(source: Source, faults: Sequence[Fault], finding: Finding) -> bool:
    """Whether one of the faults makes the finding true, as far as it is none about ground."""
    return any(_explains(source, fault, finding) for fault in faults)


def _explains(source: Source, fault: Fault, finding: Finding) -> bool:
    rule, codes = finding.rule, {*finding.codes}
    if rule in fault.rules and (not fault.codes or fault.codes & codes):
        return not fault.things or says_so(source, fault, finding) or rule in SHAPES
    if rule in HOUSES | COUNTS | {Rule.BUILDING_STACKED} and _touches_houses(source, fault, codes):
        return True
    if rule in SHAPES:
        return bool(codes & fault.change.codes)
    if rule in (Rule.SLIVER, Rule.UNASSIGNED) and rule in fault.companions:
        place = inner_point(loops_of(finding))
        inside = place is not None and turns_round(edges_of(fault.loops), place) != 0
        return inside and (rule is Rule.UNASSIGNED or finding.severity is Severity.NOTE)
    return rule in fault.companions and bool(codes & (fault.codes | fault.involved | {*fault.change.renamed.values()}))


def _touches_houses(source: Source, fault: Fault, codes: set[str]) -> bool:
    """Whether a building at fault stands on the planted ground or in a shape that was changed, or a grid that is told
    about its count has or had such a building."""
    if fault.things.get("building") in codes:
        return True
    ground = _box(fault)
    if ground is None:
        return False
    touched = {b.id: b for b in source.plan.buildings if ground.intersects(_box_of(b))}
    if codes & touched.keys():
        return True
    grids = {code for b in touched.values() for code in source.near(_box_of(b))}
    return bool(codes & (grids | fault.involved))


def _box(fault: Fault) -> shapely.Polygon | None:
    """What the fault is about, steps."""
    nodes = [node for loop in fault.loops for node in loop] + [*fault.nodes]
    if "ring" in fault.things:
        nodes += [*cast(Loop, fault.things["ring"])]
    if not nodes:
        return None
    xs, ys = [float(x) for x, _ in nodes], [float(y) for _, y in nodes]
    return shapely.box(min(xs), min(ys), max(xs), max(ys))


def _box_of(building: Building) -> shapely.Polygon:
    west, south, east, north = (value * STEPS for value in building.shape.bounds)
    return shapely.box(west, south, east, north)


def loops_of(finding: Finding) -> list[Loop]:
    """The rings of a finding's ground as loops in steps, ground to the left; corners off the lattice as fractions."""
    loops: list[Loop] = []
    for part in shapely.get_parts(finding.geometry):
        if isinstance(part, shapely.Polygon):
            oriented = shapely.orient_polygons(part, exterior_cw=False)
            for ring in shapely.get_rings(oriented):
                loops.append([(_whole(x), _whole(y)) for x, y in shapely.get_coordinates(ring)[:-1].tolist()])
    return loops


def nodes_of(finding: Finding) -> list[Node]:
    return [(_whole(x), _whole(y)) for x, y in shapely.get_coordinates(finding.geometry).tolist()]


def _whole(degrees: float) -> Number:
    """A coordinate in steps: a whole number where it is one but for the double's own error, else to a millionth."""
    value = degrees * STEPS
    nearest = round(value)
    return nearest if abs(value - nearest) < 1e-5 else Fraction(round(value * 2**20), 2**20)
