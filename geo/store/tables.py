"""What does the store keep, and for which publications is each row in force?

Everything that a published answer shows carries `numbers`, the range of publication numbers it is in force for. Rows
are written by the door alone (`migrations/sql/door.sql`); the service's role reads them.
"""

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, INT8RANGE, JSONB, UUID, ExcludeConstraint
from sqlalchemy.schema import SchemaItem

SRID = 4326
metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    }
)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _shape(name: str = "shape", *, nullable: bool = False) -> Column[object]:
    """A geometry in lon/lat with a GiST index of its own name."""
    return Column(name, Geometry("GEOMETRY", srid=SRID, spatial_index=False), nullable=nullable)


def _of(name: str = "id", *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, ForeignKey("identity.id"), nullable=nullable)


def apart(table: str, subject: str | None) -> ExcludeConstraint:
    """Versions of one subject are never in force together.

    Written so that no query can be answered by its index. PostgreSQL up to 18 at least keeps, over the scans of one
    statement, which entries of a GiST index's only page are dead; where the page is split meanwhile, others in their
    places are marked and rows that are there are not found (pgsql-hackers, January 2026, "Fix gistkillitems").
    """
    versions = (text("(numbers * int8range(NULL, NULL))"), "&&")
    subjects = [] if subject is None else [(text(f"({subject} + 0)"), "=")]
    return ExcludeConstraint(*subjects, versions, using="gist", name=f"{table}_in_force")


def _in_force(table: str, subject: str = "id") -> tuple[SchemaItem, ...]:
    """The columns and constraints of a row in force for a range of publications, one a subject at a time."""
    return (
        Column("row", BigInteger, Identity(always=True), primary_key=True),
        Column("numbers", INT8RANGE, nullable=False),
        apart(table, subject),
        Index(f"{table}_{subject}_idx", subject),
    )


head = Table(
    "head",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("publication", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="single"),
)
"""One row for the whole map: the number of the state in force."""

publication = Table(
    "publication",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    _text("reason"),
    Column("plan", UUID(as_uuid=True), nullable=True),
    Column("regions", ARRAY(Text), nullable=False),
    Column("west", Double),
    Column("south", Double),
    Column("east", Double),
    Column("north", Double),
    CheckConstraint("kind IN ('ground', 'data', 'both', 'revert')", name="kind"),
)

identity = Table(
    "identity",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("layer", Text, nullable=False),
    Column("code", Text(collation="C"), nullable=False),
    UniqueConstraint("layer", "code"),
)
"""Codes and ids over all time, each with the stable integer that features carry. Nothing is ever taken out."""

region = Table(
    "region",
    metadata,
    _of(),
    _text("name"),
    _text("level"),
    _of("parent", nullable=True),
    Column("enclave", Boolean, nullable=False, server_default="false"),
    Column("scheme", Text),
    *_in_force("region"),
)

