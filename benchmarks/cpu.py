"""How much processor time have processes used, a service's and a database's alike?

Wall time says more about the machine's other guests than about a contestant. Linux only (proc(5)).
"""

import os
import time
from pathlib import Path

from geo.store import postmaster
from geo.store.embedded import Cluster

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_SCHEDULED = 2
"""Which of a process's clocks: the scheduler's, in nanoseconds (the kernel's `CPUCLOCK_SCHED`)."""


def server_s(cluster: Cluster) -> float:
    """CPU seconds of a private cluster since it began: of its living processes, and of those that it has buried."""
    server = postmaster.pid(cluster.place.cluster)
    if server is None:
        raise RuntimeError("the database has died")
    return process_s(server)


def process_s(number: int) -> float:
    """CPU seconds of a process and of the children it has or had, 0.0 where there is none of that number."""
    return sum(_own_s(one) + _buried_s(one) for one in (number, *_children(number)))


def _own_s(number: int) -> float:
    """clock_getcpuclockid(3) as Linux reckons it: finer than the ticks of proc(5)."""
    try:
        return time.clock_gettime(~number << 3 | _SCHEDULED)
    except OSError:
        return 0.0


def _buried_s(number: int) -> float:
    """User and system time of waited-for children (proc(5), /proc/pid/stat, fields 16 and 17)."""
    try:
        told = Path(f"/proc/{number}/stat").read_text("utf-8")
    except FileNotFoundError:
        return 0.0
    return sum(map(int, told.rpartition(")")[2].split()[13:15])) * TICK_S


def _children(number: int) -> list[int]:
    """Children of every thread of a process."""
    found: list[int] = []
    for listed in Path(f"/proc/{number}/task").glob("*/children"):
        try:
            found += map(int, listed.read_text("ascii").split())
        except (FileNotFoundError, ProcessLookupError):  # a thread that ended meanwhile
            continue
    return found
