"""Why can a file, or one row of it, not be taken?

Ids and values only; the texts in both languages are made elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from geo.files.limits import SHOWN
from geo.model import Layer
from geo.refusal import Refusal, Value


class FileUnreadable(Refusal):
    """The input as a whole cannot be read."""


class FileUnwritable(Refusal):
    """The output cannot be written there.

    Ids `file-no-folder`, `file-not-regular`, `file-no-permission` (name), `file-not-written` (name, reason).
    """


class DatumMissing(Refusal):
    """The file does not say its datum and nobody stated it: id `datum-missing` (name)."""


class RowRefused(Refusal):
    """One row cannot be taken; becomes a `RowProblem` before anybody else sees it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """What is wrong with one row: `number` counts from 1 in its file or table, `place` is lon/lat where it is known."""

    id: str
    number: int
    layer: Layer | None = None
    place: tuple[float, float] | None = None
    values: Mapping[str, Value] = field(default_factory=dict)


def shown(value: object, most: int = SHOWN) -> str:
    """A bad value as it may be told back: one line, cut, and encodable whatever was in it."""
    text = value if isinstance(value, str) else repr(value)
    return (text if text.isprintable() else ascii(text)[1:-1])[:most]
