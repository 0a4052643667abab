"""The verb `export`."""

from pathlib import Path
from typing import Annotated

import typer

from api import settings
from api.cli.output import say
from api.cli.store import opened
from geo.files import write_geojson, write_gpkg
from geo.store import published, things
from geo.store.connect import reachable, session

WRITERS = {".geojson": write_geojson, ".gpkg": write_gpkg}


def export(
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to: .geojson or .gpkg")],
    publication: Annotated[int | None, typer.Option(help="A past state; the one in force when absent")] = None,
) -> None:
    """Write everything that was published, as a plan file that imports back identical."""
    if output.suffix not in WRITERS:
        raise typer.BadParameter(f"the name must end in {' or '.join(WRITERS)}", param_hint="--output")
    with opened(settings.read()) as store, reachable(), session(store.engine) as work, work.begin():
        work.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        newest = published.current_publication(work)
        number = newest if publication is None else publication
        if not 0 < number <= newest:
            say(f"there is no publication {number}; the newest is {newest}")
            raise typer.Exit(2)
        plan = things.everything(work, number)
    WRITERS[output.suffix](plan, output)
    say(f"publication {number}: {len(plan)} things written to {output}")
