"""How does the program reach its database, and as whom?"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from psycopg import Connection as Psycopg
from psycopg import sql
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from geo.store.errors import StoreUnavailable

SERVICE_ROLE = "wangge_service"
"""The role that the service works as: it may read, draft and call the door (`migrations/sql/guard.sql`)."""
PUBLIC_ROLE = "wangge_public"
"""The role that tiles for everybody are made as: it cannot read what only some may see (`migrations/sql/tiles.sql`)."""
LOCK_TIMEOUT_MS = 5_000
"""Longest wait for the number; then the answer is 503 with Retry-After."""
STATEMENT_TIMEOUT_MS = 120_000
"""Longest single statement: the proof of a whole city."""
UNHURRIED_MS = 4 * 3_600_000
"""Longest statement about millions of rows."""
GONE_AFTER = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}
"""A database host that vanishes without a word is given up after seconds, not after the system's two hours."""
POOL_SIZE = 10
OVERFLOW = 10
PUBLIC_POOL_SIZE = 4
POOL_TIMEOUT_S = 5

Made = TypeVar("Made")


def service_engine(url: str) -> Engine:
    """An engine for the service's role; a login of another name steps down to it on connecting."""
    engine = _engine(url)
    event.listen(engine, "connect", partial(_step_down, SERVICE_ROLE))
    return engine


def public_engine(url: str) -> Engine:
    """An engine for the role of public tiles, to which a login that may act as it steps down on connecting.

    Each statement is its own transaction, and prepared once: planning a tile anew would take longer than cutting it.
    Connections are not asked whether they live, which takes a third of a small tile: `once_more` when one did not.
    """
    settings = "-c plan_cache_mode=force_generic_plan"
    engine = _engine(url, settings, size=PUBLIC_POOL_SIZE, is_asked=False, prepare_threshold=1)
    event.listen(engine, "connect", partial(_step_down, PUBLIC_ROLE))
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def owner_engine(url: str) -> Engine:
    """An engine for the owner, who migrates."""
    return _engine(url)


def once_more(read: Callable[[], Made]) -> Made:
    """What is read, on a new connection if the one it was begun on had died; all others are given up with it then."""
    try:
        return read()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        return read()


@contextmanager
def reachable() -> Iterator[None]:
    """Tells a database that cannot be reached (StoreUnavailable) from a statement that it refused."""
    try:
        yield
    except TimeoutError as error:
        raise StoreUnavailable("no connection to the database came free") from error
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        unheard = state is None and isinstance(error, OperationalError | InterfaceError)
        if error.connection_invalidated or unheard or (state or "")[:2] in ("08", "53", "57"):
            raise StoreUnavailable("the database does not answer") from error
        raise


def session(engine: Engine) -> Session:
    """A session whose transactions read what is committed: each statement behind the door sees the newest state."""
    return Session(engine, expire_on_commit=False)


def _engine(url: str, settings: str = "", *, size: int = POOL_SIZE, is_asked: bool = True, **driver: int) -> Engine:
    address = make_url(url)
    if address.drivername in ("postgres", "postgresql"):
        address = address.set(drivername="postgresql+psycopg")
    limits = f"-c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS}"
    options = rf"{limits} -c jit=off -c default_transaction_isolation=read\ committed {settings}"
    return create_engine(
        address,
        pool_size=size,
        max_overflow=OVERFLOW,
        pool_timeout=POOL_TIMEOUT_S,
        pool_pre_ping=is_asked,
        connect_args={"options": options, "application_name": "wangge", **GONE_AFTER, **driver},
    )


def unhurried(session: Session) -> None:
    """Lets the statements of this transaction take as long as millions of rows need."""
    session.execute(text("SELECT set_config('statement_timeout', :most, true)"), {"most": str(UNHURRIED_MS)})


def _step_down(role: str, connection: Psycopg, _: ConnectionPoolEntry) -> None:
    if connection.execute("SELECT current_user").fetchone() != (role,):
        try:
            connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
        except InsufficientPrivilege as error:
            remedy = f"GRANT {role} TO the login of DATABASE_URL, or give that role's own login"
            raise StoreUnavailable(f"the login may not act as {role}", remedy) from error
    connection.commit()
