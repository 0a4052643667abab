"""What do the pieces that a publication changed look like at a zoom, and those round them?

Changed pieces are drawn together with the pieces round them (their ring), among the pieces round these. Where one of
the latter would no longer meet what is drawn, it belongs to the ring too, and all is drawn again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.generalise import REACH, generalised
from geo.matrix import EXTENT, Matrix
from geo.model import Ground
from geo.store.tile_division import Division
from geo.store.tile_fit import torn
from geo.store.tile_grounds import Grounds, in_order
from geo.store.tile_rows import Rows

MOST_NODES = 400_000
"""Nodes of changed ground that are drawn at once: half a gigabyte of memory."""


@dataclass
class Drawing:
    """A zoom of a matrix at a publication: what is drawn of it so far, by subject."""

    matrix: Matrix
    number: int
    new: Division
    grounds: Grounds
    rows: Rows
    pieces: set[int] = field(default_factory=set)
    shapes: dict[int, BaseGeometry] = field(default_factory=dict)

    def draw(self, changed: Collection[int], before: Collection[int], ground: Sequence[Ground]) -> None:
        """Draw changed pieces, by their regions, and their ring. `before` are the subjects that were drawn of pieces
        that changed or are gone, and `ground` is what these had."""
        self.grounds.read([self.new.pieces[one] for one in changed], self.new)
        ring, todo = self._round(ground, set(changed)), set(changed)
        if not changed and ring:
            self._draw_among(set(), ring, todo, before)
        for portion in self._portions(changed):
            own = set(portion)
            self._draw_among(own, ring | self._round(self._ground(own), todo), todo - own, before)
            todo, ring = todo - own, set()

    def _draw_among(self, own: set[int], ring: set[int], todo: set[int], before: Collection[int]) -> None:
        """Draw pieces and a ring, among those round them; pieces in `todo` have no shapes yet that could be torn."""
        drawn = own | ring
        while True:
            context = self._round(self._ground(drawn), drawn)
            found = self._drawn_together(drawn, context)
            more = self._torn(context - todo, {*found, *before}, found)
            if not more:
                self.pieces |= drawn
                self.shapes |= found
                return
            drawn |= more

    def _torn(self, context: set[int], before: Collection[int], after: Mapping[int, BaseGeometry]) -> set[int]:
        """The pieces of the context that would no longer meet what is drawn."""
        stays = self._shapes_there(context)
        is_torn = torn([shape for _, shape in stays], [*self._by_subject(before).values()], [*after.values()])
        return {stays[place][0] for place in np.flatnonzero(is_torn).tolist()}

    def _drawn_together(self, wanted: set[int], context: set[int]) -> dict[int, BaseGeometry]:
        pieces = [self.new.pieces[one] for one in (*wanted, *context)]
        self.grounds.read(pieces, self.new)
        atoms = {one: self.grounds.atoms(self.new.pieces[one], self.new) for one in (*wanted, *context)}
        subjects, shapes = in_order({own: shape for found in atoms.values() for own, shape in found.items()})
        kept = {subject for one in wanted for subject in atoms[one]}
        drawn = dict(zip(subjects, generalised(shapes, self.matrix, self.new.zoom), strict=True))
        own = [one for one in subjects if one in kept]
        return dict(zip(own, plain_each([drawn[one] for one in own]), strict=True))

    def _shapes_there(self, regions: Iterable[int]) -> list[tuple[int, BaseGeometry]]:
        """The shapes that pieces have now, each with its region."""
        found = [(one, subject) for one in sorted(regions) for subject in self._atoms(one)]
        there = self._by_subject(subject for _, subject in found)
        return [(one, there[subject]) for one, subject in found if subject in there]

    def _by_subject(self, subjects: Iterable[int]) -> dict[int, BaseGeometry]:
        wanted = set(subjects)
        drawn = {one: shape for one in wanted if (shape := self.shapes.get(one)) is not None}
        return self.rows.read(wanted - drawn.keys()) | drawn

    def _atoms(self, region: int) -> Mapping[int, Ground]:
        return self.grounds.atoms(self.new.pieces[region], self.new)

    def _ground(self, regions: Iterable[int]) -> list[Ground]:
        return self.grounds.boundaries(number for one in regions for number in self.new.pieces[one].editions)

    def _round(self, ground: Sequence[Ground], inner: set[int]) -> set[int]:
        """The pieces that ground is near to, without the inner ones."""
        if inner >= self.new.pieces.keys():
            return set()
        reach = REACH * 360.0 / (EXTENT * 2.0**self.new.zoom)
        return {one.region for one in self.grounds.near(ground, reach, self.new, self.number, inner)}

    def _portions(self, changed: Collection[int]) -> Iterator[list[int]]:
        """The changed pieces in their order, as many at once as memory allows."""
        portion, nodes = list[int](), 0
        for one in sorted(changed):
            portion.append(one)
            nodes += int(shapely.get_num_coordinates(np.asarray([*self._atoms(one).values()], dtype=object)).sum())
            if nodes > MOST_NODES:
                yield portion
                portion, nodes = [], 0
        if portion:
            yield portion


def plain(shape: BaseGeometry) -> BaseGeometry:
    """The same ground, written in the one way that all shapes are kept in: what is alike has the same bytes."""
    return plain_each([shape])[0]


def plain_each(shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """`plain` of many shapes."""
    normal = shapely.normalize(np.asarray(shapes, dtype=object))
    return list(shapely.orient_polygons(normal, exterior_cw=False))
