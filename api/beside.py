"""What is put beside every row of a table of points: whose it is, how sure that is, or why nobody can say?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from api.owned import RULE
from api.texts import Language, text
from geo.files.points import Rows
from geo.files.refusals import RowProblem
from geo.lookup import STATUSES
from geo.many import NOBODY, Asker

DECIMALS = 3
"""Of a distance in metres: the lattice is coarser."""
COLUMNS = ("status", "owner", "border_distance_m", "rule", "publication", "error")
DISTANCE = "border_distance_m"


@dataclass(frozen=True)
class Beside:
    """Our columns for one published state; `counts` sums up the rows that went through. `publication` is None where the
    map is a file. `with_distance`: whether metres to the border are wanted; the rest is told sooner."""

    asker: Asker
    language: Language
    publication: int | None
    with_distance: bool = True
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def names(self) -> list[str]:
        """Of our columns, in their order."""
        return [name for name in COLUMNS if self.with_distance or name != DISTANCE]

    @cached_property
    def _codes(self) -> pa.Array:
        return pa.array(list(self.asker.state.owners.codes), pa.string())

    def columns(self, rows: Rows) -> dict[str, pa.Array]:
        """Status, owner and rule as dictionaries; the error says the id of the reason before its text."""
        good, count = rows.good, len(rows.portion.xy)
        asked = slice(None) if good.all() else good
        found = self.asker.answers(rows.portion.xy[asked], rows.accuracy_m[asked], with_distance=self.with_distance)
        self._count(found.status, len(rows.bad))
        status, owner = np.zeros(count, np.int8), np.full(count, NOBODY, np.int32)
        metres = np.full(count, np.nan)
        status[asked], owner[asked], metres[asked] = found.status, found.owner, found.border_distance_m
        told = {
            "status": _chosen(status, ~good, [one.value for one in STATUSES]),
            "owner": _chosen(owner, owner == NOBODY, self._codes),
            DISTANCE: pa.array(metres.round(DECIMALS), mask=np.isnan(metres)),
            "rule": _chosen(np.zeros(count, np.int8), ~good, [RULE]),
            "publication": pa.nulls(count, pa.int64()) if self.publication is None else _same(self.publication, count),
            "error": self._errors(rows, count),
        }
        return {name: told[name] for name in self.names}

    def _errors(self, rows: Rows, count: int) -> pa.Array:
        if not rows.bad:
            return pa.nulls(count, pa.string())
        told = np.full(count, None, dtype=object)
        for row, problem in rows.bad.items():
            told[row] = error_of(problem, self.language)
        return pa.array(told, pa.string())

    def _count(self, status: Any, bad: int) -> None:
        for one, number in zip(STATUSES, np.bincount(status, minlength=len(STATUSES)).tolist(), strict=True):
            self.counts[one.value] += number
        self.counts["error"] += bad


def error_of(problem: RowProblem, language: Language) -> str:
    """`axes-swapped: Coordinates ...`: what a program reads, then what a person does."""
    return f"{problem.id}: {text(f'file.{problem.id}', language, **{'name': '', **problem.values})}"


def _chosen(numbers: Any, nothing: Any, names: Sequence[str] | pa.Array) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(numbers, mask=nothing), names)


def _same(number: int, count: int) -> pa.Array:
    return pa.array(np.full(count, number, dtype=np.int64))
