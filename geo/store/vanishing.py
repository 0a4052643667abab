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

DATA_LAYERS = (Layer.BUILDING, Layer.FACILITY, Layer.LINE, Layer.WATER, Layer.PERSON)


class RegionMissing(Refusal):
    """The region that an import is to stay within has no ground: id `region-without-ground` (region)."""


def vanishing(
    sorting: Sorting, named: Mapping[Layer, set[str]], known: Known, order: Order
) -> dict[Key, BaseGeometry | None]:
    """Things in force of the layers that the rows are of, which no row names: with the place that each leaves, None
    for people.

    Where a row of the layer was refused nothing of it vanishes: the bad row may have meant the very thing. Raises
    RegionMissing.
    """
    if order.mode is not Mode.REPLACE:
        return {}
    ground = None if order.within is None else _ground(known, order.within)
    found: dict[Key, BaseGeometry | None] = {}
    for layer in DATA_LAYERS:
        codes = named.get(layer)
        if codes is None:
            continue
        stock = {code: shape for code, shape in _stock(layer, known, order, ground).items() if code not in codes}
        refused = sum(1 for problem in sorting.problems if problem.layer in (layer, None))
        if stock and refused:
            sorting.notes.append(Note("replace-withheld", layer, values={"kept": len(stock), "refused": refused}))
        else:
            found |= {(layer, code): shape for code, shape in stock.items()}
    return found


def _stock(layer: Layer, known: Known, order: Order, ground: BaseGeometry | None) -> Mapping[str, BaseGeometry | None]:
    """The things of a layer in force, of which the order speaks: on the ground, and people bound to what is there."""
    if layer is Layer.PERSON:
        within = None if order.within is None else _below(known, order.within)
        return dict.fromkeys(known.bound(within))
    shapes = known.stock(layer)
    return {code: shape for code, shape in shapes.items() if ground is None or ground.intersects(_corner(shape))}


def _corner(shape: BaseGeometry) -> shapely.Point:
    """Some point of a shape whose rings may be at fault."""
    return shapely.Point(shapely.get_coordinates(shape)[0])


def _ground(known: Known, code: str) -> BaseGeometry:
    """The ground of a region: of all divided regions below it, and its own."""
    below = known.divided() & _below(known, code)
    shapes = [one.boundary for region in sorted(below) if (one := known.edition(region))]
    if not shapes:
        raise RegionMissing("region-without-ground", region=code)
    whole: BaseGeometry = shapely.union_all(shapes)
    shapely.prepare(whole)
    return whole


def _below(known: Known, code: str) -> set[str]:
    """A region and all regions below it."""
    parents = {one.code: one.parent for one in known.regions.values()}
    return {region for region in known.regions if code in tree.chain(region, parents)}
