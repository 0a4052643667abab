"""Rows in force are looked up by B-trees; the indexes that keep versions apart are looked into by nothing else.

A GiST index that is scanned again and again by one statement while that statement splits its only page may forget
rows that are there (`geo.store.tables.apart`). All that could have forgotten some are made anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SUBJECTS = {
    "region": "id",
    "edition": "region",
    "building": "id",
    "facility": "id",
    "line": "id",
    "water": "id",
    "person": "id",
    "dwelling": "building",
    "tally": "grid",
}
SHAPES = ("edition_boundary_idx", "acceptance_shape_idx", "tile_shape_shape_idx", "tile_thing_shape_idx")
SHAPES += tuple(f"{table}_shape_idx" for table in ("grid", "building", "facility", "line", "water"))
VERSIONS = "(numbers * int8range(NULL, NULL)) WITH &&"


def upgrade() -> None:
    for table, subject in SUBJECTS.items():
        _keep_apart(table, f"({subject} + 0) WITH =, {VERSIONS}")
    _keep_apart("ruleset", VERSIONS)
    for table, subject in SUBJECTS.items():
        if table != "tally":  # has one
            op.create_index(f"{table}_{subject}_idx", table, [subject], if_not_exists=True)
    for index in SHAPES:
        op.execute(sa.text(f"REINDEX INDEX {index}"))


def _keep_apart(table: str, versions: str) -> None:
    name = f"{table}_in_force"
    op.execute(
        sa.text(f"ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} EXCLUDE USING gist ({versions})")
    )


def downgrade() -> None:
    raise NotImplementedError("a published map has no way back: restore a backup instead")
