"""What are the outlines of regions at a zoom, now that some of what they are put together from is another?"""

from collections.abc import Collection

from shapely.geometry.base import BaseGeometry

from geo.generalise import assembled
from geo.store.tile_division import Division, chain
from geo.store.tile_drawing import Drawing, plain


def outlines(drawing: Drawing, old: Division, changed: Collection[int]) -> dict[int, BaseGeometry]:
    """The outlines, by region, that have to be put together anew after a drawing; `changed` are the regions whose
    pieces are other ones than before."""
    new, found = drawing.new, dict[int, BaseGeometry]()
    other = drawing.rows.are_other(drawing.shapes)
    stale = _stale(drawing, old, other) | set(changed)
    drawing.rows.read({above for one in stale & new.shown for above in chain(one, new.parents)})
    for one in new.deepest_first():
        if one in stale:
            parts = _parts(drawing, one)
            if one not in parts:
                found[one] = plain(assembled(_there(drawing, found, parts)))
            is_other = one in other if one in parts else bool(drawing.rows.are_other({one: found[one]}))
            if is_other and (above := new.parents.get(one)) is not None:
                stale.add(above)
    return found


def _stale(drawing: Drawing, old: Division, other: Collection[int]) -> set[int]:
    """Regions that have other regions below them, or in whose pieces something is drawn otherwise."""
    new = drawing.new
    found = {one for one in new.shown if one not in old.shown or new.below.get(one) != old.below.get(one)}
    for one in drawing.pieces:
        atoms = drawing.grounds.atoms(new.pieces[one], new)
        if any(subject in other for subject in atoms):
            found.add(one)
    return found


def _parts(drawing: Drawing, region: int) -> list[int]:
    """The subjects that a region's outline is put together from, or itself where it is drawn whole."""
    new, found = drawing.new, list[int]()
    if piece := new.pieces.get(region):
        whole = new.is_drawn_whole(piece)
        found += [piece.subject] if whole else sorted(drawing.grounds.atoms(piece, new))
    return [*found, *new.below.get(region, ())]


def _there(drawing: Drawing, found: dict[int, BaseGeometry], subjects: Collection[int]) -> list[BaseGeometry]:
    known = drawing.shapes | {one: found[one] for one in subjects if one in found}
    shapes = drawing.rows.read(one for one in subjects if one not in known) | known
    return [shape for one in subjects if (shape := shapes.get(one)) is not None and not shape.is_empty]
