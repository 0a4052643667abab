"""Which things do the rows of a file mean, and which rows cannot be taken?"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import shapely

from geo import households, lattice, parts
from geo.files import Reading, RowProblem, things
from geo.model import Building, Facility, Finding, Grid, Ground, Layer, Line, Person, Region, Thing, Water
from geo.refusal import Value
from geo.shape import repeated_finding, repeated_points
from geo.store.notes import MOST_CODES, Note

LAYERS: Mapping[type[Thing], Layer] = {
    Region: Layer.REGION,
    Grid: Layer.GRID,
    Building: Layer.BUILDING,
    Facility: Layer.FACILITY,
    Line: Layer.LINE,
    Water: Layer.WATER,
    Person: Layer.PERSON,
}
Key = tuple[Layer, str]
"""A thing by its layer and its code or id."""


@dataclass
class Sorting:
    """Things by layer and code, on the lattice, with the rows they came from; and the rows that were refused.

    `touched` names the attributes that are set of a thing that a row only updates. `findings` are what only the rows
    can tell. Where rows are only to `judge`, grids and buildings that come twice are kept in `twice`, and not refused.
    """

    things: dict[Key, Thing] = field(default_factory=dict)
    numbers: dict[Key, int] = field(default_factory=dict)
    touched: dict[Key, frozenset[str]] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    twice: list[Grid | Building] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    judge: bool = False
    _more: dict[Key, list[tuple[int, Thing]]] = field(default_factory=dict)

    @classmethod
    def of_rows(cls, readings: Iterable[Reading], *, judge: bool = False) -> "Sorting":
        """Every row of the readings, each as a whole thing."""
        sorting = cls(judge=judge)
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
        if isinstance(thing, Region | Grid) and thing.shape is not None:
            self._remark_repeated(key[1], thing.shape)
        if key in self.things:
            self._more.setdefault(key, []).append((number, rounded))
            return
        self.things[key], self.numbers[key] = rounded, number
        if touched is not None:
            self.touched[key] = touched

    def settle(self) -> None:
        """Join the parts of one thing; of several things with one code the first row is kept, the rest refused.

        A region may be told again and again: tables of what is below it repeat it in each row. So may a person.
        """
        repeated, joined = Counter[Layer](), dict[Layer, list[tuple[str, int, int]]]()
        for key, more in self._more.items():
            first = self.things[key]
            rows = [(self.numbers[key], first), *more]
            if isinstance(first, Region | Person) and all(thing == first for _, thing in more):
                repeated[key[0]] += len(more)
            elif (whole := self._whole(key, [thing for _, thing in rows])) is None:
                self._refuse_second(key, rows)
            else:
                self.things[key] = on_lattice(whole)
                if isinstance(whole, Building):
                    self._remark_parts(whole, [thing for _, thing in rows if isinstance(thing, Building)])
                else:
                    joined.setdefault(key[0], []).append((key[1], len(rows), parts.pieces(whole)))
        self.notes += [Note("rows-repeated", layer, values={"count": count}) for layer, count in repeated.items()]
        self.notes += [_in_parts(layer, things) for layer, things in joined.items()]
        self._more.clear()

    def _whole(self, key: Key, rows: Sequence[Thing]) -> Thing | None:
        """What the rows are parts of. A list of counts has no parts of buildings."""
        return parts.joined(rows) if "shape" in self.touched.get(key, {"shape"}) else None

    def _remark_repeated(self, code: str, shape: Ground) -> None:
        if (points := repeated_points(shape)) is not None:
            self.findings.append(repeated_finding(code, points))

    def _remark_parts(self, whole: Building, rows: Sequence[Building]) -> None:
        """A building that was put together of rows: a note of an import, a finding of a check."""
        if self.judge:
            self.findings += households.repeated(rows)
        else:
            self.notes.append(_building_in_parts(whole, rows))

    def _refuse_second(self, key: Key, rows: Sequence[tuple[int, Thing]]) -> None:
        for number, thing in rows[1:]:
            if self.judge and isinstance(thing, Grid | Building):
                self.twice.append(thing)
                continue
            values: dict[str, Value] = {"code": key[1], "first": rows[0][0]}
            self.problems.append(RowProblem(id="code-twice", number=number, layer=key[0], values=values))


def _building_in_parts(whole: Building, rows: Sequence[Building]) -> Note:
    """That a building was put together, and how many counts its rows had."""
    counts = Counter(row.households for row in rows)
    told: dict[str, Value] = {"parts": len(rows), "households": whole.households or 0, "counts": len(counts)}
    return Note("building-in-parts", Layer.BUILDING, (whole.id,), {"building": whole.id, **told})


def _in_parts(layer: Layer, things: Sequence[tuple[str, int, int]]) -> Note:
    """That things were put together of rows, and that some of them have pieces apart: id, rows, pieces of each."""
    codes = [code for code, _, _ in things][:MOST_CODES]
    apart = sum(1 for _, _, pieces in things if pieces > 1)
    return Note(
        "things-in-parts", layer, codes, {"count": len(things), "rows": sum(n for _, n, _ in things), "apart": apart}
    )


def on_lattice(thing: Thing) -> Thing:
    """The thing with each coordinate rounded to the lattice; GEOSException where nothing of it is left."""
    changed: dict[str, Any] = {"shape": None if thing.shape is None else lattice.rounded(thing.shape)}
    if isinstance(thing, Building) and thing.entrance is not None:
        changed["entrance"] = lattice.rounded(thing.entrance)
    return replace(thing, **changed)


def code_of(thing: Thing) -> str:
    return thing.code if isinstance(thing, Region | Grid) else thing.id
