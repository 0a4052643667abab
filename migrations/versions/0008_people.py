"""People in charge: dated bindings to grids and regions."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"
LAYERS = "layer IN ('region', 'grid', 'building', 'facility', 'line', 'water', 'person')"


def upgrade() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("since", sa.Text(), nullable=True),
        sa.Column("until", sa.Text(), nullable=True),
        sa.Column("row", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("numbers", postgresql.INT8RANGE(), nullable=False),
        sa.CheckConstraint(
            "role IN ('responsible', 'member', 'part-time', 'organisation')", name=op.f("person_role_check")
        ),
        sa.CheckConstraint("post IN ('A', 'B')", name=op.f("person_post_check")),
        postgresql.ExcludeConstraint(("id", "="), ("numbers", "&&"), using="gist", name="person_in_force"),
        sa.ForeignKeyConstraint(["id"], ["identity.id"], name=op.f("person_id_fkey")),
        sa.ForeignKeyConstraint(["place"], ["identity.id"], name=op.f("person_place_fkey")),
        sa.PrimaryKeyConstraint("row", name=op.f("person_pkey")),
    )
    op.create_index("person_place_idx", "person", ["place"])
    op.drop_constraint(op.f("plan_item_layer_check"), "plan_item", type_="check")
    op.create_check_constraint(op.f("plan_item_layer_check"), "plan_item", LAYERS)
    for name in ("data", "people"):
        op.execute(sa.text((SQL / f"{name}.sql").read_text("utf-8").replace(":", "\\:")))


def downgrade() -> None:
    raise NotImplementedError("a published map has no way back: restore a backup instead")
