"""Plans with steps, states and an instant; boundary orders; reverts; events."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
NAMES = ("past", "proof", "owners", "touched", "data", "orders", "untouched", "door", "schedule", "revert", "plans")
STATES = "state IN ('draft', 'submitted', 'approved', 'scheduled', 'published', 'withdrawn')"


def upgrade() -> None:
    _plans()
    _steps()
    _orders()
    op.create_index("edition_intent_idx", "edition", ["intent"])
    op.add_column(
        "log",
        sa.Column(
            "transaction",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()\\:\\:text\\:\\:bigint)"),
            nullable=False,
        ),
    )
    op.create_index("log_plan_idx", "log", ["plan", "id"])
    op.create_index("log_transaction_idx", "log", ["transaction"], postgresql_where=sa.text("plan IS NOT NULL"))
    for name in NAMES:
        op.execute(sa.text((SQL / f"{name}.sql").read_text("utf-8").replace(":", "\\:")))
    op.execute("SELECT rehouse_declared()")


def _plans() -> None:
    op.drop_constraint(op.f("plan_state_check"), "plan", type_="check")
    op.create_check_constraint(op.f("plan_state_check"), "plan", STATES)
    op.add_column("plan", sa.Column("approval", sa.Text(), server_default="", nullable=False))
    op.add_column("plan", sa.Column("approved_by", sa.Text(), nullable=True))
    op.add_column("plan", sa.Column("at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("plan", sa.Column("stamp", sa.UUID(), server_default=sa.text("gen_random_uuid()"), nullable=False))
    op.create_check_constraint(op.f("plan_at_check"), "plan", "(state = 'scheduled') = (at IS NOT NULL)")
    op.create_index("plan_created_idx", "plan", ["created", "id"])
    op.create_index("plan_at_idx", "plan", ["at"], postgresql_where=sa.text("at IS NOT NULL"))
    op.add_column("plan_region", sa.Column("drawn", sa.BigInteger(), nullable=True))


def _steps() -> None:
    op.create_table(
        "plan_step",
        sa.Column("plan", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("edits", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("state", sa.Text(), server_default="done", nullable=False),
        sa.CheckConstraint("state IN ('done', 'undone', 'dropped')", name=op.f("plan_step_state_check")),
        sa.ForeignKeyConstraint(["plan"], ["plan.id"], name=op.f("plan_step_plan_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("plan", "number", name=op.f("plan_step_pkey")),
    )
    op.create_index("plan_step_state_idx", "plan_step", ["plan", "state", "number"])
    op.create_geospatial_table(
        "plan_change",
        sa.Column("plan", sa.UUID(), nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("before_region", sa.Text(collation="C"), nullable=True),
        sa.Column("before_attributes", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("before_shape", _ground(), nullable=True),
        sa.Column("after_region", sa.Text(collation="C"), nullable=True),
        sa.Column("after_attributes", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after_shape", _ground(), nullable=True),
        sa.CheckConstraint("layer IN ('grid', 'region')", name=op.f("plan_change_layer_check")),
        sa.ForeignKeyConstraint(
            ["plan", "step"],
            ["plan_step.plan", "plan_step.number"],
            name=op.f("plan_change_plan_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("plan", "step", "layer", "code", name=op.f("plan_change_pkey")),
    )


def _orders() -> None:
    op.create_geospatial_table(
        "boundary_order",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("boundary", _ground(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("publication", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'in_force', 'withdrawn')", name=op.f("boundary_order_state_check")),
        sa.CheckConstraint(
            "(state = 'in_force') = (publication IS NOT NULL)", name=op.f("boundary_order_publication_check")
        ),
        sa.CheckConstraint("is_ground(boundary)", name=op.f("boundary_order_boundary_on_lattice_check")),
        sa.ForeignKeyConstraint(["publication"], ["publication.number"], name=op.f("boundary_order_publication_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("boundary_order_pkey")),
    )
    op.create_index(
        "boundary_order_pending_key",
        "boundary_order",
        ["region"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
    )


def _ground() -> Geometry:
    return Geometry(srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry")


def downgrade() -> None:
    raise NotImplementedError("a published map has no way back: restore a backup instead")
