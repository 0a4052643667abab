"""What do departments join on: each layer of a publication as a table, with codes, names, counts and the chain above?

Fields that are ours have our names, so that a table imports back; the rest is told beside them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from geo.files import values
from geo.files.columns import COLUMNS
from geo.files.write_sheet import Batch, Field, Kind, Sheet, Value, point_text
from geo.levels import Levels
from geo.measure import areas_m2
from geo.model import Layer, Thing
from geo.store import export
from geo.store.export import Selection
from geo.store.published import at, is_one_of
from geo.store.tables import building, dwelling, identity, tally

BATCH = 5_000
"""Rows in memory at a time."""
AREA_DECIMALS = 1
KINDS: dict[Callable[[object, str], object], Kind] = {
    values.flag: Kind.FLAG,
    values.households: Kind.WHOLE,
    values.levels: Kind.WHOLE,
}
"""Of our own fields, by how they are read; all others are text."""
OWN = {
    layer: tuple(Field(column.name, KINDS.get(column.read, Kind.TEXT)) for column in columns)
    for layer, columns in COLUMNS.items()
}
PUBLICATION = Field("publication", Kind.WHOLE)
COUNTED = (Field("households", Kind.WHOLE), Field("buildings", Kind.WHOLE), Field("area_m2", Kind.NUMBER))


def sheets(session: Session, wanted: Selection, layers: Iterable[Layer], *, simple: bool = False) -> Iterator[Sheet]:
    """The layers as tables, in the order given; rows are read as they are written.

    `simple`: only the fields that an import takes.
    """
    made = _Sheets(session, wanted, simple)
    return (made.sheet(layer) for layer in layers)


class _Sheets:
    def __init__(self, session: Session, wanted: Selection, simple: bool) -> None:
        self.session, self.wanted, self.simple = session, wanted, simple
        self.levels = Levels(wanted.map.regions)
        self.chain = tuple(Field(name) for name in self.levels.columns)
        self.number = wanted.map.publication

    def sheet(self, layer: Layer) -> Sheet:
        more: Sequence[Field]
        rows: Iterable[tuple[list[Value], BaseGeometry | None, Sequence[Value]]]
        match layer:
            case Layer.REGION:
                more, rows = (*self.chain, Field("grids", Kind.WHOLE), *COUNTED), self._regions()
            case Layer.GRID:
                more, rows = (Field("region_name"), *self.chain, *COUNTED, Field("standing")), self._grids()
            case Layer.BUILDING:
                more, rows = (Field("grid_code"), Field("grid_name"), *self.chain), self._buildings()
            case Layer.FACILITY:
                more, rows = (Field("grid_code"), Field("grid_name"), *self.chain), self._facilities()
            case Layer.LINE:
                more, rows = (), ((_own(layer, o), o.shape, ()) for o in export.lines(self.session, self.wanted))
            case Layer.WATER:
                more, rows = (), ((_own(layer, o), o.shape, ()) for o in export.waters(self.session, self.wanted))
            case Layer.PERSON:
                more, rows = (), ((_own(layer, one), None, ()) for one in export.persons(self.session, self.wanted))
        own = (Field("layer"), *OWN[layer])
        fields = own if self.simple else (*own, *more, PUBLICATION)
        return Sheet(layer, fields, self._batches(layer, rows))

    def _batches(
        self, layer: Layer, rows: Iterable[tuple[list[Value], BaseGeometry | None, Sequence[Value]]]
    ) -> Iterator[Batch]:
        left = iter(rows)
        while some := list(islice(left, BATCH)):
            told = [
                [layer.value, *own] if self.simple else [layer.value, *own, *more, self.number] for own, _, more in some
            ]
            yield Batch(told, [shape for _, shape, _ in some])

    def _regions(self) -> Iterator[tuple[list[Value], BaseGeometry | None, Sequence[Value]]]:
        state, sums = self.wanted.map, self._sums()
        for one in self.wanted.regions:
            below = [holding.code for code in state.under(one.code) for holding in state.by_region.get(code, [])]
            households = [number for code in below if (number := sums[code][0]) is not None]
            ground = state.outlines.get(one.code)
            counts: list[Value] = [
                len(below),
                sum(households) if households else None,
                sum(sums[code][1] for code in below),
                None if ground is None else _area(ground),
            ]
            yield _own(Layer.REGION, one), one.shape, [*self.levels.values(one.code), *counts]

    def _grids(self) -> Iterator[tuple[list[Value], BaseGeometry | None, Sequence[Value]]]:
        sums, regions = self._sums(), self.wanted.map.regions
        for holding in self.wanted.holdings:
            grid = holding.grid
            name = regions[grid.region].name if grid.region in regions else None
            more = [name, *self.levels.values(grid.region), *sums[grid.code], _area(grid.shape), holding.standing.value]
            yield _own(Layer.GRID, grid), grid.shape, more

    def _facilities(self) -> Iterator[tuple[list[Value], BaseGeometry | None, Sequence[Value]]]:
        for one, code in export.facilities(self.session, self.wanted):
            yield _own(Layer.FACILITY, one), one.shape, self._of_grid(code)

    def _buildings(self) -> Iterator[tuple[list[Value], BaseGeometry | None, Sequence[Value]]]:
        """Straight from the database's cursor: there may be millions."""
        found = self.session.execute(_buildings(self.wanted), execution_options={"yield_per": BATCH})
        for rows in found.partitions():
            for row in rows:
                yield _building(row), shapely.from_wkb(bytes(row.shape)), self._of_grid(row.owner)

    def _of_grid(self, code: str | None) -> list[Value]:
        holding = None if code is None else self.wanted.map.by_code.get(code)
        if holding is None:
            return [None, None, *self.levels.values(None)]
        return [holding.code, holding.name, *self.levels.values(holding.region)]

    def _sums(self) -> dict[str, tuple[int | None, int]]:
        """Households (None where nobody counted) and buildings of each grid; none where nothing stands."""
        rows = self.session.execute(
            select(identity.c.code, tally.c.households, tally.c.buildings)
            .join(identity, identity.c.id == tally.c.grid)
            .where(at(tally, self.number))
        )
        known = {row.code: (row.households, row.buildings) for row in rows}
        return {code: known.get(code, (None, 0)) for code in self.wanted.grids}


