"""What can be found in a published state, as flat arrays that processes can share?

One record a thing, ordered by layer and code, so that a thing is found by its code; and its code, name and address as
`geo.lines`, in the form of `geo.address.normal`, ordered as hits are told: by layer, then the shorter, then by code.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo import lines
from geo.address import normal
from geo.lattice import to_degrees, to_steps
from geo.lines import Arrays, Lines
from geo.model import Layer

LAYERS = (Layer.REGION, Layer.GRID, Layer.BUILDING, Layer.FACILITY)
"""What can be found, in the order of hits."""
COLUMNS = ("code", "name", "address")
NOWHERE = np.iinfo(np.int32).min
"""Stands for the coordinates of a thing that has no place."""


class How(StrEnum):
    """By which rule a building or a facility has its owner; the first three as `geo.owned.By`."""

    DECLARED = "declared"
    ENTRANCE = "entrance"
    SHARE = "share"
    POINT = "point"


RULES = (*How, None)
_RANK = {layer: rank for rank, layer in enumerate(LAYERS)}
_RULE = {rule: number for number, rule in enumerate(RULES)}
_ELSEWHERE = 8


class Entry(NamedTuple):
    """A thing that can be found. `owner` is the code of its grid (buildings and facilities) and `how` the rule;
    `place` a point in it, degrees (lon, lat), on the lattice; `shares` those of a cut footprint, by the codes of
    its grids, the largest first; `is_elsewhere` where another grid was declared for it, in which it does not stand."""

    layer: Layer
    code: str
    name: str = ""
    address: str = ""
    owner: str | None = None
    how: How | None = None
    place: tuple[float, float] | None = None
    shares: Sequence[tuple[str, float]] = ()
    is_elsewhere: bool = False


def made(entries: Iterable[Entry], publication: int = 0) -> dict[str, NDArray[Any]]:
    """The arrays of these things. Each (layer, code) once; texts hold no U+0000, as in the store.

    Raises KeyError where an owner or a share names a grid that is not among the entries.
    """
    ordered = sorted(entries, key=lambda entry: (_RANK[entry.layer], entry.code))
    layer = np.array([_RANK[entry.layer] for entry in ordered], dtype=np.int64)
    grids: dict[str | None, int] = {e.code: n for n, e in enumerate(ordered) if e.layer is Layer.GRID} | {None: -1}
    arrays: dict[str, NDArray[Any]] = {
        "publication": np.array([publication], dtype=np.int64),
        "firsts": np.searchsorted(layer, np.arange(len(LAYERS) + 1)),
        "places": _places(ordered),
        "owners": np.array([grids[entry.owner] for entry in ordered], dtype=np.int32),
        "rules": np.array([_RULE[entry.how] | _ELSEWHERE * entry.is_elsewhere for entry in ordered], dtype=np.uint8),
        **_records(ordered),
        **_shares(ordered, grids),
    }
    for at, name in enumerate(COLUMNS, start=1):
        texts = _normal([str(entry[at]) for entry in ordered])
        arrays |= {f"{name}.{part}": array for part, array in _column(texts, layer).items()}
    return arrays


class Things:
    """The things of `made`, each by its number; immutable."""

    def __init__(self, arrays: Arrays, publication: int | None = None) -> None:
        """`publication` is a later one that changed nothing of these things, if given."""
        self._arrays = arrays
        self.publication = int(arrays["publication"][0]) if publication is None else publication
        self._firsts = arrays["firsts"].tolist()
        self.columns = {name: Lines(_of(arrays, name)) for name in COLUMNS}
        self._bounds = {name: arrays[f"{name}.bounds"].tolist() for name in COLUMNS}

    def __len__(self) -> int:
        return int(self._firsts[-1])

    def find(self, code: str, layer: Layer) -> Entry | None:
        """The thing of a layer with this very code or id; None where there is none."""
        wanted, low, high = code.encode(), *self._span(layer)
        while low < high:
            middle = (low + high) // 2
            if self._record(middle).partition(b"\0")[0] < wanted:
                low = middle + 1
            else:
                high = middle
        there = low < self._span(layer)[1] and self._record(low).partition(b"\0")[0] == wanted
        return self.entry(low) if there else None

    def entry(self, number: int) -> Entry:
        """The thing with this number."""
        code, name, address = self.text(number).split("\0")
        owner, steps = int(self._arrays["owners"][number]), self._arrays["places"][number]
        rule = int(self._arrays["rules"][number])
        return Entry(
            layer=LAYERS[self.layer(number)],
            code=code,
            name=name,
            address=address,
            owner=None if owner < 0 else self._code(owner),
            how=RULES[rule & ~_ELSEWHERE],
            place=None if steps[0] == NOWHERE else tuple(to_degrees(steps).tolist()),
            shares=self._shares(number),
            is_elsewhere=bool(rule & _ELSEWHERE),
        )

    def text(self, number: int) -> str:
        """Code, name and address of the thing with this number, with U+0000 between them."""
        return self._record(number).decode()

    def layer(self, number: int) -> int:
        """The place in `LAYERS` of a thing's layer."""
        return int(np.searchsorted(self._arrays["firsts"], number, "right")) - 1

    def span(self, column: str, layer: Layer | None) -> tuple[int, int]:
        """The lines of a column that are of a layer, or all: from the first, up to the end."""
        bounds, at = self._bounds[column], 0 if layer is None else LAYERS.index(layer)
        return bounds[at], bounds[-1 if layer is None else at + 1]

    def _span(self, layer: Layer) -> tuple[int, int]:
        at = LAYERS.index(layer)
        return self._firsts[at], self._firsts[at + 1]

    def _record(self, number: int) -> bytes:
        low, high = self._arrays["ends"][number : number + 2].tolist()
        return bytes(self._arrays["records"][low:high])

    def _code(self, number: int) -> str:
        return self._record(number).partition(b"\0")[0].decode()

    def _shares(self, number: int) -> list[tuple[str, float]]:
        low, high = np.searchsorted(self._arrays["shares.of"], [number, number + 1]).tolist()
        grids, parts = self._arrays["shares.grid"][low:high].tolist(), self._arrays["shares.part"][low:high].tolist()
        return [(self._code(grid), part) for grid, part in zip(grids, parts, strict=True)]


