"""What does the store keep of what was asked: answers given once, how files are read, long work and its uploads?

None of it is published. All tables, these and those of the map, are in one `metadata`: take it from here.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from geo.store.plan_tables import metadata

__all__ = ["answer", "job", "metadata", "profile", "upload_chunk"]

profile = Table(
    "profile",
    metadata,
    Column("name", Text, primary_key=True),
    Column("actor", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("settings", JSONB, nullable=False),
)
"""How files of one origin are read: columns, datum, encoding; kept under a name by whoever imports them."""

answer = Table(
    "answer",
    metadata,
    Column("key", Text, primary_key=True),
    Column("actor", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("body", JSONB, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
"""What was answered to a request with an Idempotency-Key, kept with the change itself in one transaction."""

job = Table(
    "job",
    metadata,
    Column("id", UUID(as_uuid=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("stopping", Boolean, nullable=False, server_default="false"),
    Column("phase", Text, nullable=False, server_default=""),
    Column("done", BigInteger, nullable=False, server_default="0"),
    Column("total", BigInteger, nullable=False, server_default="0"),
    Column("asked", JSONB, nullable=False),
    Column("result", JSONB(none_as_null=True)),
    Column("problem", JSONB(none_as_null=True)),
    Column("plan", UUID(as_uuid=True), ForeignKey("plan.id")),
    Column("ticket", BigInteger),
    Column("turn", Integer, nullable=False, server_default="0"),
    Column("losses", Integer, nullable=False, server_default="0"),
    Column("created", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("started", DateTime(timezone=True)),
    Column("ended", DateTime(timezone=True)),
    Column("expires", DateTime(timezone=True)),
    CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'stopped')", name="state"),
    Index("job_created_idx", "created"),
)
"""Long work, as its client sees it. `ticket` is its number in the queue (schema `queue`), `turn` counts how often it
was begun: what an earlier turn still tries to write is refused. `losses` counts turns that ended without a word."""

upload_chunk = Table(
    "upload_chunk",
    metadata,
    Column("job", UUID(as_uuid=True), ForeignKey("job.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("bytes", LargeBinary, nullable=False),
)
"""The file that a job is to read, in pieces, for as long as the job is not ended."""
