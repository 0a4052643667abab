"""Why can an edit not be made, where, and what would make it legal?"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from shapely.geometry.base import BaseGeometry

from geo.model import Grid
from geo.refusal import Refusal, Value


@dataclass(frozen=True, slots=True)
class Fault:
    """A place that hinders an edit: what is there (`role`: building, line, edge, grid, boundary ...) and what it is
    called."""

    role: str
    shape: BaseGeometry
    values: Mapping[str, Value] = field(default_factory=dict)


def faults_of(grids: Iterable[Grid]) -> list[Fault]:
    """Grids as places that hinder an edit."""
    return [Fault("grid", grid.shape, {"code": grid.code}) for grid in grids]


class EditRefused(Refusal):
    """An edit that would not leave the coverage whole, or that means nothing here.

    `id` names the text, `values` fill it in, `faults` are the places; `number` is which edit of a list it is, from 0.
    """

    def __init__(self, id: str, faults: Sequence[Fault] = (), number: int = 0, **values: Value) -> None:
        super().__init__(id, **values)
        self.faults = tuple(faults)
        self.number = number

    def __reduce__(self) -> tuple[Callable[..., Refusal], tuple[object, ...]]:
        return _again, (self.id, self.faults, self.number, dict(self.values))


def _again(id: str, faults: Sequence[Fault], number: int, values: Mapping[str, Value]) -> EditRefused:
    return EditRefused(id, faults, number, **values)
