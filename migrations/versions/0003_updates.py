"""Updates of some columns, things taken out, estimates, profiles of files; rings are judged in whole steps too."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def upgrade() -> None:
    op.add_column("building", sa.Column("estimated", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("plan_item", sa.Column("touched", postgresql.ARRAY(sa.Text()), nullable=True))
    op.add_column("plan_item", sa.Column("removed", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("plan_item", sa.Column("fresh", sa.Boolean(), server_default="false", nullable=False))
    op.create_table(
        "profile",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("profile_pkey")),
    )
    for name in ("exact", "things", "data"):
        op.execute(sa.text((SQL / f"{name}.sql").read_text("utf-8").replace(":", "\\:")))
    op.execute("REVOKE ALL ON FUNCTION complete_updates(uuid), is_sound(geometry) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION is_sound(geometry) TO wangge_service")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON profile TO wangge_service")
    op.execute("GRANT SELECT ON thing_in_force TO wangge_service")


def downgrade() -> None:
    raise NotImplementedError("a published map has no way back: restore a backup instead")
