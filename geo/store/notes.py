"""What is worth knowing about the rows of a file, though it keeps nobody from taking them?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from geo.model import Layer
from geo.refusal import Value

MOST_CODES = 1_000
"""Things that one note names; its count tells of all."""


@dataclass(frozen=True, slots=True)
class Note:
    """`id` names the text, `values` fill it in; `codes` are the things it is about.

    Ids: `building-in-parts`, `things-in-parts` (one id over several rows, joined), `building-stacked` (a tower over a
    podium: both stay), `households-missing`, `households-estimated`, `estimate-kept-out` (a real count stays),
    `longitude-unusual`, `datum-suspected`, `replace-withheld` (a row was refused, so that nothing vanishes),
    `rings-unsound` (outlines that cross themselves), `rows-repeated` (a region told once a row of those below it).
    """

    id: str
    layer: Layer | None = None
    codes: Sequence[str] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
