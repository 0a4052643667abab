"""The verb `export`."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api import settings
from api.cli.output import say
from api.cli.progress import watched
from api.cli.store import opened
from geo.files import write_geojson, write_gpkg
from geo.files.write_csv import write_csv
from geo.files.write_shp import write_shp
from geo.files.write_xlsx import write_xlsx
from geo.lookup import Map
from geo.matrix import GCJ, MERCATOR, MOST_ZOOM
from geo.model import MAP_LAYERS, Layer
from geo.store import certificates
from geo.store.connect import reachable, session
from geo.store.export import Selection
from geo.store.live import Live
from geo.store.sheets import sheets

PLANS = {".geojson": write_geojson, ".gpkg": write_gpkg}
TILES = ".pmtiles"
SUFFIXES = (*PLANS, ".csv", ".xlsx", ".zip", ".shp", TILES)


class TileDatum(StrEnum):
    """The datum of the map that an archive of tiles is laid over."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"


def export(
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help="Where to: .geojson, .gpkg, .csv, .xlsx, .zip (shapefiles), .shp, .pmtiles"
        ),
    ] = None,
    pmtiles: Annotated[
        bool, typer.Option("--pmtiles", help="Vector tiles, to wangge-PUBLICATION.pmtiles when no --output is named")
    ] = False,
    publication: Annotated[int | None, typer.Option(help="A past state; the one in force when absent")] = None,
    region: Annotated[str | None, typer.Option(help="Code of a region of any level: it and what is below it")] = None,
    layer: Annotated[
        list[Layer] | None,
        typer.Option("--layer", help="Only these; a CSV holds one (grid), a .shp likewise; person only if named"),
    ] = None,
    simple: Annotated[bool, typer.Option("--simple", help="Tables: only the fields that an import takes")] = False,
    no_shape: Annotated[bool, typer.Option("--no-shape", help="CSV and XLSX: no column of shapes")] = False,
    plain: Annotated[bool, typer.Option("--plain", help="GeoJSON and GeoPackage: no certificate and no seal")] = False,
    most_zoom: Annotated[
        int | None, typer.Option("--max-zoom", min=0, max=MOST_ZOOM, help="PMTiles: the last zoom; 15 when absent")
    ] = None,
    datum: Annotated[
        TileDatum | None, typer.Option(help="PMTiles: gcj02 for pages on Amap or Tencent; wgs84 when absent")
    ] = None,
) -> None:
    """Write what was published: a plan file that imports back identical, tables that departments join on, or the
    public map as one archive of vector tiles (PMTiles), which any static host serves.

    A plan file carries the certificate of what is in it, and `wangge verify` refuses it once a byte was changed.
    """
    suffix = _suffix(output, is_tiles=pmtiles)
    if suffix in (".csv", ".shp") and len(layer or ()) > 1:
        raise typer.BadParameter(f"a {suffix} file holds one layer", param_hint="--layer")
    if plain and suffix not in PLANS:
        raise typer.BadParameter("only plan files carry a certificate", param_hint="--plain")
    if no_shape and suffix not in (".csv", ".xlsx"):
        raise typer.BadParameter("only CSV and XLSX go without shapes", param_hint="--no-shape")
    if Layer.PERSON in (layer or ()) and suffix not in (".csv", ".xlsx"):
        raise typer.BadParameter("people go into a .csv or .xlsx, never onto a map", param_hint="--layer")
    if suffix == TILES and (region is not None or layer or simple):
        raise typer.BadParameter("an archive of tiles holds the whole public map", param_hint="--output")
    if suffix != TILES and (most_zoom is not None or datum is not None):
        raise typer.BadParameter("--max-zoom and --datum are for .pmtiles", param_hint="--output")
    with opened(settings.read()) as store, reachable():
        live = Live(store.engine)
        live.refresh()
        wanted = Selection(_state(live, publication), region)
        output = output or Path(f"wangge-{wanted.map.publication}{TILES}")
        if region is not None and region not in wanted.map.regions:
            say(f"publication {wanted.map.publication} has no region {region}")
            raise typer.Exit(2)
        if suffix == TILES:
            count = _write_tiles(store.engine, wanted.map, output, most_zoom, datum)
        elif suffix in PLANS:
            count = _write_plan(store.engine, wanted, output, layer or (), plain=plain)
        else:
            with session(store.engine) as work, work.begin():
                work.connection(execution_options={"isolation_level": "REPEATABLE READ"})
                count = _write(work, wanted, output, layer or (), simple=simple, shape=not no_shape)
    say(f"publication {wanted.map.publication}: {count} {'tiles' if suffix == TILES else 'things'} written to {output}")


def _suffix(output: Path | None, *, is_tiles: bool) -> str:
    if output is None and not is_tiles:
        raise typer.BadParameter("name a file", param_hint="--output")
    suffix = TILES if output is None else output.suffix.lower()
    if is_tiles and suffix != TILES:
        raise typer.BadParameter(f"the name of an archive of tiles ends in {TILES}", param_hint="--output")
    if suffix not in SUFFIXES:
        raise typer.BadParameter(f"the name must end in one of {', '.join(SUFFIXES)}", param_hint="--output")
    return suffix


def _state(live: Live, number: int | None) -> Map:
    """The state in force, or a past one, which no later publication changes."""
    newest = live.seen.map.publication
    state = live.seen.map if number is None else live.map_at(number)
    if state is None or not state.publication:
        say(f"there is no publication {newest if number is None else number}; the newest is {newest}")
        raise typer.Exit(2)
    return state


def _write_plan(engine: Engine, wanted: Selection, output: Path, layers: Sequence[Layer], *, plain: bool) -> int:
    if plain:
        plan, certificate = certificates.read(engine, wanted, layers)[0], None
    else:
        plan, certificate = certificates.of_file(engine, wanted, layers)
    PLANS[output.suffix.lower()](plan, output, certificate)
    return len(plan)


def _write_tiles(engine: Engine, state: Map, output: Path, most_zoom: int | None, datum: TileDatum | None) -> int:
    from api.exports import write  # noqa: PLC0415 - tiles are not loaded for a table
    from tiles.archived import USUAL_ZOOM  # noqa: PLC0415 - as above

    matrix = GCJ if datum is TileDatum.GCJ02 else MERCATOR
    zoom = USUAL_ZOOM if most_zoom is None else most_zoom
    with watched() as progress:
        return write(engine, state, output, progress, matrix=matrix, most_zoom=zoom)


def _write(
    work: Session, wanted: Selection, output: Path, layers: Sequence[Layer], *, simple: bool, shape: bool
) -> int:
    suffix = output.suffix.lower()
    if suffix in (".csv", ".shp"):
        (sheet,) = sheets(work, wanted, layers or [Layer.GRID], simple=simple)
        shape = shape and sheet.layer is not Layer.PERSON
        return write_csv(sheet, output, shape=shape) if suffix == ".csv" else write_shp([sheet], output)
    several = sheets(work, wanted, layers or MAP_LAYERS, simple=simple)
    return write_xlsx(several, output, shape=shape) if suffix == ".xlsx" else write_shp(several, output)
