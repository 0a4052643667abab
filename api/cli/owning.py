"""The verb `owner`."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from api import settings
from api.beside import Beside
from api.cli import options
from api.cli.filled import counted
from api.cli.output import language, say, tell
from api.cli.owned import mapped, published
from geo.datum import Datum
from geo.files import point_files
from geo.files.point_writing import SUFFIXES, writer
from geo.files.points import Points
from geo.many import Asker


def owner(
    points: Annotated[Path, typer.Argument(help="Rows with lon and lat, in any format that import reads")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to: .csv, .xlsx, .geojson, .ndjson, .jsonl, .arrow or .arrows")
    ],
    map: Annotated[Path | None, typer.Option("--map", help="A plan file to ask instead of the store")] = None,
    table: options.Table = None,
    datum: options.DatumName = None,
    crs: options.Crs = None,
    encoding: options.Encoding = None,
    field: Annotated[
        list[str] | None, typer.Option("--field", help="KEY=THEIRS: their column of lon, lat, datum or accuracy_m")
    ] = None,
    fields: Annotated[Literal["owner"] | None, typer.Option(help="owner: all but border_distance_m, sooner")] = None,
    publication: Annotated[int | None, typer.Option(help="A past state; the one in force when absent")] = None,
    json: options.Json = False,
) -> None:
    """Write beside every point who owns it, how far its border is, and what is wrong with rows that say no point.

    Rows keep their order and all they have. Ends with 1 where rows were answered with an error.
    """
    if output.suffix.lower() not in SUFFIXES:
        raise typer.BadParameter(f"the name must end in one of {', '.join(SUFFIXES)}", param_hint="--output")
    if map is not None and publication is not None:
        raise typer.BadParameter("a plan file has no publications", param_hint="--publication")
    stated = Datum.parse(given) if (given := datum or crs) else None
    mapping = options.pairs(field, "--field")
    with point_files.opened(points, table=table, datum=stated, encoding=encoding, mapping=mapping) as (read, done):
        state = mapped(map) if map is not None else published(publication)
        asker = Asker(state, settings.read().near_boundary_m)
        beside = Beside(asker, language(), None if map is not None else state.publication, fields is None)
        rows = _written(read, done, beside, output)
    told = _document(read, beside, rows, output)
    if json:
        tell(told)
    else:
        _show(told)
    if beside.counts["error"]:
        raise typer.Exit(1)


def _written(read: Points, done: Callable[[], float | None], beside: Beside, output: Path) -> int:
    """Write all rows or no file; how many."""
    rows = 0
    with writer(output, read.columns, beside.names) as put, counted() as moved:
        for portion in read.rows:
            put(portion, beside.columns(portion))
            rows += len(portion.portion.xy)
            moved(rows, done())
    return rows


def _document(read: Points, beside: Beside, rows: int, output: Path) -> dict[str, Any]:
    return {
        "publication": beside.publication,
        "encoding": None if read.encoding is None else {"name": read.encoding.name, "how": read.encoding.how},
        "rows": rows,
        "status": {name: number for name, number in beside.counts.items() if number},
        "file": str(output),
    }


def _show(told: dict[str, Any]) -> None:
    of = "the plan file" if told["publication"] is None else f"publication {told['publication']}"
    say(f"{told['rows']} rows in {of}: " + ", ".join(f"{number} {name}" for name, number in told["status"].items()))
    say(f"written: {told['file']}")
