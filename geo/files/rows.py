"""What was read from a file, before it is made into things of a plan?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from shapely.geometry.base import BaseGeometry

from geo.datum import Datum
from geo.files.refusals import RowProblem, RowRefused, shown
from geo.model import Layer

LAYERS = frozenset(layer.value for layer in Layer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One feature. `number` counts from 1 in its file or table; with a `problem` there is no geometry to trust."""

    number: int
    layer: Layer | None = None
    properties: Mapping[str, object] = field(default_factory=dict)
    geometry: BaseGeometry | None = None
    problem: RowProblem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a format holds, coordinates as in the file. `is_plan`: every feature names its layer.

    `stated` gives the file's own datum, and is asked only where the caller states none: it may raise `DatumUnknown`.
    """

    rows: list[Row]
    stated: Callable[[], Datum | None]
    is_plan: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Rows in lon/lat WGS-84, unrounded. `mapping`: our name -> their column; `constants`: our name -> one value."""

    rows: list[Row]
    datum: Datum
    source: str
    mapping: Mapping[str, str]
    constants: Mapping[str, object]

    @property
    def problems(self) -> list[RowProblem]:
        """Rows that could not be read at all; `things` finds more."""
        return [row.problem for row in self.rows if row.problem]


def layer_of(properties: Mapping[str, object], stated: Layer | None) -> Layer:
    """The layer a row names itself, else the stated one; `RowRefused` when neither helps."""
    layer = named_layer(properties) or stated
    if layer is not None:
        return layer
    if properties.get("layer") is None:
        raise RowRefused("layer-missing")
    raise RowRefused("layer-unknown", value=shown(properties["layer"]))


def named_layer(properties: Mapping[str, object]) -> Layer | None:
    """The layer a row names itself, None where it names none of ours."""
    named = properties.get("layer")
    return Layer(named) if isinstance(named, str) and named in LAYERS else None


def problem_of(refusal: RowRefused, number: int, layer: Layer | None = None) -> RowProblem:
    """A row's refusal as it is told."""
    return RowProblem(id=refusal.id, number=number, layer=layer, values=refusal.values)
