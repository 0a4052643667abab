"""Where is a coverage that is not exact at fault?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.faces import Loose
from geo.faults import ground_finding, node_finding, pieces, unmatched
from geo.measure import areas_m2
from geo.model import Finding, Grid, Ground, Rule

BESIDE_DEG = 1e-9
"""What is nearer than this, degrees, touches: a tenth of a millimetre, a hundredth of a lattice step."""
PINHOLE_M2 = 0.1
"""Nobody sees a gap smaller than this: it comes of rounding, or of a slip."""
LIKE_A_GRID = 0.5
"""A gap of more than this share of the middle one of a region's grids is a grid that is missing, if it is no strip."""
COMPACT = 8.0
"""No strip is what has less area than so many times its width squared."""


@dataclass(frozen=True)
class Inquiry:
    """A region that its grids do not cover exactly; `are_sound` tells which of them (n,) have sound rings.

    Edges are led through the nodes they lack first, so that only real ground is told.
    """

    code: str
    boundary: Ground
    grids: tuple[Grid, ...]
    are_sound: NDArray[np.bool_]

    def findings(self) -> Iterator[Finding]:
        """Every fault, ground that two claim before ground that nobody does; nothing is silent."""
        found = [*self.duplicates(), *self.unmatched(), *self.overlaps(), *self.spills(), *self.gaps()]
        yield from found
        yield from self.unexplained(found)

    @cached_property
    def sound(self) -> list[Grid]:
        """Valid grids, each shape once."""
        twins = {number for pair in self._twins for number in pair[1:]}
        return [grid for n, grid in enumerate(self.grids) if n not in twins and self.are_sound[n]]

    @cached_property
    def shapes(self) -> list[Ground]:
        """The boundary and the sound grids."""
        return [self.boundary, *(grid.shape for grid in self.sound)]

    @cached_property
    def codes(self) -> list[str]:
        return [self.code, *(grid.code for grid in self.sound)]

    @cached_property
    def loose(self) -> Loose:
        return Loose.of(self.shapes)

    @cached_property
    def claims(self) -> dict[tuple[int, ...], list[shapely.Polygon]]:
        """Ground that is not in one grid and in the boundary, by the shapes that lie over it."""
        found: dict[tuple[int, ...], list[shapely.Polygon]] = {}
        for face in self.loose.faces(self.shapes):
            if not (len(face.over) == 2 and face.over[0] == 0):
                found.setdefault(face.over, []).append(face.shape)
        return found

    def _pieces(self, claims: Iterable[tuple[int, ...]]) -> Iterator[shapely.Polygon]:
        """The ground of some claims together."""
        yield from pieces(shapely.union_all([face for over in claims for face in self.claims[over]]))

    @cached_property
    def blurred(self) -> BaseGeometry:
        """Ground about which nothing can be said until invalid rings are mended."""
        shapes = np.asarray([grid.shape for grid in self.grids], dtype=object)
        return shapely.union_all(shapely.convex_hull(shapes[~self.are_sound]))

    @cached_property
    def _twins(self) -> list[list[int]]:
        groups: dict[bytes, list[int]] = {}
        for number, grid in enumerate(self.grids):
            groups.setdefault(shapely.to_wkb(shapely.normalize(grid.shape)), []).append(number)
        return [group for group in groups.values() if len(group) > 1]

    def duplicates(self) -> Iterator[Finding]:
        """The same ground under two codes."""
        for group in self._twins:
            codes = sorted(self.grids[number].code for number in group)
            yield ground_finding(Rule.DUPLICATE, codes, self.grids[group[0]].shape)

    def unmatched(self) -> Iterator[Finding]:
        """A node that an edge beside it lacks: no ground is lost yet, but the edges do not cancel."""
        yield from unmatched(self.codes, self.loose)

    def overlaps(self) -> Iterator[Finding]:
        """Ground claimed by two grids."""
        pairs = {pair for over in self.claims for pair in combinations([n for n in over if n], 2)}
        for one, two in sorted(pairs):
            for piece in self._pieces(over for over in self.claims if one in over and two in over):
                yield ground_finding(Rule.OVERLAP, sorted([self.codes[one], self.codes[two]]), piece)

    def spills(self) -> Iterator[Finding]:
        """Ground claimed outside the boundary."""
        outside = [over for over in self.claims if 0 not in over]
        for grid in sorted({n for over in outside for n in over}):
            for piece in self._pieces(over for over in outside if grid in over):
                yield ground_finding(Rule.SPILL, [self.codes[grid]], piece)

    def gaps(self) -> Iterator[Finding]:
        """Ground inside the boundary that no grid owns."""
        tree = shapely.STRtree(self.shapes[1:])
        for piece in self._pieces(over for over in self.claims if over == (0,)):
            if not self.blurred.intersects(piece):
                near = tree.query(piece, "dwithin", BESIDE_DEG)
                codes = [self.code, *sorted(self.codes[n + 1] for n in near.tolist())]
                found = ground_finding(Rule.GAP, codes, piece)
                yield replace(found, values={**found.values, "where": self._where(found)})

    def _where(self, gap: Finding) -> str:
        """What a gap seems to be: all of the region (`whole`), a `pinhole`, a missing `grid`, or ground at the `outer`
        edge of the region, or an `inner` one."""
        area, width = gap.area_m2 or 0.0, gap.width_m or 0.0
        if not self.sound:
            return "whole"
        if area < PINHOLE_M2:
            return "pinhole"
        if is_missing_grid(area, width, float(np.median(areas_m2(self.shapes[1:])))):
            return "grid"
        return "outer" if shapely.dwithin(self.boundary.boundary, gap.geometry, BESIDE_DEG) else "inner"

    def unexplained(self, found: Sequence[Finding]) -> Iterator[Finding]:
        """Edges that do not cancel and that no finding touches: never silent about a coverage that is not exact."""
        edges = self.loose.lines
        places = [self.blurred, *(finding.geometry for finding in found if finding.geometry is not None)]
        tree = shapely.STRtree(places)
        told = set(tree.query(shapely.centroid(edges), "dwithin", BESIDE_DEG)[0].tolist()) | set(
            tree.query(edges, "intersects")[0].tolist()
        )
        borders = shapely.boundary(np.asarray(self.shapes, dtype=object))
        for number in sorted(set(range(len(edges))) - told):
            near = np.flatnonzero(shapely.dwithin(borders, edges[number], BESIDE_DEG))
            yield node_finding(sorted({self.codes[n] for n in near.tolist()}), edges[number])


def is_missing_grid(area_m2: float, width_m: float, middle_m2: float) -> bool:
    """Whether a gap is one of the grids, forgotten; `middle_m2` is the median of the others."""
    return middle_m2 * LIKE_A_GRID < area_m2 < COMPACT * width_m**2
