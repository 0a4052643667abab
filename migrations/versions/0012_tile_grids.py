"""What public tiles tell of grids, derived as their shapes are."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

RIGHTS = Path(__file__).parents[1] / "sql" / "tile_grids.sql"


def upgrade() -> None:
    op.create_table(
        "tile_grid",
        sa.Column("row", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("grid", sa.BigInteger(), nullable=False),
        sa.Column("numbers", postgresql.INT8RANGE(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("households", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("row", name=op.f("tile_grid_pkey")),
    )
    op.create_index("tile_grid_grid_key", "tile_grid", ["grid", sa.text("lower(numbers)")], unique=True)
    op.execute(sa.text(RIGHTS.read_text("utf-8").replace(":", "\\:")))


def downgrade() -> None:
    raise NotImplementedError("a published map has no way back: restore a backup instead")
