"""How is a private PostgreSQL made, started, kept alive and stopped?

Callers hold the `start` lock (`geo.store.embedded`). Every PostgreSQL process inherits a lock on `locks/alive`, so that
the kernel itself tells whether any of them is left, whatever `postmaster.pid` says.
"""

import os
import shutil
import time
from pathlib import Path

from psycopg.pq import Ping

from geo.store import lock, postmaster, roles
from geo.store.account import give
from geo.store.binaries import Binaries, found
from geo.store.errors import StoreUnavailable
from geo.store.place import PORT, Place, private
from geo.store.programs import latest, reason, run
from geo.store.server_settings import HBA, configuration

INIT_S = 120.0
"""Seconds for initdb, which takes one or two; a slow disk may take more."""
START_S = 120.0
"""Seconds for a start, with the recovery after a crash in it."""
ALIVE_S = 15.0
"""Seconds for the last process of a dead cluster (or an initdb whose command was killed) to let go of the folder."""
TICK_S = 0.05
FREE_BYTES = 256 * 2**20
"""An empty cluster with PostGIS takes about 60 MB, and its log of changes grows beside it."""
PREPARED = "wangge.prepared"
"""Written last, after roles, database and extensions: without it they are looked through again."""
REVISION = "2\n"


def ensure(place: Place, *, may_make: bool) -> None:
    """The server of this place runs and is prepared when this returns. Raises StoreUnavailable.

    `may_make`: an absent cluster is made; who restarts one under a running service must not give it an empty one.
    """
    try:
        if not answers(place) and not _comes_up(place):
            _clear(place)
            _start(place, may_make)
        marker = place.cluster / PREPARED
        if not marker.exists() or marker.read_text("ascii") != REVISION:
            roles.prepare(place.sockets, PORT)
            _write(marker, REVISION, place)
    except OSError as error:
        raise StoreUnavailable(f"cannot run the database in {place.home}: {error.strerror or error}") from error


def stop(place: Place) -> None:
    """Stop the server, cleanly if it can; nothing where none runs. Raises StoreUnavailable."""
    number = postmaster.pid(place.cluster)
    if number is not None and not postmaster.end(number, place.cluster):
        raise StoreUnavailable(f"the database (process {number}) cannot be stopped", "restart this machine")
    if number is not None:
        _let_go(place)
    if place.sockets.parent != place.home:
        shutil.rmtree(place.sockets, ignore_errors=True)


def answers(place: Place) -> bool:
    return postmaster.ping(place.sockets, PORT) is Ping.OK


def _let_go(place: Place) -> None:
    """Wait for the last process to close its files: the log writer outlives the postmaster by some milliseconds."""
    try:
        with lock.holding(place.alive, wait_s=postmaster.LEAVE_S):
            return
    except lock.Held:
        return  # the next start tells, if it still matters then


def _comes_up(place: Place) -> bool:
    """Whether a living server that does not answer yet does so in time; False where it has to be started."""
    number = postmaster.pid(place.cluster)
    if number is None:
        return False
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        if answers(place):
            return True
        if postmaster.status(place.cluster) == "ready" and not place.socket.exists():
            return False  # its socket was removed, and it will not make another
        if postmaster.gone([number], TICK_S):
            return False
    why = f"the database (process {number}) has not answered for {START_S:.0f} s"
    raise StoreUnavailable(why, f"look into {place.log}")


def _clear(place: Place) -> None:
    """Nothing of an earlier run is left in the way: a server without a socket, orphans."""
    stop(place)
    place.make()
    if not postmaster.end_orphans(place.cluster):
        raise StoreUnavailable(f"processes of a dead database still hold {place.cluster}", "restart this machine")


def _start(place: Place, may_make: bool) -> None:
    if not place.cluster.exists() and not may_make:
        raise StoreUnavailable(f"the files of the database are gone from {place.cluster}", "bring them back")
    try:
        with lock.holding(place.alive, wait_s=ALIVE_S) as alive:
            for stale in (place.cluster / "postmaster.pid", place.socket, Path(f"{place.socket}.lock")):
                stale.unlink(missing_ok=True)
            if not place.cluster.exists():
                _init(place, alive)
            _launch(place, alive)
    except lock.Held:
        why = f"processes that cannot be seen from here still use {place.cluster}"
        raise StoreUnavailable(why, "stop the other container or session that runs it") from None


def _init(place: Place, alive: int) -> None:
    """Make an empty cluster beside its place and move it in whole: a crash leaves no half one."""
    fresh = place.home / "cluster.new"
    binaries = found()
    if shutil.disk_usage(place.home).free < FREE_BYTES:
        raise StoreUnavailable(f"the disk of {place.home} is full", f"make {FREE_BYTES >> 20} MB free")
    told = ""
    for locale in ("C.UTF-8", "C"):  # not every system has the first; both order text by its bytes
        if fresh.exists():
            shutil.rmtree(fresh)
        private(fresh, place.user)
        done, told = run(_initdb(binaries, locale), place, INIT_S, [alive])
        if done:
            fresh.rename(place.cluster)
            return
        if "locale" not in told:
            break
    shutil.rmtree(fresh, ignore_errors=True)
    raise StoreUnavailable(f"a new database could not be made: {reason(told)}")


def _initdb(binaries: Binaries, locale: str) -> list[str]:
    return [
        *(binaries.program("initdb"), "-D", "cluster.new", "--username=postgres", "--auth=trust"),
        *("--encoding=UTF8", f"--locale={locale}", "--data-checksums"),
        *(["--locale-provider=libc"] if binaries.major >= 15 else []),
    ]


def _launch(place: Place, alive: int) -> None:
    binaries = found(_major(place))
    _write(place.cluster / "postgresql.conf", configuration(place.sockets, PORT, place.log), place)
    _write(place.cluster / "pg_hba.conf", HBA, place)
    (place.log / "start.log").unlink(missing_ok=True)
    since = place.cluster.stat().st_mtime  # just written to
    # relative paths: pg_ctl hands its own through a shell
    command = [binaries.program("pg_ctl"), "start", "-D", "cluster", "-l", "log/start.log", "-w", f"-t{START_S:.0f}"]
    done, told = run(command, place, START_S, [alive])
    if not done:
        told = f"{told}\n{latest(place.log, since)}"
        raise StoreUnavailable(f"the database does not start: {reason(told)}", f"look into {place.log}")


def _major(place: Place) -> int | None:
    """The major version that the folder demands; None where there is no cluster yet."""
    version = place.cluster / "PG_VERSION"
    return int(version.read_text("ascii")) if version.exists() else None


def _write(path: Path, text: str, place: Place) -> None:
    """Replace a small file whole."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_text(text, "utf-8")
    fresh.chmod(0o600)
    give(fresh, place.user)
    os.replace(fresh, path)
