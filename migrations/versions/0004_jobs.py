"""Jobs: long work that waits in a queue, its uploads, and the queue itself in a schema of its own."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

RIGHTS = Path(__file__).parents[1] / "sql" / "jobs.sql"


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("stopping", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("phase", sa.Text(), server_default="", nullable=False),
        sa.Column("done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("asked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("problem", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("plan", sa.UUID(), nullable=True),
        sa.Column("ticket", sa.BigInteger(), nullable=True),
        sa.Column("turn", sa.Integer(), server_default="0", nullable=False),
        sa.Column("losses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'stopped')", name=op.f("job_state_check")),
        sa.ForeignKeyConstraint(["plan"], ["plan.id"], name=op.f("job_plan_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("job_pkey")),
    )
    op.create_index(op.f("job_created_idx"), "job", ["created"])
    op.create_table(
        "upload_chunk",
        sa.Column("job", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["job"], ["job.id"], name=op.f("upload_chunk_job_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job", "number", name=op.f("upload_chunk_pkey")),
    )
    op.execute("CREATE SCHEMA queue")
    op.execute("SET LOCAL search_path TO queue")
    op.execute(sa.text(SchemaManager.get_schema().replace(":", "\\:")))
    op.execute("SET LOCAL search_path TO DEFAULT")
    op.execute(sa.text(RIGHTS.read_text("utf-8").replace(":", "\\:")))


def downgrade() -> None:
    raise NotImplementedError("a published map has no way back: restore a backup instead")
