"""Which accounts does a private cluster have, and what may each do?

`wangge_owner` owns the database and migrates it; `wangge_service` owns nothing and may only what the owner grants it,
so that a service cannot go round the door. `wangge_public` is nobody's login: the service makes tiles for everybody as
this role, which may read what everybody may see. The extensions need the superuser and are made here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

from psycopg import Connection, Error, connect, sql

from geo.store.errors import StoreUnavailable

DATABASE = "wangge"
OWNER = "wangge_owner"
SERVICE = "wangge_service"
PUBLIC = "wangge_public"
LOGINS = (OWNER, SERVICE)
EXTENSIONS = ("postgis", "btree_gist")
CONNECT_S = 10
STATEMENT_S = 60
"""Far above what an extension takes (under a second); a full or broken disk must not hang a start."""

PLAIN: LiteralString = (
    "ALTER ROLE {} {} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT -1"
)
MEMBER: LiteralString = "GRANT {public} TO {service}"
SHUT: tuple[LiteralString, ...] = (
    "REVOKE ALL ON DATABASE postgres, template1, {database} FROM PUBLIC",
    "GRANT CONNECT ON DATABASE {database} TO {owner}, {service}",
)
SCHEMA: tuple[LiteralString, ...] = (
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE, CREATE ON SCHEMA public TO {owner}",
    "GRANT USAGE ON SCHEMA public TO {service}",
    "GRANT USAGE ON SCHEMA public TO {public}",
)
NAMES = {
    "database": sql.Identifier(DATABASE),
    "owner": sql.Identifier(OWNER),
    "service": sql.Identifier(SERVICE),
    "public": sql.Identifier(PUBLIC),
}


def prepare(sockets: Path, port: int) -> None:
    """Make roles, database and extensions where missing; safe to repeat, and after a crash anywhere in it.

    Raises StoreUnavailable.
    """
    try:
        with _superuser(sockets, port, "postgres") as connection:
            _roles(connection)
            _database(connection)
        with _superuser(sockets, port, DATABASE) as connection:
            for extension in EXTENSIONS:
                connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
            for statement in SCHEMA:
                connection.execute(sql.SQL(statement).format(**NAMES))
    except Error as error:
        raise StoreUnavailable(f"the new store could not be prepared: {str(error).strip()}") from error


def _roles(connection: Connection) -> None:
    there = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    for role in (*LOGINS, PUBLIC):
        if role not in there:
            connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
        may_enter = sql.SQL("LOGIN" if role in LOGINS else "NOLOGIN")
        connection.execute(sql.SQL(PLAIN).format(sql.Identifier(role), may_enter))
    connection.execute(sql.SQL(MEMBER).format(**NAMES))


def _database(connection: Connection) -> None:
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
        connection.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(**NAMES))
    for statement in SHUT:
        connection.execute(sql.SQL(statement).format(**NAMES))


@contextmanager
def _superuser(sockets: Path, port: int, database: str) -> Iterator[Connection]:
    options = f"-c statement_timeout={STATEMENT_S}s -c client_min_messages=warning"
    with connect(
        host=str(sockets),
        port=port,
        user="postgres",
        dbname=database,
        connect_timeout=CONNECT_S,
        options=options,
        autocommit=True,
    ) as connection:
        yield connection
