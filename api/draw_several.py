"""Who draws the regions of a plan: this process where it is one, a few processes of their own where they are several?

What comes of it is the same either way: each region is drawn by itself, from its own task and the seed.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import TypeAlias

from pebble import ProcessExpired, ProcessPool

from geo.draw.drawing import alternatives
from geo.draw.task import Drawn, Progress, Task
from geo.noding import NodingUnsettledError
from geo.refusal import Refusal
from geo.undrawn import Undrawn

FEW = 3
"""So many regions are drawn sooner than processes start."""
MOST_PROCESSES = 8
Outcome: TypeAlias = "list[Drawn] | Refusal"


@dataclass(frozen=True, slots=True)
class Heard:
    """Who is told how far it is: `done` regions of all, and a phase of the one that is being drawn, where it is one."""

    done: Callable[[int], None]
    phase: Callable[[Undrawn, Progress], None]


def drawn(waiting: Sequence[Undrawn], seed: int, number: int, heard: Heard) -> list[Outcome]:
    """Up to `number` ways to draw each region, the best first, or why there is none: `noding`, `lost`."""
    processes = min(os.cpu_count() or 1, len(waiting), MOST_PROCESSES)
    if processes < 2 or len(waiting) <= FEW:
        return [*_here(waiting, seed, number, heard)]
    return _apart(waiting, seed, number, heard, processes)


def _here(waiting: Sequence[Undrawn], seed: int, number: int, heard: Heard) -> Iterator[Outcome]:
    for done, one in enumerate(waiting):
        heard.done(done)
        yield _outcome(one.task, seed, number, partial(heard.phase, one))


def _apart(waiting: Sequence[Undrawn], seed: int, number: int, heard: Heard, processes: int) -> list[Outcome]:
    """The largest are begun first, so that none is left over at the end."""
    order = sorted(range(len(waiting)), key=lambda n: -len(waiting[n].task.buildings))
    found: dict[int, Outcome] = {}
    with _pool(processes) as pool:
        futures = {n: pool.schedule(_outcome, args=(waiting[n].task, seed, number)) for n in order}
        for done, (n, future) in enumerate(futures.items()):
            heard.done(done)
            try:
                found[n] = future.result()
            except ProcessExpired:
                found[n] = Refusal("lost")
    return [found[n] for n in range(len(waiting))]


@contextmanager
def _pool(processes: int) -> Iterator[ProcessPool]:
    """Processes that are gone at the end, whatever they do then."""
    pool = ProcessPool(processes, context=get_context("spawn"))
    try:
        yield pool
    finally:
        pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it without annotations
        pool.join()


def _outcome(task: Task, seed: int, number: int, told: Callable[[Progress], None] | None = None) -> Outcome:
    try:
        return alternatives(task, seed, number, told or _silent)
    except NodingUnsettledError:
        return Refusal("noding")


def _silent(_: Progress) -> None:
    """Progress that nobody hears."""
