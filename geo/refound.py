"""How do the arrays of what can be found become those of another publication, without making all of them anew?

A publication changes some hundred things of a city's half million. These are made by themselves and put in between the
others; columns of texts, whose sieves take longest, stay as they are where no text changed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo import lines
from geo.findable import COLUMNS, LAYERS, Entry, Things, made
from geo.lines import Arrays
from geo.model import Layer

Numbers = NDArray[np.int64]
NONE = -1


def refound(
    arrays: Arrays, entries: Iterable[Entry], gone: Collection[tuple[Layer, str]], publication: int = 0
) -> dict[str, NDArray[Any]]:
    """What `geo.findable.made` gives of the things of `arrays` with `entries`, which are other or new, and without
    those that are `gone`. Among the entries are all grids that the others of them name.

    Raises KeyError where an owner or a share names a grid that is not there.
    """
    splice = _Splice(arrays, made(entries, publication), gone)
    layer = splice.both(*(np.repeat(np.arange(len(LAYERS)), np.diff(one["firsts"])) for one in splice.sides))
    found = {
        "publication": np.array([publication], dtype=np.int64),
        "firsts": np.searchsorted(layer, np.arange(len(LAYERS) + 1)),
        "places": splice.both(*(one["places"] for one in splice.sides)),
        "owners": splice.both(*splice.numbers("owners")).astype(np.int32),
        "rules": splice.both(*(one["rules"] for one in splice.sides)),
        **_records(splice),
        **_shares(splice),
    }
    for name in COLUMNS:
        found |= {f"{name}.{part}": array for part, array in _column(splice, name, layer).items()}
    return found


class _Splice:
    """Old things and fresh ones, in one order. `kept` says which of the old ones stay, `of_old` and `of_fresh` which
    number a thing has afterwards (a replaced one that of its successor); -1 stays -1."""

    def __init__(self, old: Arrays, fresh: Arrays, gone: Collection[tuple[Layer, str]]) -> None:
        self.sides = old, fresh
        known, new = Things(old), Things(fresh)
        firsts = old["firsts"].tolist()
        names = [_name(new, number) for number in range(len(new))]
        at, there = np.array([_sought(known, firsts, *name) for name in names], dtype=np.int64).reshape(-1, 2).T
        left = [place for place, is_there in (_sought(known, firsts, *name) for name in gone) if is_there]
        self.kept = np.ones(len(known), dtype=bool)
        self.kept[at[there > 0]] = False
        self.kept[left] = False
        stay = np.flatnonzero(self.kept)
        self.order = np.argsort(np.concatenate([2 * stay + 1, 2 * at]), kind="stable")
        number = np.empty(len(self.order), dtype=np.int64)
        number[self.order] = np.arange(len(number))
        self.of_old, self.of_fresh = np.full(len(known) + 1, NONE), np.append(number[len(stay) :], NONE)
        self.of_old[stay], self.of_old[at[there > 0]] = number[: len(stay)], number[len(stay) :][there > 0]

    def both(self, old: NDArray[Any], fresh: NDArray[Any]) -> NDArray[Any]:
        """One value a thing, of the old ones and of the fresh ones, in the common order."""
        return np.concatenate([old[self.kept], fresh])[self.order]

    def numbers(self, name: str) -> tuple[Numbers, Numbers]:
        """The numbers afterwards of the grids that an array of each side names, one a thing."""
        old, fresh = self.sides
        found = self.of_old[old[name]]
        _require(found[self.kept] == NONE, old[name][self.kept] == NONE)
        return found, self.of_fresh[fresh[name]]


def _require(is_none: NDArray[np.bool_], was_none: NDArray[np.bool_]) -> None:
    if np.any(is_none & ~was_none):
        raise KeyError("a grid is gone that something stands in")


def _name(things: Things, number: int) -> tuple[Layer, str]:
    return LAYERS[things.layer(number)], things.text(number).partition("\0")[0]


def _sought(things: Things, firsts: Sequence[int], layer: Layer, code: str) -> tuple[int, bool]:
    """The number of the first thing of the layer that does not come before the code; whether that is the one."""
    rank = LAYERS.index(layer)
    low, high = firsts[rank : rank + 2]
    end = high
    while low < high:
        middle = (low + high) // 2
        if things.text(middle).partition("\0")[0] < code:
            low = middle + 1
        else:
            high = middle
    return low, low < end and things.text(low).partition("\0")[0] == code


def _records(splice: _Splice) -> dict[str, NDArray[Any]]:
    old, fresh = splice.sides
    run = np.concatenate([old["records"], fresh["records"]])
    ends = [old["ends"].astype(np.int64), fresh["ends"].astype(np.int64) + len(old["records"])]
    first = splice.both(*(one[:-1] for one in ends))
    last = splice.both(*(one[1:] for one in ends))
    breaks = first[1:] != last[:-1]  # else one run of bytes follows on
    begins = first[np.append(True, breaks)[: len(first)]].tolist()
    stretches = zip(begins, last[np.append(breaks, True)[: len(last)]].tolist(), strict=True)
    told = [run[:0], *(run[low:high] for low, high in stretches)]
    total = np.cumsum(np.append(0, last - first))
    return {"records": np.concatenate(told), "ends": total.astype(np.min_scalar_type(int(total[-1])))}


def _shares(splice: _Splice) -> dict[str, NDArray[Any]]:
    old, fresh = splice.sides
    stay = splice.kept[old["shares.of"]]
    grid = splice.of_old[old["shares.grid"][stay]]
    _require(grid == NONE, np.zeros(len(grid), dtype=bool))
    of = np.concatenate([splice.of_old[old["shares.of"][stay]], splice.of_fresh[fresh["shares.of"]]])
    grids = np.concatenate([grid, splice.of_fresh[fresh["shares.grid"]]])
    parts = np.concatenate([old["shares.part"][stay], fresh["shares.part"]])
    order = np.argsort(of, kind="stable")
    return {
        "shares.of": of[order].astype(np.int32),
        "shares.grid": grids[order].astype(np.int32),
        "shares.part": parts[order],
    }


def _column(splice: _Splice, name: str, layer: Numbers) -> Mapping[str, NDArray[Any]]:
    """The lines of one column: only their numbers are other where every text stands as it stood."""
    old, fresh = ({part: one[f"{name}.{part}"] for part in ("text", "starts", "numbers")} for one in splice.sides)
    stay = splice.kept[old["numbers"]]
    of_old, of_fresh = splice.of_old[old["numbers"]], splice.of_fresh[fresh["numbers"]]
    before = {(int(of_old[n]), _line(old, n)) for n in np.flatnonzero(~stay).tolist()}
    if before == {(int(of_fresh[n]), _line(fresh, n)) for n in range(len(of_fresh))}:
        whole = splice.sides[0]
        same = {part: whole[f"{name}.{part}"] for part in ("text", "starts", "sieve")}
        numbers = of_old.astype(np.min_scalar_type(int(of_old.max(initial=0))))
        return {**same, "numbers": numbers, "bounds": whole[f"{name}.bounds"]}
    known = [text for text, is_there in zip(_lines(old), stay.tolist(), strict=True) if is_there]
    texts = [*known, *_lines(fresh)]
    number = np.concatenate([of_old[stay], of_fresh])
    length = np.array([*map(len, texts)], dtype=np.int64)
    order = np.lexsort((number, length, layer[number]))
    bounds = np.searchsorted(layer[number[order]], np.arange(len(LAYERS) + 1))
    return {**lines.made([texts[n] for n in order.tolist()], number[order]), "bounds": bounds}


def _line(column: Arrays, number: int) -> bytes:
    low, high = column["starts"][number : number + 2].tolist()
    return column["text"][low : high - 1].tobytes()


def _lines(column: Arrays) -> list[str]:
    return column["text"].tobytes().decode().split("\n")[1:-1]
