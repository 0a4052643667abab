"""What would vanish because a file that replaces has no row for it?"""

from collections.abc import Mapping

import shapely
from shapely.geometry.base import BaseGeometry

from geo import tree
from geo.model import Layer
from geo.refusal import Refusal
from geo.store.known import Known
from geo.store.notes import Note
from geo.store.order import Mode, Order
from geo.store.sorting import Key, Sorting

DATA_LAYERS = (Layer.BUILDING, Layer.FACILITY, Layer.LINE, Layer.WATER)


class RegionMissing(Refusal):
    """The region that an import is to stay within has no ground: id `region-without-ground` (region)."""


def vanishing(sorting: Sorting, named: Mapping[Layer, set[str]], known: Known, order: Order) -> dict[Key, BaseGeometry]:
    """Things in force of the layers that the rows are of, which no row names: with the place that each leaves.

    Where a row of the layer was refused nothing of it vanishes: the bad row may have meant the very thing. Raises
    RegionMissing.
    """
    if order.mode is not Mode.REPLACE:
        return {}
    ground = None if order.within is None else _ground(known, order.within)
    found: dict[Key, BaseGeometry] = {}
    for layer in DATA_LAYERS:
        codes = named.get(layer)
        if codes is None:
            continue
        stock = {code: shape for code, shape in known.stock(layer).items() if code not in codes}
        if ground is not None:
            stock = {code: shape for code, shape in stock.items() if ground.intersects(_corner(shape))}
        refused = sum(1 for problem in sorting.problems if problem.layer in (layer, None))
        if stock and refused:
            sorting.notes.append(Note("replace-withheld", layer, values={"kept": len(stock), "refused": refused}))
        else:
            found |= {(layer, code): shape for code, shape in stock.items()}
    return found


def _corner(shape: BaseGeometry) -> shapely.Point:
    """Some point of a shape whose rings may be at fault."""
    return shapely.Point(shapely.get_coordinates(shape)[0])


def _ground(known: Known, code: str) -> BaseGeometry:
    """The ground of a region: of all divided regions below it, and its own."""
    parents = {one.code: one.parent for one in known.regions.values()}
    below = [region for region in sorted(known.divided()) if code in tree.chain(region, parents)]
    shapes = [one.boundary for region in below if (one := known.edition(region))]
    if not shapes:
        raise RegionMissing("region-without-ground", region=code)
    whole: BaseGeometry = shapely.union_all(shapes)
    shapely.prepare(whole)
    return whole