def _buildings(wanted: Selection) -> Select[*tuple[object, ...]]:
    number, owner = wanted.map.publication, identity.alias("owner")
    own = [
        getattr(building.c, column.attribute)
        for column in COLUMNS[Layer.BUILDING]
        if hasattr(building.c, column.attribute)
    ]
    plain = [column for column in own if column.key not in {"id", "entrance"}]
    query = (
        select(
            identity.c.code.label("id"),
            func.ST_AsBinary(building.c.shape).label("shape"),
            func.ST_AsBinary(building.c.entrance).label("entrance"),
            owner.c.code.label("owner"),
            *plain,
        )
        .join(identity, identity.c.id == building.c.id)
        .outerjoin(dwelling, (dwelling.c.building == building.c.id) & at(dwelling, number))
        .outerjoin(owner, owner.c.id == dwelling.c.grid)
        .where(at(building, number))
        .order_by(identity.c.code)
    )
    return query if wanted.region is None else query.where(is_one_of(owner.c.code, wanted.grids))


def _building(row: Row[*tuple[object, ...]]) -> list[Value]:
    def told(attribute: str) -> Value:
        value: Value | memoryview = getattr(row, attribute)
        return point_text(shapely.from_wkb(bytes(value))) if isinstance(value, bytes | memoryview) else value

    return [told(column.attribute) for column in COLUMNS[Layer.BUILDING]]


def _own(layer: Layer, thing: Thing) -> list[Value]:
    return [getattr(thing, column.attribute) for column in COLUMNS[layer]]


def _area(ground: BaseGeometry) -> float:
    return round(float(areas_m2([ground])[0]), AREA_DECIMALS)
