"""The verb `match`."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from api import settings
from api.cli import options
from api.cli.filled import counted
from api.cli.matched import Beside, masks
from api.cli.output import say, tell
from api.cli.store import opened
from geo.datum import Datum
from geo.files import foreign
from geo.files.foreign import Foreign
from geo.files.write_matched import SUFFIXES, writer
from geo.lookup import Map
from geo.match import Keys, Matcher, Register
from geo.store import matching
from geo.store.connect import reachable, session
from geo.store.live import Live

NAMED = frozenset({"building", "address"})
"""Keys that the published buildings are read for."""


def match(
    file: Annotated[Path, typer.Argument(help="A table or layer in any format that import reads")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to: .csv, .xlsx or .geojson; FILE.matched.csv if absent"),
    ] = None,
    table: options.Table = None,
    datum: options.DatumName = None,
    crs: options.Crs = None,
    encoding: options.Encoding = None,
    field: Annotated[
        list[str] | None,
        typer.Option("--field", help="KEY=THEIRS: their column of lon, lat, wkt, building, address or grid"),
    ] = None,
    publication: Annotated[int | None, typer.Option(help="A past state; the one in force when absent")] = None,
    json: options.Json = False,
) -> None:
    """Write beside every row of a table its grid, the regions above it, and how sure that is.

    Found by the row's point, else its building's id, its address, or a grid code in it. Rows without an owner, and
    those that several grids may own, stand also in OUTPUT.unmatched.csv and OUTPUT.ambiguous.csv. Ends with 1 where
    there are any.
    """
    target = output or file.with_name(f"{file.stem}.matched.csv")
    if target.suffix.lower() not in SUFFIXES:
        raise typer.BadParameter(f"the name must end in one of {', '.join(SUFFIXES)}", param_hint="--output")
    stated = Datum.parse(given) if (given := datum or crs) else None
    mapping = options.pairs(field, "--field")
    with foreign.opened(file, table=table, datum=stated, encoding=encoding, mapping=mapping) as read:
        beside = _beside(publication, with_buildings=bool(NAMED & read.keys.keys()))
        apart = _written(read, beside, target)
    told = _document(read, beside, [target, *apart])
    if json:
        tell(told)
    else:
        _show(told)
    if beside.apart:
        raise typer.Exit(1)


def _beside(publication: int | None, *, with_buildings: bool) -> Beside:
    """The published state to match against; the database is asked for it, and not again."""
    with opened(settings.read()) as store, reachable():
        live = Live(store.engine)
        live.refresh()
        state: Map | None = live.seen.map if publication is None else live.map_at(publication)
        if state is None or not state.publication:
            say(f"there is no publication {publication or 0}; the newest is {live.seen.map.publication}")
            raise typer.Exit(2)
        known = Register()
        if with_buildings:
            with session(store.engine) as work, work.begin():
                known = matching.register(work, state.publication)
    return Beside(Matcher(state, known, settings.read().near_boundary_m))


def _written(read: Foreign, beside: Beside, target: Path) -> list[Path]:
    """Write all that is asked for, or nothing; the files of rows set apart, where there are any."""
    columns, places = [*read.columns, *beside.named(read.columns)], beside.places()
    parts = [target.with_name(f"{target.stem}.{name}.csv") for name in ("unmatched", "ambiguous")]
    with ExitStack() as files, counted() as moved:
        whole = files.enter_context(writer(target, columns))  # the last to get its name
        puts = [files.enter_context(writer(part, columns, optional=True)) for part in parts]
        rows = 0
        for portion in read.portions:
            texts = {key: read.texts(portion, key) for key in ("building", "address", "grid")}
            found = beside.matcher.match(Keys(portion.xy, **texts))
            ours = beside.arrays(places, found)
            whole(portion, ours)
            for put, mask in zip(puts, masks(found), strict=True):
                put(portion, ours, mask)
            rows += len(portion.xy)
            moved(rows, portion.done)
    return [part for part in parts if part.exists()]


def _document(read: Foreign, beside: Beside, files: list[Path]) -> dict[str, Any]:
    return {
        "publication": beside.state.publication,
        "datum": read.datum.name,
        "encoding": None if read.encoding is None else {"name": read.encoding.name, "how": read.encoding.how},
        "keys": {key: read.columns[number] for key, number in read.keys.items()},
        "rows": beside.counts.total(),
        "quality": {name: number for name, number in beside.counts.items() if number},
        "match": {name: number for name, number in beside.hows.items() if number},
        "files": [str(path) for path in files],
    }


def _show(told: dict[str, Any]) -> None:
    if told["encoding"]:
        say(f"encoding: {told['encoding']['name']} ({told['encoding']['how']})")
    say("keys: " + (", ".join(f"{key} = {column}" for key, column in told["keys"].items()) or "the shape of each row"))
    say(f"{told['rows']} rows in publication {told['publication']}: ")
    for part in ("quality", "match"):
        say(f"  {part}: " + ", ".join(f"{number} {name}" for name, number in told[part].items()))
    for path in told["files"]:
        say(f"written: {path}")
