"""How does a person at a terminal see how far a drawing is?"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.cli.output import language, terminal
from api.draw_several import Heard
from api.texts import text
from geo.draw import task
from geo.undrawn import Undrawn


@contextmanager
def bars(waiting: Sequence[Undrawn]) -> Iterator[Heard]:
    """Bars for all regions, and for the one that is being drawn; on a terminal only, gone at the end."""
    shown = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*shown, console=terminal, disable=not terminal.is_terminal, transient=True) as progress:
        several = text("draw.phase.regions", language())
        whole = progress.add_task(several, total=len(waiting), visible=len(waiting) > 1)
        part = progress.add_task("", total=None, visible=False)

        def done(regions: int) -> None:
            progress.update(whole, completed=regions)

        def phase(one: Undrawn, far: task.Progress) -> None:
            said = f"{one.region.name or one.region.code}: {text(f'draw.phase.{far.phase}', language())}"
            progress.update(part, description=escape(said), completed=far.done, total=far.total, visible=True)

        yield Heard(done, phase)
