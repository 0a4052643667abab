"""What was read from a file, before it is made into things of a plan?"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from shapely.geometry.base import BaseGeometry

from geo.datum import Datum
from geo.files.limits import Limits
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


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the texts of a file were decoded, and how that is known.

    `how` is one of `stated`, `mark`, `cpg`, `language-byte`, `utf-8`, `guess`; `samples` are values that are not ASCII.
    """

    name: str
    how: str
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How the caller wants a file read: the keywords of `read`."""

    limits: Limits
    layer: Layer | None = None
    table: str | None = None
    datum: Datum | None = None
    encoding: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a format holds, coordinates as in the file.

    `rows` gives the rows one by one, once, for our field -> their column and the datum; `stated` gives the file's own
    datum and is asked only where the caller states none: it may raise `DatumUnknown`. `is_plan`: every feature names
    its layer. `layer`: what all rows are, where one is known. `places`: fields by which a table without shapes says
    where its rows are. `cut`: columns whose names may have lost their end.
    """

    columns: Sequence[str]
    rows: Callable[[Mapping[str, str], Datum], Iterable[Row]]
    stated: Callable[[Mapping[str, str]], Datum | None]
    is_plan: bool = False
    layer: Layer | None = None
    encoding: Encoding | None = None
    places: tuple[str, ...] = ()
    cut: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Rows in lon/lat WGS-84, unrounded. `mapping`: our name -> their column, stated and guessed; `guessed`: the
    guessed ones; `constants`: our name -> one value; `columns`: theirs, in order."""

    rows: list[Row]
    datum: Datum
    source: str
    mapping: Mapping[str, str]
    constants: Mapping[str, object]
    columns: Sequence[str] = ()
    encoding: Encoding | None = None
    guessed: Mapping[str, str] = field(default_factory=dict)

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
