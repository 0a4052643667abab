"""What are the things a plan is made of, and what is a finding about them?

All shapes are shapely geometries in lon/lat degrees (WGS-84 = CGCS2000), x before y, on the lattice of `geo.lattice`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TypeAlias

from shapely import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

Ground: TypeAlias = Polygon | MultiPolygon
Values: TypeAlias = Mapping[str, str | int | float]


class Layer(StrEnum):
    """What a feature of a plan file is (`properties.layer`)."""

    REGION = "region"
    GRID = "grid"
    BUILDING = "building"
    FACILITY = "facility"
    LINE = "line"
    WATER = "water"
    PERSON = "person"


MAP_LAYERS = tuple(layer for layer in Layer if layer is not Layer.PERSON)
"""What a map, a plan file and a certificate show. People have no place of their own, and names and phones are inner."""


class GridKind(StrEnum):
    RESIDENTIAL = "residential"
    SPECIAL = "special"
    RURAL = "rural"


class Standing(StrEnum):
    """Whether an edition's coverage was proven, or came in with open findings."""

    PROVEN = "proven"
    PROVISIONAL = "provisional"


class Role(StrEnum):
    """As what somebody answers for a place, in the order of lists."""

    RESPONSIBLE = "responsible"
    MEMBER = "member"
    PART_TIME = "part-time"
    ORGANISATION = "organisation"


class Post(StrEnum):
    """A posts answer for ground, B posts for a subject on it."""

    AREA = "A"
    SUBJECT = "B"


class Severity(StrEnum):
    BLOCKING = "blocking"
    WARNING = "warning"
    NOTE = "note"


class Rule(StrEnum):
    """In the order of lists: ground, buildings and facilities, sizes, shapes, codes."""

    RING_INVALID = "ring-invalid"
    GAP = "gap"
    OVERLAP = "overlap"
    DUPLICATE = "duplicate"
    SPILL = "spill"
    NODE_UNMATCHED = "node-unmatched"
    UNASSIGNED = "unassigned"
    OUTSIDE_PARENT = "outside-parent"
    SLIVER = "sliver"
    HOLE = "hole"
    MULTIPART = "multipart"
    BUILDING_UNASSIGNED = "building-unassigned"
    BUILDING_AMBIGUOUS = "building-ambiguous"
    BUILDING_SPLIT = "building-split"
    BUILDING_REPEATED = "building-repeated"
    BUILDING_STACKED = "building-stacked"
    FACILITY_UNASSIGNED = "facility-unassigned"
    FACILITY_MISSING = "facility-missing"
    HOUSEHOLDS_LOW = "households-low"
    HOUSEHOLDS_HIGH = "households-high"
    HOUSEHOLDS_GROWN = "households-grown"
    TOWER_OVER = "tower-over"
    STAFFING = "staffing"
    POINT_REPEATED = "point-repeated"
    SPIKE = "spike"
    VERTICES_MANY = "vertices-many"
    NEEDLE = "needle"
    NECK = "neck"
    COMPACTNESS_LOW = "compactness-low"
    EDGE_FREE = "edge-free"
    CODE_FORMAT = "code-format"
    CODE_PREFIX = "code-prefix"
    CODE_DUPLICATE = "code-duplicate"
    CODE_FULL = "code-full"
    CODE_ORDER = "code-order"


COVERAGE_RULES = frozenset(
    {Rule.RING_INVALID, Rule.GAP, Rule.OVERLAP, Rule.DUPLICATE, Rule.SPILL, Rule.NODE_UNMATCHED, Rule.SLIVER}
)
"""Rules about ground: they can be healed or published as provisional, never accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A node of the tree above the grids. `shape` is its own outline where it has one; a parent's is derived."""

    code: str
    name: str = ""
    level: str = ""
    parent: str | None = None
    enclave: bool = False
    scheme: str | None = None
    shape: Ground | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    code: str
    name: str = ""
    kind: GridKind = GridKind.RESIDENTIAL
    region: str
    shape: Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """Where people live. `households` is None where nobody counted; `grid` is the code of the declared owner,
    which counts where the building stands in it.

    `estimated` marks households that were reckoned from the footprint and not counted.
    """

    id: str
    name: str = ""
    address: str = ""
    compound: str = ""
    entrance: Point | None = None
    households: int | None = None
    estimated: bool = False
    levels: int | None = None
    kind: str = ""
    grid: str | None = None
    shape: Ground | Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Facility:
    id: str
    name: str = ""
    category: str = ""
    shape: Point | MultiPoint | Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A street, river, railway or wall; `category` is `properties.class` in files."""

    id: str
    name: str = ""
    category: str = ""
    shape: LineString | MultiLineString


@dataclass(frozen=True, slots=True, kw_only=True)
class Water:
    id: str
    name: str = ""
    shape: Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody, or an organisation, bound to a grid or region from `since` until before `until`.

    `place` is the code, and `place_layer` says whether a grid's or a region's (None where nobody has looked yet).
    `since` and `until` are ISO 8601 texts, dates or instants (`geo.people.instant`); None is open.
    """

    id: str
    name: str
    phone: str = ""
    place: str
    place_layer: Layer | None = None
    role: Role
    post: Post | None = None
    subject: str = ""
    since: str | None = None
    until: str | None = None
    shape: None = None


Thing: TypeAlias = Region | Grid | Building | Facility | Line | Water | Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One or more regions drawn together, with what stands on them."""

    regions: tuple[Region, ...] = ()
    grids: tuple[Grid, ...] = ()
    buildings: tuple[Building, ...] = ()
    facilities: tuple[Facility, ...] = ()
    lines: tuple[Line, ...] = ()
    water: tuple[Water, ...] = ()
    people: tuple[Person, ...] = ()

    def __len__(self) -> int:
        return sum(len(getattr(self, part.name)) for part in fields(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Somebody's word that a finding may stay: it holds for this rule at this place, until the place changes or the
    finding gets graver than it was.

    `at` is an instant as ISO 8601 text.
    """

    id: int
    rule: Rule
    severity: Severity
    codes: tuple[str, ...]
    shape: BaseGeometry | None
    reason: str
    actor: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One broken rule: the fault's own geometry, and amounts with units. Texts are made from `values` elsewhere.

    A finding that somebody accepted (`accepted`) hinders nothing.
    """

    rule: Rule
    severity: Severity
    codes: Sequence[str]
    geometry: BaseGeometry | None = None
    area_m2: float | None = None
    width_m: float | None = None
    length_m: float | None = None
    households: int | None = None
    healable: bool = False
    accepted: Acceptance | None = None
    values: Values = field(default_factory=dict)
