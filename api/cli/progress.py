"""How does a person at a terminal see that long work goes on?"""

from collections.abc import Iterator
from contextlib import contextmanager

from api.cli.output import terminal
from geo.store.order import Progress, silent


@contextmanager
def watched() -> Iterator[Progress]:
    """Progress on a line of stderr that is gone at the end; silent where nobody watches."""
    if not terminal.is_terminal:
        yield silent
        return
    with terminal.status("reading") as line:

        def told(phase: str, done: int, total: int) -> None:
            line.update(f"{phase}: {done:,}" + (f" of {total:,}" if total else ""))

        yield told
