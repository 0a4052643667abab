"""Findings that people accepted."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

RIGHTS = Path(__file__).parents[1] / "sql" / "acceptances.sql"


def upgrade() -> None:
    op.create_geospatial_table(
        "acceptance",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "shape",
            Geometry(srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "rule NOT IN ('ring-invalid', 'gap', 'overlap', 'duplicate', 'spill', 'node-unmatched', 'sliver')",
            name=op.f("acceptance_never_coverage_check"),
        ),
        sa.CheckConstraint("severity IN ('blocking', 'warning', 'note')", name=op.f("acceptance_severity_check")),
        sa.CheckConstraint("btrim(reason) <> ''", name=op.f("acceptance_reason_check")),
        sa.CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("acceptance_withdrawn_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("acceptance_pkey")),
    )
    op.create_geospatial_index(
        "acceptance_shape_idx", "acceptance", ["shape"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.execute(sa.text(RIGHTS.read_text("utf-8").replace(":", "\\:")))


def downgrade() -> None:
    raise NotImplementedError("a published map has no way back: restore a backup instead")
