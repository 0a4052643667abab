"""What are the outlines of regions at a zoom, now that some of what they are put together from is another?"""

from collections import ChainMap
from collections.abc import Collection, Mapping

from shapely.geometry.base import BaseGeometry

from geo.assembled import assembled_each
from geo.store.tile_division import Division, chain
from geo.store.tile_drawing import Drawing, plain_each


def outlines(drawing: Drawing, old: Division, changed: Collection[int]) -> dict[int, BaseGeometry]:
    """The outlines, by region, that have to be put together anew after a drawing; `changed` are the regions whose
    pieces are other ones than before."""
    new, found = drawing.new, dict[int, BaseGeometry]()
    other = drawing.rows.are_other(drawing.shapes)
    stale = _stale(drawing, old, other) | set(changed)
    drawing.rows.read({above for one in stale & new.shown for above in chain(one, new.parents)})
    for level in new.levels():
        parts = {one: _parts(drawing, one) for one in level if one in stale}
        made = _put_together(drawing, found, {one: own for one, own in parts.items() if one not in own})
        found |= made
        others = (other - made.keys()) | drawing.rows.are_other(made)
        stale |= {above for one in parts.keys() & others if (above := new.parents.get(one)) is not None}
    return found


def _stale(drawing: Drawing, old: Division, other: Collection[int]) -> set[int]:
    """Regions that have other regions below them, or in whose pieces something is drawn otherwise."""
    new = drawing.new
    found = {one for one in new.shown if one not in old.shown or new.below.get(one) != old.below.get(one)}
    for one in drawing.pieces:
        if not drawing.grounds.subjects(new.pieces[one], new).isdisjoint(other):
            found.add(one)
    return found


def _parts(drawing: Drawing, region: int) -> list[int]:
    """The subjects that a region's outline is put together from, or itself where it is drawn whole."""
    new, found = drawing.new, list[int]()
    if piece := new.pieces.get(region):
        whole = new.is_drawn_whole(piece)
        found += [piece.subject] if whole else sorted(drawing.grounds.subjects(piece, new))
    return [*found, *new.below.get(region, ())]


def _put_together(
    drawing: Drawing, found: dict[int, BaseGeometry], parts: Mapping[int, Collection[int]]
) -> dict[int, BaseGeometry]:
    """The outlines of regions of which the parts of each are told."""
    drawn = ChainMap(found, drawing.shapes)
    there = drawn.new_child(drawing.rows.read({one for own in parts.values() for one in own} - drawn.keys()))
    lots = [[there[one] for one in own if one in there] for own in parts.values()]
    return dict(zip(parts, plain_each(assembled_each(lots)), strict=True))
