"""How does a person at a terminal see how much of a table is done?"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from api.cli.output import terminal


@contextmanager
def counted() -> Iterator[Callable[[int, float | None], None]]:
    """Tells rows done and the share of the file that is read (None where nobody knows), on a terminal only."""
    shown = TextColumn("{task.fields[rows]:,} rows"), BarColumn(), TimeElapsedColumn()
    with Progress(*shown, console=terminal, disable=not terminal.is_terminal, transient=True) as progress:
        task = progress.add_task("", total=None, rows=0)

        def moved(rows: int, done: float | None) -> None:
            progress.update(task, rows=rows, completed=done or 0.0, total=None if done is None else 1.0)

        yield moved