def _of(arrays: Arrays, column: str) -> Arrays:
    return {part: arrays[f"{column}.{part}"] for part in ("text", "starts", "numbers", "sieve")}


def _normal(texts: Sequence[str]) -> list[str]:
    """Of many texts at once, a hundred times as fast as one by one; and nothing so large is kept for the next time."""
    return normal.__wrapped__("\0".join(texts)).split("\0") if texts else []


def _column(texts: Sequence[str], layer: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """The lines of one column, without the empty ones."""
    length = np.array([*map(len, texts)], dtype=np.int64)
    order = np.lexsort((length, layer))
    order = order[length[order] > 0]
    bounds = np.searchsorted(layer[order], np.arange(len(LAYERS) + 1))
    return {**lines.made([texts[n] for n in order.tolist()], order), "bounds": bounds}


def _records(ordered: Sequence[Entry]) -> dict[str, NDArray[Any]]:
    told = ["\0".join(entry[1:4]).encode() for entry in ordered]
    ends = np.cumsum([0, *map(len, told)])
    run = np.frombuffer(b"".join(told), dtype=np.uint8)
    return {"records": run, "ends": ends.astype(np.min_scalar_type(int(ends[-1])))}


def _places(ordered: Sequence[Entry]) -> NDArray[np.int32]:
    steps = np.full((len(ordered), 2), NOWHERE, dtype=np.int32)
    placed = [n for n, entry in enumerate(ordered) if entry.place is not None]
    steps[placed] = to_steps(np.array([ordered[n].place for n in placed], dtype=np.float64).reshape(-1, 2))
    return steps


def _shares(ordered: Sequence[Entry], grids: dict[str | None, int]) -> dict[str, NDArray[Any]]:
    of = [(n, grids[code], part) for n, entry in enumerate(ordered) for code, part in entry.shares]
    return {
        "shares.of": np.array([n for n, _, _ in of], dtype=np.int32),
        "shares.grid": np.array([grid for _, grid, _ in of], dtype=np.int32),
        "shares.part": np.array([part for _, _, part in of], dtype=np.float64),
    }
