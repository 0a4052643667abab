"""The bounds of a publication hold all that tiles show otherwise since; those of the past are put right."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
NAMES = ("touched", "data", "door", "revert", "rules")
BOUNDS = """
UPDATE publication AS p SET (west, south, east, north) =
  (SELECT b.west, b.south, b.east, b.north FROM touched_bounds(p.number) AS b)
"""


def upgrade() -> None:
    for name in NAMES:
        op.execute(sa.text((SQL / f"{name}.sql").read_text("utf-8").replace(":", "\\:")))
    op.execute("DROP FUNCTION IF EXISTS ended_things(uuid, bigint)")
    op.execute("ALTER TABLE publication DISABLE TRIGGER USER")
    op.execute(BOUNDS)
    op.execute("ALTER TABLE publication ENABLE TRIGGER USER")


def downgrade() -> None:
    raise NotImplementedError("a published map has no way back: restore a backup instead")
