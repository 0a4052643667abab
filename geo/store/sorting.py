"""Which things do the rows of a file mean, and which rows cannot be taken?"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import shapely

from geo import footprints, lattice
from geo.files import Reading, RowProblem, things
from geo.model import Building, Facility, Grid, Ground, Layer, Line, Region, Thing, Water
from geo.refusal import Value
from geo.store.notes import Note

LAYERS: Mapping[type[Thing], Layer] = {
    Region: Layer.REGION,
    Grid: Layer.GRID,
    Building: Layer.BUILDING,
    Facility: Layer.FACILITY,
    Line: Layer.LINE,
    Water: Layer.WATER,
}
Key = tuple[Layer, str]
"""A thing by its layer and its code or id."""


@dataclass
class Sorting:
    """Things by layer and code, on the lattice, with the rows they came from; and the rows that were refused.

    `touched` names the attributes that are set of a thing that a row only updates.
    """

    things: dict[Key, Thing] = field(default_factory=dict)
    numbers: dict[Key, int] = field(default_factory=dict)
    touched: dict[Key, frozenset[str]] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    _more: dict[Key, list[tuple[int, Thing]]] = field(default_factory=dict)

    @classmethod
    def of_rows(cls, readings: Iterable[Reading]) -> "Sorting":
        """Every row of the readings, each as a whole thing."""
        sorting = cls()
        for reading in readings:
            for row, thing in zip(reading.rows, things(reading), strict=True):
                if isinstance(thing, RowProblem):
                    sorting.problems.append(thing)
                else:
                    sorting.add(row.number, thing)
        sorting.settle()
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

    def add(self, number: int, thing: Thing, touched: frozenset[str] | None = None) -> None:
        """Take a thing in, on the lattice; what comes under a code that is there already waits for `settle`."""
        key = LAYERS[type(thing)], code_of(thing)
        try:
            rounded = on_lattice(thing)
        except shapely.errors.GEOSException:
            kind = "" if thing.shape is None else thing.shape.geom_type
            self.problems.append(RowProblem(id="geometry-empty", number=number, layer=key[0], values={"kind": kind}))
            return
        if key in self.things:
            self._more.setdefault(key, []).append((number, rounded))
            return
        self.things[key], self.numbers[key] = rounded, number
        if touched is not None:
            self.touched[key] = touched

    def settle(self) -> None:
        """Join the parts of one building; of other things with one code the first row is kept, the rest refused."""
        values: dict[str, Value]
        for key, more in self._more.items():
            first = self.things[key]
            rows = [(self.numbers[key], first), *more]
            joined = _joined([thing for _, thing in rows]) if isinstance(first, Building) else None
            if joined is None:
                for number, _ in more:
                    values = {"code": key[1], "first": self.numbers[key]}
                    self.problems.append(RowProblem(id="code-twice", number=number, layer=key[0], values=values))
            else:
                self.things[key] = on_lattice(joined)
                counts = Counter(thing.households for _, thing in rows if isinstance(thing, Building))
                values = {"building": key[1], "parts": len(rows), "households": joined.households or 0}
                self.notes.append(Note("building-in-parts", key[0], (key[1],), {**values, "counts": len(counts)}))
        self._more.clear()


def _joined(parts: Sequence[Any]) -> Building | None:
    """One building of the parts that maps cut it into; None where they do not hang together.

    Each part carries the count of the whole building; where they differ the largest is taken.
    """
    shapes = [part.shape for part in parts]
    if not all(isinstance(shape, Ground) and shape.is_valid for shape in shapes):
        return None
    if len(footprints.clusters(shapes)) > 1:
        return None
    ground = footprints.joined(shapes)
    counted = [part for part in parts if part.households is not None]
    most = max(counted, key=lambda part: (not part.estimated, part.households), default=parts[0])
    return None if ground is None else replace(most, shape=ground)


def on_lattice(thing: Thing) -> Thing:
    """The thing with each coordinate rounded to the lattice; GEOSException where nothing of it is left."""
    changed: dict[str, Any] = {"shape": None if thing.shape is None else lattice.rounded(thing.shape)}
    if isinstance(thing, Building) and thing.entrance is not None:
        changed["entrance"] = lattice.rounded(thing.entrance)
    return replace(thing, **changed)


def code_of(thing: Thing) -> str:
    return thing.code if isinstance(thing, Region | Grid) else thing.id
