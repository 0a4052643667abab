"""The blocks that a plan's communities were last drawn from."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

RIGHTS = Path(__file__).parents[1] / "sql" / "blocks.sql"


def upgrade() -> None:
    op.create_table(
        "plan_blocks",
        sa.Column("plan", sa.UUID(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("times", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["plan"], ["plan.id"], name=op.f("plan_blocks_plan_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("plan", "region", name=op.f("plan_blocks_pkey")),
    )
    op.create_geospatial_table(
        "plan_block",
        sa.Column("plan", sa.UUID(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("shape", _ground(), nullable=False),
        sa.CheckConstraint("is_ground(shape)", name=op.f("plan_block_shape_on_lattice_check")),
        sa.ForeignKeyConstraint(
            ["plan", "region"],
            ["plan_blocks.plan", "plan_blocks.region"],
            name=op.f("plan_block_plan_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("plan", "region", "number", name=op.f("plan_block_pkey")),
    )
    op.execute(sa.text(RIGHTS.read_text("utf-8").replace(":", "\\:")))


def _ground() -> Geometry:
    return Geometry(srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry")


def downgrade() -> None:
    raise NotImplementedError("a published map has no way back: restore a backup instead")
