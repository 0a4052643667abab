"""Which things do the rows of a file mean, and which rows cannot be taken?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import shapely

from geo import lattice
from geo.files import Reading, RowProblem, things
from geo.model import Building, Facility, Grid, Layer, Line, Region, Thing, Water

LAYERS: Mapping[type[Thing], Layer] = {
    Region: Layer.REGION,
    Grid: Layer.GRID,
    Building: Layer.BUILDING,
    Facility: Layer.FACILITY,
    Line: Layer.LINE,
    Water: Layer.WATER,
}


@dataclass
class Sorting:
    """Things by layer and code, on the lattice, with the rows they came from; and the rows that were refused."""

    things: dict[tuple[Layer, str], Thing] = field(default_factory=dict)
    numbers: dict[tuple[Layer, str], int] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)

    @classmethod
    def of_rows(cls, readings: Iterable[Reading]) -> "Sorting":
        """Every row of the readings; the first of two rows with one code is kept."""
        sorting = cls()
        for reading in readings:
            for row, thing in zip(reading.rows, things(reading), strict=True):
                if isinstance(thing, RowProblem):
                    sorting.problems.append(thing)
                else:
                    sorting._add(row.number, thing)
        return sorting

    def of(self, layer: Layer) -> dict[str, Any]:
        """The things of a layer by code or id."""
        return {code: thing for (kind, code), thing in self.things.items() if kind is layer}

    def refuse(self, layer: Layer, code: str, problem: str, **values: str | int | float) -> None:
        """Take a thing out and tell why."""
        number = self.numbers[layer, code]
        del self.things[layer, code]
        self.problems.append(RowProblem(id=problem, number=number, layer=layer, values={"code": code, **values}))

    def drop(self, layer: Layer, code: str) -> None:
        """Take a thing out that changes nothing."""
        del self.things[layer, code]

    def _add(self, number: int, thing: Thing) -> None:
        layer, code = LAYERS[type(thing)], code_of(thing)
        if (layer, code) in self.things:
            values: dict[str, str | int | float] = {"code": code, "first": self.numbers[layer, code]}
            self.problems.append(RowProblem(id="code-twice", number=number, layer=layer, values=values))
        else:
            try:
                self.things[layer, code] = on_lattice(thing)
            except shapely.errors.GEOSException:
                values = {"kind": "" if thing.shape is None else thing.shape.geom_type}
                self.problems.append(RowProblem(id="geometry-empty", number=number, layer=layer, values=values))
                return
            self.numbers[layer, code] = number


def on_lattice(thing: Thing) -> Thing:
    """The thing with each coordinate rounded to the lattice; GEOSException where nothing of it is left."""
    changed: dict[str, Any] = {"shape": None if thing.shape is None else lattice.rounded(thing.shape)}
    if isinstance(thing, Building) and thing.entrance is not None:
        changed["entrance"] = lattice.rounded(thing.entrance)
    return replace(thing, **changed)


def code_of(thing: Thing) -> str:
    return thing.code if isinstance(thing, Region | Grid) else thing.id
