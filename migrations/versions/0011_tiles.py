"""What tiles are cut from, and the role that public ones are made as."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

RIGHTS = Path(__file__).parents[1] / "sql" / "tiles.sql"
CHANGING = ("region", "edition", "building", "facility", "line", "water", "dwelling", "tally")


def upgrade() -> None:
    op.create_geospatial_table(
        "tile_shape",
        sa.Column("row", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("matrix", sa.Text(), nullable=False),
        sa.Column("zoom", sa.SmallInteger(), nullable=False),
        sa.Column("subject", sa.BigInteger(), nullable=False),
        sa.Column("numbers", postgresql.INT8RANGE(), nullable=False),
        sa.Column("shape", _plane(), nullable=False),
        sa.Column("label", _plane(), nullable=False),
        sa.PrimaryKeyConstraint("row", name=op.f("tile_shape_pkey")),
    )
    op.create_index(
        "tile_shape_subject_key", "tile_shape", ["matrix", "zoom", "subject", sa.text("lower(numbers)")], unique=True
    )
    op.create_index("tile_shape_shape_idx", "tile_shape", ["matrix", "zoom", "shape"], postgresql_using="gist")
    op.create_geospatial_table(
        "tile_thing",
        sa.Column("matrix", sa.Text(), nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("thing", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("shape", _plane(), nullable=False),
        sa.PrimaryKeyConstraint("matrix", "layer", "thing", name=op.f("tile_thing_pkey")),
    )
    op.create_index("tile_thing_shape_idx", "tile_thing", ["matrix", "layer", "shape"], postgresql_using="gist")
    op.create_table(
        "tile_state",
        sa.Column("matrix", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("publication", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("matrix", "part", name=op.f("tile_state_pkey")),
    )
    for table in CHANGING:
        op.create_index(f"{table}_begun_idx", table, [sa.text("lower(numbers)")])
        op.create_index(
            f"{table}_ended_idx",
            table,
            [sa.text("upper(numbers)")],
            postgresql_where=sa.text("NOT upper_inf(numbers)"),
        )
    op.create_index("region_parent_idx", "region", ["parent"])
    op.create_index("tally_grid_idx", "tally", ["grid"])
    op.create_index("line_category_idx", "line", ["category"])
    op.execute(sa.text(RIGHTS.read_text("utf-8").replace(":", "\\:")))


def _plane() -> Geometry:
    return Geometry(srid=0, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry")


def downgrade() -> None:
    raise NotImplementedError("a published map has no way back: restore a backup instead")
