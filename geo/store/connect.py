"""How does the program reach its database, and as whom?"""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Connection as Psycopg
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from geo.store.errors import StoreUnavailable

SERVICE_ROLE = "wangge_service"
"""The role that the service works as: it may read, draft and call the door (`migrations/sql/guard.sql`)."""
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
POOL_TIMEOUT_S = 5


def service_engine(url: str) -> Engine:
    """An engine for the service's role; a login of another name steps down to it on connecting."""
    engine = _engine(url)
    event.listen(engine, "connect", _step_down)
    return engine


def owner_engine(url: str) -> Engine:
    """An engine for the owner, who migrates."""
    return _engine(url)


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


def _engine(url: str) -> Engine:
    address = make_url(url)
    if address.drivername in ("postgres", "postgresql"):
        address = address.set(drivername="postgresql+psycopg")
    limits = f"-c lock_timeout={LOCK_TIMEOUT_MS} -c statement_timeout={STATEMENT_TIMEOUT_MS}"
    options = rf"{limits} -c jit=off -c default_transaction_isolation=read\ committed"
    return create_engine(
        address,
        pool_size=POOL_SIZE,
        max_overflow=OVERFLOW,
        pool_timeout=POOL_TIMEOUT_S,
        pool_pre_ping=True,
        connect_args={"options": options, "application_name": "wangge", **GONE_AFTER},
    )


def unhurried(session: Session) -> None:
    """Lets the statements of this transaction take as long as millions of rows need."""
    session.execute(text("SELECT set_config('statement_timeout', :most, true)"), {"most": str(UNHURRIED_MS)})


def _step_down(connection: Psycopg, _: ConnectionPoolEntry) -> None:
    if connection.execute("SELECT current_user").fetchone() != (SERVICE_ROLE,):
        try:
            connection.execute(f"SET ROLE {SERVICE_ROLE}")
        except InsufficientPrivilege as error:
            remedy = f"GRANT {SERVICE_ROLE} TO the login of DATABASE_URL, or give that role's own login"
            raise StoreUnavailable("the login may not act as the service's role", remedy) from error
    connection.commit()
