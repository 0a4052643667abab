"""How is a job measured that several do in this process, some of them with the database's help?"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from rich.table import Table

from benchmarks import cpu
from geo.store.embedded import Cluster


@dataclass(frozen=True)
class Job:
    """Who does it, and how; `work` is how many pieces that is. `asked`: how much more ours is to do in a CPU second."""

    name: str
    run: Callable[[], object]
    work: int
    asked: float | None = None


def table(title: str, jobs: Sequence[Job], rounds: int, cluster: Cluster) -> Table:
    """Do the jobs in turn, so many rounds; the first is ours and is compared with the others."""
    taken: list[list[float]] = [[] for _ in jobs]
    for _ in range(rounds):
        for seconds, job in zip(taken, jobs, strict=True):
            seconds.append(used_s(job, cluster))
    rates = [job.work / median(seconds) for job, seconds in zip(jobs, taken, strict=True)]
    told = Table(title, "CPU s (median)", "per CPU second", "ours is", "asked", box=None)
    for job, seconds, rate in zip(jobs, taken, rates, strict=True):
        ratio = "" if job is jobs[0] else f"x {rates[0] / rate:.2f}"
        asked = "" if job.asked is None else f"x {job.asked:g}"
        told.add_row(job.name, f"{median(seconds):.3f}", f"{rate:,.0f}", ratio, asked)
    return told


def used_s(job: Job, cluster: Cluster) -> float:
    """CPU seconds of this process and of the database while a job is done once."""
    start = time.process_time() + cpu.server_s(cluster)
    job.run()
    return time.process_time() + cpu.server_s(cluster) - start
