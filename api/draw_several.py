"""Who draws the regions of a plan: this process where it is one, a few processes of their own where they are several?

What comes of it is the same either way: each region is drawn by itself, from its own task and the seed.
"""

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from multiprocessing.context import SpawnContext
from multiprocessing.synchronize import Event
from typing import TypeAlias

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from geo.draw.drawing import alternatives
from geo.draw.task import Drawn, Enough, Progress, Task
from geo.noding import NodingUnsettledError
from geo.refusal import Refusal
from geo.undrawn import Undrawn

FEW = 3
"""So many regions are drawn sooner than processes start."""
MOST_PROCESSES = 8
LOOK_S = 0.2
"""How often those who draw are asked to come to an end, if so."""
Outcome: TypeAlias = "list[Drawn] | Refusal"

_enough: Event | None = None
"""Of a process that draws for another one."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Who is told how far it is: `done` regions of all, and a phase of the one that is being drawn, where it is one.
    Once he `has_enough`, what is being drawn ends with the best so far, and the others with the first they find."""

    done: Callable[[int], None]
    phase: Callable[[Undrawn, Progress], None]
    has_enough: Callable[[], bool] = lambda: False


def drawn(waiting: Sequence[Undrawn], seed: int, number: int, heard: Heard) -> list[Outcome]:
    """Up to `number` ways to draw each region, the best first, or why there is none: `noding`, `lost`."""
    processes = min(os.cpu_count() or 1, len(waiting), MOST_PROCESSES)
    if processes < 2 or len(waiting) <= FEW:
        return [*_here(waiting, seed, number, heard)]
    return _apart(waiting, seed, number, heard, processes)


def _here(waiting: Sequence[Undrawn], seed: int, number: int, heard: Heard) -> Iterator[Outcome]:
    for done, one in enumerate(waiting):
        heard.done(done)
        yield _outcome(one.task, seed, number, partial(_tell, heard, one))


def _tell(heard: Heard, one: Undrawn, progress: Progress) -> None:
    heard.phase(one, progress)
    if heard.has_enough():
        raise Enough


def _apart(waiting: Sequence[Undrawn], seed: int, number: int, heard: Heard, processes: int) -> list[Outcome]:
    """The largest are begun first, so that none is left over at the end."""
    order = sorted(range(len(waiting)), key=lambda n: -len(waiting[n].task.buildings))
    found: dict[int, Outcome] = {}
    context = get_context("spawn")
    enough = context.Event()
    with _pool(processes, context, enough) as pool:
        futures = {n: pool.schedule(_outcome_apart, args=(waiting[n].task, seed, number)) for n in order}
        for done, (n, future) in enumerate(futures.items()):
            heard.done(done)
            try:
                found[n] = _waited(future, heard, enough)
            except ProcessExpired:
                found[n] = Refusal("lost")
    return [found[n] for n in range(len(waiting))]


def _waited(future: "ProcessFuture[Outcome]", heard: Heard, enough: Event) -> Outcome:
    """What comes of it; meanwhile who has enough is passed on."""
    while True:
        if heard.has_enough():
            enough.set()
        try:
            outcome: Outcome = future.result(timeout=LOOK_S)
            return outcome
        except TimeoutError:
            continue


@contextmanager
def _pool(processes: int, context: SpawnContext, enough: Event) -> Iterator[ProcessPool]:
    """Processes that are gone at the end, whatever they do then."""
    pool = ProcessPool(processes, context=context, initializer=_begin, initargs=[enough])
    try:
        yield pool
    finally:
        pool.stop()  # type: ignore[no-untyped-call]  # pebble leaves it without annotations
        pool.join()


def _begin(enough: Event) -> None:
    """A process hears of an interruption from the one that began it, and from no terminal."""
    global _enough  # noqa: PLW0603 - a process has one, and pebble gives initializers no other way to hand it on
    _enough = enough
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _outcome_apart(task: Task, seed: int, number: int) -> Outcome:
    return _outcome(task, seed, number, _ask)


def _ask(_: Progress) -> None:
    if _enough is not None and _enough.is_set():
        raise Enough


def _outcome(task: Task, seed: int, number: int, told: Callable[[Progress], None]) -> Outcome:
    try:
        return alternatives(task, seed, number, told)
    except NodingUnsettledError:
        return Refusal("noding")
