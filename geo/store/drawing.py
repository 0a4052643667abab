"""Which regions get ground from the rows of files, and what is it then?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from geo import plan, tree
from geo.model import Grid, Ground, Layer, Plan, Region
from geo.snap import Shift
from geo.store.known import Known, by_code
from geo.store.order import Mode, Order, Progress
from geo.store.sorting import Sorting


@dataclass(frozen=True, slots=True)
class Drawing:
    """The regions that get ground, healed if asked. `divided` are their outlines and grids, `outlines` what changes."""

    drawn: Plan
    divided: Mapping[str, tuple[Ground | None, Sequence[Grid]]]
    outlines: Mapping[str, Ground]
    shifts: Sequence[Shift]

    @classmethod
    def of(cls, sorting: Sorting, known: Known, order: Order, progress: Progress) -> "Drawing":
        drawn, shifts = _drawn(sorting, known, order), list[Shift]()
        around = known.beside(drawn)
        if order.snap:
            progress("healing", 0, len(drawn.grids))
            drawn, shifts = plan.healed(drawn, around)
        divided = {region.code: (region.shape, own) for region, own in plan.divided_regions(drawn, around)}
        drawn = replace(drawn, regions=tuple(_outlined(region, divided) for region in drawn.regions))
        outlines = {
            code: shape
            for code, (shape, own) in divided.items()
            if shape is not None and not shape.is_empty and not known.is_as_published(code, shape, own)
        }
        return cls(drawn, divided, outlines, shifts)

    @property
    def boundaries(self) -> dict[str, Ground]:
        return {code: shape for code, (shape, _) in self.divided.items() if shape}

    def retired(self, known: Known) -> list[str]:
        """Grids in force of the regions that get an edition, which that edition has no more."""
        found = []
        for code in sorted(self.outlines):
            if one := known.edition(code):
                found += sorted(by_code(one.grids).keys() - by_code(self.divided[code][1]).keys())
        return found


def _drawn(sorting: Sorting, known: Known, order: Order) -> Plan:
    """The regions that get ground from the rows, with grids and outline: stated, else published, else derived.

    Grids in force that no row names stay, unless the rows are all that the region has: the order says so, or the rows
    bring its outline and are not an update.
    """
    grids, stated = sorting.of(Layer.GRID), sorting.of(Layer.REGION)
    above = _above(sorting, known)
    outlined = {region.code for region in stated.values() if region.shape is not None} - above
    drawn = {grid.region for grid in grids.values()}
    regions, kept = [], list[Grid]()
    for code in sorted(drawn | outlined):
        region, one = stated.get(code) or known.regions[code], known.edition(code)
        if region.shape is None and one is not None:
            region = replace(region, shape=one.boundary)
        whole = order.redraws or (order.mode is not Mode.UPDATE and code in outlined)
        if one is not None and not (whole and code in drawn):
            kept += [grid for grid in one.grids if grid.code not in grids]
        regions.append(region)
    regions += [region for code, region in stated.items() if code not in drawn | outlined]
    buildings = tuple(sorting.of(Layer.BUILDING).values())
    return Plan(regions=tuple(regions), grids=(*grids.values(), *kept), buildings=buildings)


def _outlined(region: Region, divided: Mapping[str, tuple[Ground | None, Sequence[Grid]]]) -> Region:
    return replace(region, shape=divided[region.code][0]) if region.code in divided else region


def _above(sorting: Sorting, known: Known) -> set[str]:
    """Regions above ground: their own outline is compared with the derived one, and never gets an edition."""
    stated = sorting.of(Layer.REGION)
    ground = {code for code, region in stated.items() if region.shape is not None} | known.divided()
    ground |= {grid.region for grid in sorting.of(Layer.GRID).values()}
    return tree.above(ground, {code: region.parent for code, region in (known.regions | stated).items()})
