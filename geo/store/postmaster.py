"""Does a server run on this cluster folder, and which processes of a dead one are left?

A process id in `postmaster.pid` proves little: it may be dead, or be another program by now. A process is one of ours
when it is a `postgres` whose working folder is the cluster (every PostgreSQL process stays in its data folder).
"""

import os
import select
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

ANSWER_S = 3
"""Whole seconds for a server to say that it is there."""
STOP_S = 60.0
"""Seconds for a clean stop with its last checkpoint."""
LEAVE_S = 3.0
"""Seconds for backends to notice by themselves that their postmaster died (they do, unless deep in a long query)."""
QUIT_S = 5.0
"""Seconds to obey SIGQUIT, and again after SIGKILL."""
STATUS_LINE = 7
"""Of postmaster.pid, counted from 0."""


def ping(sockets: Path, port: int) -> Ping:
    """What the server at this socket says of itself; NO_RESPONSE where there is none."""
    at = make_conninfo(host=str(sockets), port=port, user="postgres", dbname="postgres", connect_timeout=ANSWER_S)
    return Ping(PGconn.ping(at.encode()))


def pid(cluster: Path) -> int | None:
    """The living postmaster of this folder, None where it is dead or the file is stale."""
    try:
        first = (cluster / "postmaster.pid").read_text("utf-8", "replace").partition("\n")[0].strip()
    except FileNotFoundError:
        return None
    number = int(first) if first.isdecimal() else 0
    return number if number > 1 and is_of(number, cluster) else None


def status(cluster: Path) -> str:
    """What a living postmaster last said of itself: starting, ready, stopping ... ("" where unknown)."""
    try:
        lines = (cluster / "postmaster.pid").read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return ""
    return lines[STATUS_LINE].strip() if len(lines) > STATUS_LINE else ""


def end(number: int, cluster: Path) -> bool:
    """Stop a living postmaster: cleanly, else at once, else by force; False where nothing helps.

    After the second and third the next start recovers, as after a power cut.
    """
    for how, within_s in ((signal.SIGINT, STOP_S), (signal.SIGQUIT, QUIT_S), (signal.SIGKILL, QUIT_S)):
        _send(number, how, cluster)
        if gone([number], within_s):
            return True
    return False


def is_of(number: int, cluster: Path) -> bool:
    """Whether a process is a living PostgreSQL one of this folder (a zombie is not)."""
    if sys.platform != "linux":
        return _lives(number)  # no /proc to ask: the lock of the cluster has the last word
    try:
        program = os.readlink(f"/proc/{number}/exe").removesuffix(" (deleted)")
        return os.path.basename(program) in ("postgres", "postmaster") and os.path.samestat(
            os.stat(f"/proc/{number}/cwd"), os.stat(cluster)
        )
    except OSError:
        return False


def processes(cluster: Path) -> list[int]:
    """Every living PostgreSQL process of this folder, orphans of a killed postmaster included (Linux; else none)."""
    if sys.platform != "linux" or not cluster.exists():
        return []
    return [int(name) for name in os.listdir("/proc") if name.isdecimal() and is_of(int(name), cluster)]


def gone(numbers: Sequence[int], within_s: float) -> bool:
    """Wait until all these processes ended, at most `within_s` seconds; False where one is left."""
    until = time.monotonic() + within_s
    return all(_gone(number, max(0.0, until - time.monotonic())) for number in numbers)


def end_orphans(cluster: Path) -> bool:
    """See the processes of a killed postmaster out: by themselves, then asked, then killed. False where some stay.

    Killing is safe: their postmaster is dead, and the next start recovers from the log as after a power cut.
    """
    if gone(processes(cluster), LEAVE_S):
        return True
    for how in (signal.SIGQUIT, signal.SIGKILL):
        left = processes(cluster)
        for number in left:
            _send(number, how, cluster)
        if gone(left, QUIT_S):
            return True
    return False


def _gone(number: int, within_s: float) -> bool:
    handle = _handle(number)
    if handle is not None:
        try:
            poll = select.poll()
            poll.register(handle, select.POLLIN)
            return bool(poll.poll(within_s * 1000))
        finally:
            os.close(handle)
    until = time.monotonic() + within_s  # gone already, or a system without process handles: look, and look again
    while _lives(number):
        if time.monotonic() >= until:
            return False
        time.sleep(min(0.1, within_s))
    return True


def _handle(number: int) -> int | None:
    """A pollable handle of a process; None where it is gone already or the system has none."""
    if sys.platform == "linux":
        try:
            return os.pidfd_open(number)
        except OSError:
            return None
    return None


def _send(number: int, how: signal.Signals, cluster: Path) -> None:
    """Signal one process through its handle: the number cannot come to mean another one in between."""
    handle = _handle(number)
    try:
        if not is_of(number, cluster):
            return
        if handle is not None and sys.platform == "linux":
            signal.pidfd_send_signal(handle, how)
        else:
            os.kill(number, how)
    except ProcessLookupError:
        return
    finally:
        if handle is not None:
            os.close(handle)


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
