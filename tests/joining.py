"""How do tests join a private cluster from several processes, ask it and kill it?"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from geo.store import place, postmaster

HOLD = """
import encodings.ascii, encodings.latin_1, os, sys  # loaded while the interpreter's own files can still be reached
from pathlib import Path
from geo.store import embedded
if len(sys.argv) > 3:
    os.setgroups([]), os.setgid(int(sys.argv[3])), os.setuid(int(sys.argv[3]))
with getattr(embedded, sys.argv[1])(Path(sys.argv[2])) as running:
    print(running.service_url, flush=True)
    sys.stdin.readline()
"""

SOON_S = 20.0


def begun(verb: str, data: Path, *user: int) -> subprocess.Popen[str]:
    """Another process that uses the data folder until its stdin has a line; it prints one when it is in."""
    command = [sys.executable, "-c", HOLD, verb, str(data), *map(str, user)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@contextmanager
def other(verb: str, data: Path, *user: int) -> Iterator[subprocess.Popen[str]]:
    """Another process, given once it is in."""
    with begun(verb, data, *user) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("postgresql+psycopg://")
            yield process
            if process.poll() is None:
                process.communicate("\n", timeout=SOON_S)
        finally:
            process.kill()


def query(url: str, statement: str, **more: str) -> list[tuple[object, ...]]:
    address = make_url(url)
    at = {"user": address.username, "dbname": address.database, **address.query, **more}
    with psycopg.connect(**at, autocommit=True) as connection:  # type: ignore[arg-type]
        answer = connection.execute(statement)
        return answer.fetchall() if answer.description else []


def home_of(data: Path) -> place.Place:
    return place.settle(data)


def running_in(data: Path) -> int | None:
    return postmaster.pid(home_of(data).cluster)


def kill_all(at: Path) -> None:
    for number in postmaster.processes(at):
        with suppress(ProcessLookupError):  # a process of the cluster's that ended by itself meanwhile
            os.kill(number, signal.SIGKILL)
