"""Limits of the rules: stated for the map and for regions, in force for a range of publications."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DOOR = Path(__file__).parents[1] / "sql" / "rules.sql"


def upgrade() -> None:
    op.create_table(
        "ruleset",
        sa.Column("row", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("numbers", postgresql.INT8RANGE(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        postgresql.ExcludeConstraint(("numbers", "&&"), using="gist", name="ruleset_in_force"),
        sa.PrimaryKeyConstraint("row", name=op.f("ruleset_pkey")),
    )
    op.execute(sa.text(DOOR.read_text("utf-8").replace(":", "\\:")))


def downgrade() -> None:
    raise NotImplementedError("a published map has no way back: restore a backup instead")
