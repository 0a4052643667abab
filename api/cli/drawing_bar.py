"""How does a person at a terminal see how far a drawing is?"""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import current_thread, main_thread
from types import FrameType

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.cli.output import language, say, terminal
from api.draw_several import Heard
from api.texts import text
from geo.draw import task
from geo.undrawn import Undrawn


@contextmanager
def bars(waiting: Sequence[Undrawn]) -> Iterator[Heard]:
    """Bars for all regions, and for the one that is being drawn; on a terminal only, gone at the end.

    An interruption (Ctrl-C) asks for the best so far, a second one ends it all.
    """
    shown = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*shown, console=terminal, disable=not terminal.is_terminal, transient=True) as progress:
        several = text("draw.phase.regions", language())
        whole = progress.add_task(several, total=len(waiting), visible=len(waiting) > 1)
        part = progress.add_task("", total=None, visible=False)

        def done(regions: int) -> None:
            progress.update(whole, completed=regions)

        def phase(one: Undrawn, far: task.Progress) -> None:
            said = f"{one.region.name or one.region.code}: {text(f'draw.phase.{far.phase}', language())}"
            if far.best is not None:
                said += f" {far.best:.3f}"
            progress.update(part, description=escape(said), completed=far.done, total=far.total, visible=True)

        with _interruptions() as interrupted:
            yield Heard(done, phase, interrupted)


@contextmanager
def _interruptions() -> Iterator[Callable[[], bool]]:
    """Whether there was one. Where signals belong to another thread there is none."""
    count = 0

    def heard(number: int, frame: FrameType | None) -> None:
        nonlocal count
        count += 1
        if count > 1:
            signal.default_int_handler(number, frame)
        say(text("draw.enough", language()))

    if current_thread() is not main_thread():
        yield lambda: False
        return
    before = signal.signal(signal.SIGINT, heard)
    try:
        yield lambda: count > 0
    finally:
        signal.signal(signal.SIGINT, before)
