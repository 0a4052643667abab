"""Certificates of publications, kept as they were first made."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

RIGHTS = Path(__file__).parents[1] / "sql" / "certificates.sql"


def upgrade() -> None:
    op.create_table(
        "certificate",
        sa.Column("publication", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["publication"], ["publication.number"], name=op.f("certificate_publication_fkey")),
        sa.PrimaryKeyConstraint("publication", name=op.f("certificate_pkey")),
    )
    op.execute(sa.text(RIGHTS.read_text("utf-8").replace(":", "\\:")))


def downgrade() -> None:
    raise NotImplementedError("a published map has no way back: restore a backup instead")
