"""The store: what is published, the plans, the log, and the one door between them."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"


def run(*names: str) -> None:
    for name in names:
        op.execute(sa.text((SQL / f"{name}.sql").read_text("utf-8").replace(":", "\\:")))


def upgrade() -> None:
    run("lattice")
    op.create_table(
        "answer",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("key", "actor", name=op.f("answer_pkey")),
    )
    op.create_table(
        "head",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("publication", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name="head_single_check"),
        sa.PrimaryKeyConstraint("id", name=op.f("head_pkey")),
    )
    op.create_table(
        "identity",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("identity_pkey")),
        sa.UniqueConstraint("layer", "code", name=op.f("identity_layer_code_key")),
    )
    op.create_table(
        "log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("publication", sa.BigInteger(), nullable=True),
        sa.Column("plan", sa.UUID(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("log_pkey")),
    )
    op.create_table(
        "publication",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("plan", sa.UUID(), nullable=True),
        sa.Column("regions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("west", sa.Double(), nullable=True),
        sa.Column("south", sa.Double(), nullable=True),
        sa.Column("east", sa.Double(), nullable=True),
        sa.Column("north", sa.Double(), nullable=True),
        sa.CheckConstraint("kind IN ('ground', 'data', 'both', 'revert')", name=op.f("publication_kind_check")),
        sa.PrimaryKeyConstraint("number", name=op.f("publication_pkey")),
    )
    op.create_geospatial_table(
        "building",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("address", sa.Text(), server_default="", nullable=False),
        sa.Column("compound", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "entrance",
            Geometry(srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("levels", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("grid", sa.Text(), nullable=True),
        sa.Column(
            "shape",
            Geometry(
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("row", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("numbers", postgresql.INT8RANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("id"), "="), (sa.column("numbers"), "&&"), using="gist", name="building_in_force"
        ),
        sa.ForeignKeyConstraint(["id"], ["identity.id"], name=op.f("building_id_fkey")),
        sa.PrimaryKeyConstraint("row", name=op.f("building_pkey")),
    )
    op.create_geospatial_index(
        "building_shape_idx", "building", ["shape"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_table(
        "dwelling",
        sa.Column("building", sa.BigInteger(), nullable=False),
        sa.Column("grid", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("numbers", postgresql.INT8RANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("building"), "="), (sa.column("numbers"), "&&"), using="gist", name="dwelling_in_force"
        ),
        sa.ForeignKeyConstraint(["building"], ["identity.id"], name=op.f("dwelling_building_fkey")),
        sa.ForeignKeyConstraint(["grid"], ["identity.id"], name=op.f("dwelling_grid_fkey")),
        sa.PrimaryKeyConstraint("row", name=op.f("dwelling_pkey")),
    )
    op.create_index("dwelling_grid_idx", "dwelling", ["grid"], unique=False)
    op.create_geospatial_table(
        "edition",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("region", sa.BigInteger(), nullable=False),
        sa.Column("numbers", postgresql.INT8RANGE(), nullable=False),
        sa.Column(
            "boundary",
            Geometry(
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("intent", sa.BigInteger(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("region"), "="), (sa.column("numbers"), "&&"), using="gist", name="edition_in_force"
        ),
        sa.CheckConstraint("cause IN ('publish', 'node')", name=op.f("edition_cause_check")),
        sa.CheckConstraint("standing IN ('proven', 'provisional')", name=op.f("edition_standing_check")),
        sa.CheckConstraint("is_ground(boundary)", name=op.f("edition_boundary_on_lattice_check")),
        sa.ForeignKeyConstraint(["region"], ["identity.id"], name=op.f("edition_region_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("edition_pkey")),
    )
    op.create_geospatial_index(
        "edition_boundary_idx", "edition", ["boundary"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_geospatial_table(
        "facility",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("category", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "shape",
            Geometry(
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("row", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("numbers", postgresql.INT8RANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("id"), "="), (sa.column("numbers"), "&&"), using="gist", name="facility_in_force"
        ),
        sa.ForeignKeyConstraint(["id"], ["identity.id"], name=op.f("facility_id_fkey")),
        sa.PrimaryKeyConstraint("row", name=op.f("facility_pkey")),
    )
    op.create_geospatial_index(
        "facility_shape_idx", "facility", ["shape"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_geospatial_table(
        "line",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("category", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "shape",
            Geometry(
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("row", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("numbers", postgresql.INT8RANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("id"), "="), (sa.column("numbers"), "&&"), using="gist", name="line_in_force"
        ),
        sa.ForeignKeyConstraint(["id"], ["identity.id"], name=op.f("line_id_fkey")),
        sa.PrimaryKeyConstraint("row", name=op.f("line_pkey")),
    )
    op.create_geospatial_index(
        "line_shape_idx", "line", ["shape"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("provisional", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("publication", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'published', 'withdrawn')", name=op.f("plan_state_check")),
        sa.ForeignKeyConstraint(["publication"], ["publication.number"], name=op.f("plan_publication_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("plan_pkey")),
    )
    op.create_table(
        "region",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("level", sa.Text(), server_default="", nullable=False),
        sa.Column("parent", sa.BigInteger(), nullable=True),
        sa.Column("enclave", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("scheme", sa.Text(), nullable=True),
        sa.Column("row", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("numbers", postgresql.INT8RANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("id"), "="), (sa.column("numbers"), "&&"), using="gist", name="region_in_force"
        ),
        sa.ForeignKeyConstraint(["id"], ["identity.id"], name=op.f("region_id_fkey")),
        sa.ForeignKeyConstraint(["parent"], ["identity.id"], name=op.f("region_parent_fkey")),
        sa.PrimaryKeyConstraint("row", name=op.f("region_pkey")),
    )
    op.create_table(
        "tally",
        sa.Column("grid", sa.BigInteger(), nullable=False),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("buildings", sa.Integer(), nullable=False),
        sa.Column("row", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("numbers", postgresql.INT8RANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("grid"), "="), (sa.column("numbers"), "&&"), using="gist", name="tally_in_force"
        ),
        sa.ForeignKeyConstraint(["grid"], ["identity.id"], name=op.f("tally_grid_fkey")),
        sa.PrimaryKeyConstraint("row", name=op.f("tally_pkey")),
    )
    op.create_geospatial_table(
        "water",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column(
            "shape",
            Geometry(
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("row", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("numbers", postgresql.INT8RANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("id"), "="), (sa.column("numbers"), "&&"), using="gist", name="water_in_force"
        ),
        sa.ForeignKeyConstraint(["id"], ["identity.id"], name=op.f("water_id_fkey")),
        sa.PrimaryKeyConstraint("row", name=op.f("water_pkey")),
    )
    op.create_geospatial_index(
        "water_shape_idx", "water", ["shape"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_geospatial_table(
        "grid",
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "shape",
            Geometry(
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("is_ground(shape)", name=op.f("grid_shape_on_lattice_check")),
        sa.ForeignKeyConstraint(["edition"], ["edition.id"], name=op.f("grid_edition_fkey")),
        sa.ForeignKeyConstraint(["id"], ["identity.id"], name=op.f("grid_id_fkey")),
        sa.PrimaryKeyConstraint("edition", "id", name=op.f("grid_pkey")),
    )
    op.create_index("grid_id_idx", "grid", ["id"], unique=False)
    op.create_geospatial_index(
        "grid_shape_idx", "grid", ["shape"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_geospatial_table(
        "plan_item",
        sa.Column("plan", sa.UUID(), nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=True),
        sa.Column("attributes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "shape",
            Geometry(srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"),
            nullable=True,
        ),
        sa.CheckConstraint(
            "layer IN ('region', 'grid', 'building', 'facility', 'line', 'water')", name=op.f("plan_item_layer_check")
        ),
        sa.ForeignKeyConstraint(["plan"], ["plan.id"], name=op.f("plan_item_plan_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("plan", "layer", "code", name=op.f("plan_item_pkey")),
    )
    op.create_geospatial_table(
        "plan_region",
        sa.Column("plan", sa.UUID(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("cause", sa.Text(), server_default="publish", nullable=False),
        sa.Column("base", sa.BigInteger(), nullable=True),
        sa.Column("amends", sa.BigInteger(), nullable=True),
        sa.Column("standing", sa.Text(), server_default="proven", nullable=False),
        sa.Column(
            "boundary",
            Geometry(
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("(cause = 'node') = (amends IS NOT NULL)", name=op.f("plan_region_amends_check")),
        sa.CheckConstraint("cause IN ('publish', 'node')", name=op.f("plan_region_cause_check")),
        sa.ForeignKeyConstraint(["plan"], ["plan.id"], name=op.f("plan_region_plan_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("plan", "code", name=op.f("plan_region_pkey")),
    )
    run("numbers", "exact", "proof", "owners", "data", "door", "past", "guard")


def downgrade() -> None:
    raise NotImplementedError("a published map has no way back: restore a backup instead")
