"""What ground do the regions above the divided ones have, and who is above whom?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import shapely

from geo.coverage import outline
from geo.faults import ground_finding, pieces
from geo.model import Finding, Ground, Region, Rule, Severity

HAIR_M = 0.012
"""A lattice step, metres: outlines that were drawn apart miss each other by it at every node."""


def outlines(regions: Sequence[Region], boundaries: Mapping[str, Ground]) -> dict[str, Ground]:
    """The outline of every region that has ground: a divided one's boundary, a parent's by cancelling its children.

    Ground of a parent that none of its children has stays a hole, or outside.
    """
    children: dict[str, list[str]] = {}
    for region in regions:
        if region.parent is not None:
            children.setdefault(region.parent, []).append(region.code)
    found: dict[str, Ground] = dict(boundaries)
    for code in deepest_first(regions):
        parts = [found[child] for child in children.get(code, []) if child in found]
        if parts:
            found[code] = outline([*parts, *([boundaries[code]] if code in boundaries else [])])
    return found


def deepest_first(regions: Sequence[Region]) -> list[str]:
    """Codes with every child before its parent."""
    parents = {region.code: region.parent for region in regions}
    return sorted(parents, key=lambda code: (-len(chain(code, parents)), code))


def chain(code: str, parents: Mapping[str, str | None]) -> list[str]:
    """The region and everything above it, up to the root."""
    found = [code]
    while (above := parents.get(found[-1])) is not None and above not in found:
        found.append(above)
    return found


def cyclic(parents: Mapping[str, str | None]) -> set[str]:
    """The codes that stand above themselves."""
    found, settled = set[str](), set[str]()
    for code in parents:
        way = dict[str, int]()
        at: str | None = code
        while at is not None and at not in settled and at not in way:
            way[at] = len(way)
            at = parents.get(at)
        if at is not None and at in way:
            found |= {one for one, place in way.items() if place >= way[at]}
        settled |= way.keys()
    return found


def above(codes: Iterable[str], parents: Mapping[str, str | None]) -> set[str]:
    """Every region above one of the codes."""
    return {upper for code in codes for upper in chain(code, parents)[1:]}


def findings_of(region: Region, derived: Ground, known: Sequence[Ground]) -> Iterator[Finding]:
    """Where the outline that came with a parent differs from the one derived from its children; of a parent that came
    with none, holes of the derived one in which none of the `known` grounds lies.

    Never a gate: the derived outline is the one that is published.
    """
    if region.shape is None:
        yield from _hollow(region.code, derived, known)
    elif region.shape.is_valid:
        for piece in pieces(region.shape.difference(derived)):
            yield _told(Rule.UNASSIGNED, region.code, piece)
        for piece in pieces(derived.difference(region.shape)):
            yield _told(Rule.OUTSIDE_PARENT, region.code, piece)


def _hollow(code: str, derived: Ground, known: Sequence[Ground]) -> Iterator[Finding]:
    """What nobody has of the holes of an outline."""
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(derived) for ring in part.interiors]
    if not holes:
        return
    tree = shapely.STRtree(known)
    for hole in holes:
        near = [known[int(n)] for n in np.sort(tree.query(hole))]
        for piece in pieces(hole.difference(shapely.union_all([one for one in near if one.is_valid]))):
            yield _told(Rule.UNASSIGNED, code, piece)


def _told(rule: Rule, code: str, piece: shapely.Polygon) -> Finding:
    """A warning; of a hair as wide as a lattice step, which rounding leaves along any border, a sliver's note."""
    found = ground_finding(rule, [code], piece)
    is_hair = (found.width_m or 0.0) < HAIR_M
    return (
        replace(found, rule=Rule.SLIVER, severity=Severity.NOTE)
        if is_hair
        else replace(found, severity=Severity.WARNING)
    )


def filled(shape: Ground) -> Ground:
    """The ground with its holes."""
    return shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(shape)])
