"""Which kinds of faults are planted, how often, and how are one or two of them put into a valid plan?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import planting_claim_kinds as claims
import planting_gap_kinds as gaps
import planting_node_kinds as nodes
import planting_shape_kinds as shapes
import planting_thing_kinds as things
from planting_fault import Chance, Fault, Planter
from planting_source import Source, chosen

GROUND: Mapping[str, Planter] = {
    "gap inside": gaps.gap_inside,
    "gap at the edge": gaps.gap_edge,
    "grid missing": gaps.missing,
    "several missing": gaps.missing_several,
    "pinhole": gaps.pinhole,
    "hole nobody fills": gaps.hole,
    "sliver gap": gaps.sliver_gap,
    "overlap": claims.overlap,
    "sliver overlap": claims.sliver_overlap,
    "regions overlap": claims.overlap_regions,
    "spill over a region": claims.spill_next,
    "spill": claims.spill,
    "outline short": claims.outline_short,
    "duplicate": claims.duplicate,
    "node moved a step": nodes.moved,
    "node moved far": nodes.moved_far,
    "node on one side": nodes.node_one_side,
    "grid shifted": nodes.shifted,
    "bow-tie": nodes.bow_tie,
}
THINGS: Mapping[str, Planter] = {
    "building outside": things.building_outside,
    "building across a border": things.building_split,
    "border moved through a building": things.border_moved,
    "households low": things.households_low,
    "households high": things.households_high,
}
LATER: Mapping[str, Planter] = {
    "multi-part": shapes.multipart,
    "hole filled": shapes.hole_filled,
    "needle": shapes.needle,
    "spike": shapes.spike,
    "code duplicate": things.code_duplicate,
    "code prefix": things.code_prefix,
    "code format": things.code_format,
}
"""Kinds whose rules come in while the check grows."""
READY: frozenset[str] = frozenset(LATER)
"""Those of them that the check tells."""
KINDS: Mapping[str, Planter] = {**GROUND, **THINGS, **{kind: LATER[kind] for kind in sorted(READY)}}
HOUSED = frozenset({"border moved through a building", "households low", "households high"})
"""Kinds that need buildings."""
TRIES = 30


def planted(source: Source, kinds: Sequence[str], chance: Chance, *, beside: bool = False) -> list[Fault] | None:
    """A fault of each kind, in this order; None where none could be planted.

    The second one is about other shapes than the first: `beside` it, or far from it.
    """
    first = _one(source, kinds[0], chance, sorted(source.grids))
    if first is None or len(kinds) == 1:
        return None if first is None else [first]
    second = _second(source, kinds[1], chance, first, beside)
    return None if second is None else [first, second]


def _one(source: Source, kind: str, chance: Chance, codes: Sequence[str]) -> Fault | None:
    for _ in range(TRIES):
        some = [chosen(codes, chance)] if kind != "code duplicate" else codes
        fault = KINDS[kind](source, chance, codes if kind == "several missing" else some)
        if fault is not None:
            return replace(fault, kind=kind)
    return None


def _second(source: Source, kind: str, chance: Chance, first: Fault, beside: bool) -> Fault | None:
    taken = {*first.involved, *first.change.codes}
    taken |= {code for region in first.blind for code in source.members[region]}
    near = {n for code in taken if code in source.grids for n in source.neighbours[code]} - taken
    far = source.grids.keys() - near - taken
    codes = sorted(near if beside else far)
    for _ in range(8 if codes else 0):
        fault = _one(source, kind, chance, codes)
        if fault is None:
            continue
        mine = {*fault.involved, *fault.change.codes, *(c for r in fault.blind for c in source.members[r])}
        if not mine & taken and not fault.blind & _regions(source, first) and not first.blind & _regions(source, fault):
            return fault
    return None


def _regions(source: Source, fault: Fault) -> set[str]:
    return {source.region_of.get(code, code) for code in fault.involved | fault.change.codes}
