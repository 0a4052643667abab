"""How are many short texts kept as flat columns, so that one is read without the others?"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import overload

import numpy as np
from numpy.typing import NDArray

Columns = Mapping[str, NDArray[np.generic]]


class Texts(Sequence[str]):
    """Texts as UTF-8, end to end, and where each ends; `NONE` as an end less than the one before is no text at all."""

    def __init__(self, letters: NDArray[np.uint8], ends: NDArray[np.int64]) -> None:
        self.letters, self.ends = letters, ends
        self._letters, self._ends = letters.data, ends.data

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Texts":
        parts = [text.encode() for text in texts]
        ends = np.cumsum([0, *map(len, parts)], dtype=np.int64)
        return cls(np.frombuffer(b"".join(parts), dtype=np.uint8), ends)

    @classmethod
    def read(cls, name: str, columns: Columns) -> "Texts":
        return cls(columns[f"{name}.letters"], columns[f"{name}.ends"])  # type: ignore[arg-type]

    def columns(self, name: str) -> dict[str, NDArray[np.generic]]:
        return {f"{name}.letters": self.letters, f"{name}.ends": self.ends}

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> list[str]: ...
    def __getitem__(self, number: int | slice) -> str | list[str]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        if not -len(self) <= number < len(self):
            raise IndexError(number)
        number %= len(self)
        return self._letters[self._ends[number] : self._ends[number + 1]].tobytes().decode()

    def find(self, text: str, first: int = 0, last: int | None = None) -> int | None:
        """The number of a text among those from `first` to before `last`, which are in order; None where it is not."""
        last = len(self) if last is None else last
        at = bisect_left(range(last), text, first, last, key=self.__getitem__)
        return at if at < last and self[at] == text else None
