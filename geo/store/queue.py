"""How does long work wait for its turn? In the queue that procrastinate keeps in PostgreSQL, a schema of its own.

A ticket is drawn and given back in the transaction of the job it stands for: there is no job without a ticket and no
ticket without a job, whatever crashes in between.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from psycopg import AsyncConnection, Connection
from sqlalchemy import BigInteger, Engine, column, table, text
from sqlalchemy.orm import Session

from geo.store.connect import GONE_AFTER, SERVICE_ROLE

SCHEMA = "queue"
QUEUE = "jobs"
TASK = "work"
"""The one task that tickets are for; what is to be done stands in the job's own row."""
TICKET = table("procrastinate_jobs", column("id", BigInteger), schema=SCHEMA).c.id
WAIT_S = 10.0
"""Longest wait for a connection of the worker, and between two tries to get one."""


def enter(session: Session, number: UUID) -> int:
    """Draw a ticket for a job; whoever works is told when the transaction is committed."""
    with _inside(session) as connection:
        return _app().configure_task(TASK, queue=QUEUE, connection=connection).defer(number=str(number))


def leave(session: Session, ticket: int) -> None:
    """Give a ticket back: nobody takes the job up any more, and who works on it is told to stop."""
    with _inside(session) as connection:
        _app().job_manager.cancel_job_by_id(ticket, abort=True, delete_job=True, connection=connection)


def connector(engine: Engine) -> PsycopgConnector:
    """The worker's own way to the queue: a few connections beside those of the engine."""
    _, stated = engine.dialect.create_connect_args(engine.url)
    options = f"{stated.get('options', '')} -c search_path={SCHEMA},public -c jit=off".strip()
    told: dict[str, Any] = {**stated, **GONE_AFTER, "options": options, "application_name": "wangge jobs"}
    return PsycopgConnector(
        kwargs=told, min_size=1, max_size=3, timeout=WAIT_S, reconnect_timeout=WAIT_S, configure=_step_down
    )


def _app() -> App:
    return App(connector=SyncPsycopgConnector())


@contextmanager
def _inside(session: Session) -> Iterator[Connection]:
    """The driver's connection of a session, inside the schema of the queue for a moment."""
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, Connection)  # SQLAlchemy's psycopg dialect
    session.execute(text(f"SET LOCAL search_path TO {SCHEMA}, public"))
    yield driver
    session.execute(text("SET LOCAL search_path TO DEFAULT"))


async def _step_down(connection: AsyncConnection) -> None:
    """As `connect` does for the engine: the worker is the service's role too."""
    row = await (await connection.execute("SELECT current_user")).fetchone()
    if row != (SERVICE_ROLE,):
        await connection.execute(f"SET ROLE {SERVICE_ROLE}")
    await connection.commit()
