"""What does the store keep of the way a plan was drawn, of its blocks, and of boundaries that were ordered?"""

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from geo.store.tables import SRID, metadata

__all__ = ["boundary_order", "metadata", "plan_block", "plan_blocks", "plan_change", "plan_step"]


def _shape(name: str, *, nullable: bool = True) -> Column[object]:
    return Column(name, Geometry("GEOMETRY", srid=SRID, spatial_index=False), nullable=nullable)


plan_step = Table(
    "plan_step",
    metadata,
    Column("plan", UUID(as_uuid=True), ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("kind", Text, nullable=False),
    Column("edits", JSONB, nullable=False, server_default="[]"),
    Column("answer", JSONB, nullable=False, server_default="{}"),
    Column("state", Text, nullable=False, server_default="done"),
    CheckConstraint("state IN ('done', 'undone', 'dropped')", name="state"),
    Index("plan_step_state_idx", "plan", "state", "number"),
)
"""A list of edits that was kept in one go, as it was asked and answered. The numbers of steps that are done are all
smaller than those of steps that are undone; a new step after an undo drops the undone ones for good."""

plan_change = Table(
    "plan_change",
    metadata,
    Column("plan", UUID(as_uuid=True), primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("layer", Text, primary_key=True),
    Column("code", Text(collation="C"), primary_key=True),
    Column("before_region", Text(collation="C")),
    Column("before_attributes", JSONB(none_as_null=True)),
    _shape("before_shape"),
    Column("after_region", Text(collation="C")),
    Column("after_attributes", JSONB(none_as_null=True)),
    _shape("after_shape"),
    ForeignKeyConstraint(["plan", "step"], ["plan_step.plan", "plan_step.number"], ondelete="CASCADE"),
    CheckConstraint("layer IN ('grid', 'region')", name="layer"),
)
"""What a step changed, as it was before and after: grids (rows of `plan_item`) and regions (rows of `plan_region`, with
`base` and `drawn` as attributes). Without attributes there was, or is, none."""

plan_blocks = Table(
    "plan_blocks",
    metadata,
    Column("plan", UUID(as_uuid=True), ForeignKey("plan.id", ondelete="CASCADE"), primary_key=True),
    Column("region", Text(collation="C"), primary_key=True),
    Column("times", Integer, nullable=False, server_default="1"),
)
"""A region of a plan whose blocks are kept, and how many times others were kept."""

plan_block = Table(
    "plan_block",
    metadata,
    Column("plan", UUID(as_uuid=True), primary_key=True),
    Column("region", Text(collation="C"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("place", Integer, nullable=False),
    _shape("shape", nullable=False),
    ForeignKeyConstraint(["plan", "region"], ["plan_blocks.plan", "plan_blocks.region"], ondelete="CASCADE"),
    CheckConstraint("is_ground(shape)", name="shape_on_lattice"),
)
"""A block. `number` is its own in the region, from west to east; `place` the one it had among those that were given."""

boundary_order = Table(
    "boundary_order",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("region", Text(collation="C"), nullable=False),
    _shape("boundary", nullable=False),
    Column("number", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Column("actor", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("state", Text, nullable=False, server_default="pending"),
    Column("publication", BigInteger, ForeignKey("publication.number")),
    CheckConstraint("state IN ('pending', 'in_force', 'withdrawn')", name="state"),
    CheckConstraint("(state = 'in_force') = (publication IS NOT NULL)", name="publication"),
    CheckConstraint("is_ground(boundary)", name="boundary_on_lattice"),
    Index("boundary_order_pending_key", "region", unique=True, postgresql_where=text("state = 'pending'")),
)
"""A boundary that somebody with the power to do so ordered under a document's `number`. It waits until a publication's
boundary of the region is this one."""
