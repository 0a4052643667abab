"""How do tests redraw community A of the small district (`tests/district.py`), over the store alone?"""

from collections.abc import Mapping

import shapely
from conftest import Store
from divisions import cell
from publishing import drafted, publish

from geo.model import Grid, Ground, Plan, Region
from geo.noding import noded

QUARTERS: Mapping[str, Ground] = {
    "A01": cell(0, 0),
    "A02": cell(1, 0),
    "A03": cell(0, 1),
    "A04": cell(1, 1),
}
"""As it is published first."""


def drawn(shapes: Mapping[str, Ground], names: Mapping[str, str] | None = None) -> Plan:
    """Community A of some grids that cover it; every node on both sides."""
    outline = shapely.coverage_union_all(noded([*shapes.values()]))
    outline = outline.geoms[0] if isinstance(outline, shapely.MultiPolygon) else outline
    ground, *grids = noded([outline, *shapes.values()])
    return Plan(
        regions=(Region(code="A", name="A", level="community", parent="S", shape=ground),),
        grids=tuple(
            Grid(code=code, name=(names or {}).get(code, ""), region="A", shape=shape)
            for code, shape in zip(shapes, grids, strict=True)
        ),
    )


def redraw(store: Store, shapes: Mapping[str, Ground], names: Mapping[str, str] | None = None) -> int:
    """Publish community A anew; the number of the publication."""
    return publish(store.service, drafted(store.service, drawn(shapes, names))).number
