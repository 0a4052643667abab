"""Owners of buildings: self-crossing footprints beside an edge of a grid no longer stop a publication."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OWNERS = Path(__file__).parents[1] / "sql" / "owners.sql"


def upgrade() -> None:
    op.execute(sa.text(OWNERS.read_text("utf-8").replace(":", "\\:")))


def downgrade() -> None:
    raise NotImplementedError("a published map has no way back: restore a backup instead")