edition = Table(
    "edition",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _of("region"),
    Column("numbers", INT8RANGE, nullable=False),
    _shape("boundary"),
    Column("standing", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("intent", BigInteger, nullable=False),
    apart("edition", "region"),
    Index("edition_region_idx", "region"),
    CheckConstraint("standing IN ('proven', 'provisional')", name="standing"),
    CheckConstraint("cause IN ('publish', 'node')", name="cause"),
    CheckConstraint("is_ground(boundary)", name="boundary_on_lattice"),
    Index("edition_boundary_idx", "boundary", postgresql_using="gist"),
    Index("edition_intent_idx", "intent"),
)
"""`intent` is the last edition that changed on purpose: node amendments keep it, and bases are compared by it."""

grid = Table(
    "grid",
    metadata,
    Column("edition", BigInteger, ForeignKey("edition.id"), primary_key=True),
    Column("id", BigInteger, ForeignKey("identity.id"), primary_key=True),
    _text("name"),
    Column("kind", Text, nullable=False),
    _shape(),
    CheckConstraint("is_ground(shape)", name="shape_on_lattice"),
    Index("grid_shape_idx", "shape", postgresql_using="gist"),
    Index("grid_id_idx", "id"),
)

building = Table(
    "building",
    metadata,
    _of(),
    _text("name"),
    _text("address"),
    _text("compound"),
    _shape("entrance", nullable=True),
    Column("households", Integer),
    Column("estimated", Boolean, nullable=False, server_default="false"),
    Column("levels", Integer),
    _text("kind"),
    Column("grid", Text),
    _shape(),
    Index("building_shape_idx", "shape", postgresql_using="gist"),
    *_in_force("building"),
)

facility = Table(
    "facility",
    metadata,
    _of(),
    _text("name"),
    _text("category"),
    _shape(),
    Index("facility_shape_idx", "shape", postgresql_using="gist"),
    *_in_force("facility"),
)

line = Table(
    "line",
    metadata,
    _of(),
    _text("name"),
    _text("category"),
    _shape(),
    Index("line_shape_idx", "shape", postgresql_using="gist"),
    *_in_force("line"),
)

water = Table(
    "water",
    metadata,
    _of(),
    _text("name"),
    _shape(),
    Index("water_shape_idx", "shape", postgresql_using="gist"),
    *_in_force("water"),
)

person = Table(
    "person",
    metadata,
    _of(),
    _text("name"),
    _text("phone"),
    _of("place"),
    Column("role", Text, nullable=False),
    Column("post", Text),
    _text("subject"),
    Column("since", Text),
    Column("until", Text),
    CheckConstraint("role IN ('responsible', 'member', 'part-time', 'organisation')", name="role"),
    CheckConstraint("post IN ('A', 'B')", name="post"),
    Index("person_place_idx", "place"),
    *_in_force("person"),
)
"""A binding of somebody to a grid or region; `since` and `until` are dates or instants as ISO 8601 texts. Inner."""

dwelling = Table(
    "dwelling",
    metadata,
    _of("building"),
    _of("grid"),
    *_in_force("dwelling", "building"),
    Index("dwelling_grid_idx", "grid"),
)
"""The one owner of each building; derived by the door."""

tally = Table(
    "tally",
    metadata,
    _of("grid"),
    Column("households", Integer),
    Column("buildings", Integer, nullable=False),
    *_in_force("tally", "grid"),
)
"""Buildings and counted households of each grid (null where nobody counted); derived by the door."""

ruleset = Table(
    "ruleset",
    metadata,
    Column("row", BigInteger, Identity(always=True), primary_key=True),
    Column("numbers", INT8RANGE, nullable=False),
    Column("settings", JSONB, nullable=False),
    apart("ruleset", None),
)
"""The limits that the whole map is judged with (`geo.ruleset`); no row in force means the defaults."""

certificate = Table(
    "certificate",
    metadata,
    Column("publication", BigInteger, ForeignKey("publication.number"), primary_key=True, autoincrement=False),
    Column("document", JSONB, nullable=False),
    Column("made", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
"""What was certified of each publication that somebody asked about (`geo.certificate`); kept as it was first made."""

plan = Table(
    "plan",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    _text("title"),
    _text("reason"),
    Column("actor", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="draft"),
    Column("provisional", Boolean, nullable=False, server_default="false"),
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("created", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("publication", BigInteger, ForeignKey("publication.number")),
    _text("approval"),
    Column("approved_by", Text),
    Column("at", DateTime(timezone=True)),
    Column("stamp", UUID(as_uuid=True), nullable=False, server_default=func.gen_random_uuid()),
    CheckConstraint("state IN ('draft', 'submitted', 'approved', 'scheduled', 'published', 'withdrawn')", name="state"),
    CheckConstraint("(state = 'scheduled') = (at IS NOT NULL)", name="at"),
    Index("plan_created_idx", "created", "id"),
    Index("plan_at_idx", "at", postgresql_where=text("at IS NOT NULL")),
)
"""`approval` is the number of the paper; `at` the instant of a scheduled plan. Every write of a plan gives it the next
`revision`, which its readers know, and a new `stamp`, which no other content of any plan ever had."""

plan_region = Table(
    "plan_region",
    metadata,
    Column("plan", UUID(as_uuid=True), ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True),
    Column("code", Text(collation="C"), primary_key=True),
    Column("cause", Text, nullable=False, server_default="publish"),
    Column("base", BigInteger),
    Column("amends", BigInteger),
    Column("drawn", BigInteger),
    Column("standing", Text, nullable=False, server_default="proven"),
    _shape("boundary"),
    CheckConstraint("cause IN ('publish', 'node')", name="cause"),
    CheckConstraint("(cause = 'node') = (amends IS NOT NULL)", name="amends"),
)
"""A new edition of a region: `base` is the intent it was drawn from, `amends` the very edition that gains a node.

`drawn` is the edition that a plan was opened with, which `base` is the intent of: a region that is still as it was then
is not published anew."""

plan_item = Table(
    "plan_item",
    metadata,
    Column("plan", UUID(as_uuid=True), ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True),
    Column("layer", Text, primary_key=True),
    Column("code", Text(collation="C"), primary_key=True),
    Column("region", Text(collation="C")),
    Column("attributes", JSONB, nullable=False),
    _shape(nullable=True),
    Column("touched", ARRAY(Text)),
    Column("removed", Boolean, nullable=False, server_default="false"),
    Column("fresh", Boolean, nullable=False, server_default="false"),
    CheckConstraint(
        "layer IN ('region', 'grid', 'building', 'facility', 'line', 'water', 'person')",
        name="layer",
    ),
)

"""A thing as the plan has it. `touched` names the attributes that an update sets (null: all of them), `shape` among
them; the rest stays as it is when the plan is published. `removed` takes the thing out;
`fresh` says that there was none when the plan was made."""

log = Table(
    "log",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    _text("reason"),
    Column("publication", BigInteger),
    Column("plan", UUID(as_uuid=True)),
    Column("details", JSONB, nullable=False, server_default="{}"),
    Column(
        "transaction",
        BigInteger,
        nullable=False,
        server_default=text("(pg_current_xact_id()::text::bigint)"),
    ),
    Index("log_plan_idx", "plan", "id"),
    Index("log_transaction_idx", "transaction", postgresql_where=text("plan IS NOT NULL")),
)
"""Who did what, when and why; nothing in it is ever changed or taken out. `transaction` is the number of the
transaction that wrote it: events are told when that one is over, in whatever order transactions end."""

acceptance = Table(
    "acceptance",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("rule", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("codes", ARRAY(Text), nullable=False),
    _shape(nullable=True),
    Column("reason", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("withdrawn_by", Text),
    CheckConstraint(
        "rule NOT IN ('ring-invalid', 'gap', 'overlap', 'duplicate', 'spill', 'node-unmatched', 'sliver')",
        name="never_coverage",
    ),
    CheckConstraint("severity IN ('blocking', 'warning', 'note')", name="severity"),
    CheckConstraint("btrim(reason) <> ''", name="reason"),
    CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn"),
    Index("acceptance_shape_idx", "shape", postgresql_using="gist"),
)
"""Findings that people let stand, each with its own place; withdrawn once at most, and never changed or taken out."""
