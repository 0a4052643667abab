"""Why can an input not be taken at all?

`geo` yields ids and values, never sentences: the texts in both languages are made from them elsewhere.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

Value: TypeAlias = str | int | float


class Refusal(ValueError):  # noqa: N818 - a refusal is an answer, not a failure of ours
    """An input that cannot be taken. `id` names the text, `values` fill it in."""

    def __init__(self, id: str, **values: Value) -> None:
        super().__init__(id, values)
        self.id = id
        self.values: Mapping[str, Value] = values

    def __reduce__(self) -> tuple[Callable[..., "Refusal"], tuple[object, ...]]:
        """A refusal comes whole out of another process; an exception by itself forgets its named values."""
        return _again, (type(self), self.id, dict(self.values))

    def __str__(self) -> str:
        return " ".join([self.id, *(f"{name}={value!r}" for name, value in self.values.items())])


class DatumUnknown(Refusal):
    """No such datum: ids `datum-unknown` (value), `datum-not-horizontal` (value)."""


class DatumWithoutRoute(Refusal):
    """A datum with no exact way to WGS-84, only a guess of some 100 m: id `datum-without-route` (datum)."""


class CoordinatesRefused(Refusal):
    """Coordinates the datum cannot have.

    Ids `coordinates-not-finite`, `axes-swapped`, `coordinates-out-of-range`: values `datum`, `index` of the first bad
    point, `count` of all, and its finite `x`, `y` as given. Id `edges-too-long`: `datum`, `points`, `limit`.
    """


def _again(kind: type[Refusal], id: str, values: Mapping[str, Value]) -> Refusal:
    return kind(id, **values)
