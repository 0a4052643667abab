"""Which rows do the tables of a GeoPackage hold?

Read with SQLite itself: values come as they are stored. (GDAL gives 0 for a word in a number column, NULL for a damaged
shape, a float for a long integer beside a NULL.) Format: OGC 12-128r19.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from geo.datum import Datum
from geo.files.crs import srs_datum
from geo.files.limits import NAMES_SHOWN, Limits
from geo.files.refusals import FileUnreadable, RowRefused, shown
from geo.files.rows import LAYERS, Found, Row, Wish, layer_of, problem_of
from geo.files.wkb import geometry_of
from geo.model import MAP_LAYERS, Layer

MAGIC = b"SQLite format 3\x00"

TABLES = """
    SELECT g.table_name, g.column_name, s.organization, s.organization_coordsys_id, s.definition
    FROM gpkg_geometry_columns AS g
    JOIN gpkg_contents AS c ON c.table_name = g.table_name AND c.data_type = 'features'
    JOIN gpkg_spatial_ref_sys AS s ON s.srs_id = g.srs_id
    ORDER BY g.table_name
"""


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    geometry: str
    srs: tuple[str, str, str]
    """Organisation, its number, definition."""

    @property
    def layer(self) -> Layer | None:
        return Layer(self.name) if self.name in LAYERS else None


@contextmanager
def found(path: Path, wish: Wish) -> Iterator[Found]:
    """The rows of the chosen table, or of all tables named like layers; `FileUnreadable` for what is no GeoPackage."""
    with _refusals(path), closing(_opened(path, wish.limits)) as connection:
        chosen = _chosen(_tables(connection), wish.layer, wish.table)
        columns = list(dict.fromkeys(name for one in chosen for name in _columns(connection, one)))

        def rows(_mapping: Mapping[str, str], _datum: Datum) -> Iterator[Row]:
            with _refusals(path):
                yield from _rows(connection, chosen, wish.layer, wish.limits)

        layer = wish.layer or (chosen[0].layer if len(chosen) == 1 else None)
        yield Found(columns=columns, rows=rows, stated=lambda _: _datum_of(chosen), layer=layer)


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    """What SQLite raises for a damaged file, as a refusal."""
    try:
        yield
    except sqlite3.OperationalError as error:
        id = "gpkg-too-slow" if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT else "gpkg-damaged"
        raise FileUnreadable(id, name=path.name) from error
    except (sqlite3.Error, OverflowError, UnicodeError) as error:
        raise FileUnreadable("gpkg-damaged", name=path.name) from error


def _columns(connection: sqlite3.Connection, table: Table) -> list[str]:
    with closing(connection.execute(f"SELECT * FROM {_quoted(table.name)} LIMIT 0")) as cursor:  # noqa: S608 - quoted
        return [column[0] for column in cursor.description if column[0] != table.geometry]


def _quoted(name: str) -> str:
    """A name cannot be bound; quoted it is nothing but a name."""
    return '"' + name.replace('"', '""') + '"'


def _opened(path: Path, limits: Limits) -> sqlite3.Connection:
    """A connection that writes nothing beside the file, runs no code from it and ends in time."""
    fresh = not path.with_name(path.name + "-wal").exists()
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' if fresh else ''}", uri=True)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, min(limits.bytes, 2**31 - 1))
    connection.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    steps = iter(range(limits.gpkg_steps))
    connection.set_progress_handler(lambda: next(steps, None) is None, 1_000_000)
    return connection


def _tables(connection: sqlite3.Connection) -> dict[str, Table]:
    rows = [tuple(str(value) for value in row) for row in connection.execute(TABLES)]
    return {row[0]: Table(row[0], row[1], (row[2], row[3], row[4])) for row in rows}


def _chosen(tables: Mapping[str, Table], layer: Layer | None, table: str | None) -> list[Table]:
    names = shown(", ".join(tables), NAMES_SHOWN)
    if table is not None:
        if table not in tables:
            raise FileUnreadable("table-missing", table=shown(table), tables=names)
        return [tables[table]]
    ours = [tables[one] for one in MAP_LAYERS if one in tables and layer in (None, one)]
    if not ours and len(tables) != 1:
        raise FileUnreadable("table-ambiguous" if tables else "table-none", tables=names)
    return ours or list(tables.values())


def _datum_of(tables: list[Table]) -> Datum | None:
    datums = {srs_datum(*table.srs) for table in tables}
    if len(datums) > 1:
        raise FileUnreadable("datum-mixed", datums=", ".join(sorted(one.name if one else "?" for one in datums)))
    return datums.pop()


def _rows(connection: sqlite3.Connection, tables: list[Table], layer: Layer | None, limits: Limits) -> Iterator[Row]:
    features = size = 0
    for table in tables:
        cursor = connection.execute(f"SELECT * FROM {_quoted(table.name)}")  # noqa: S608 - quoted
        columns = [column[0] for column in cursor.description]
        for number, values in enumerate(cursor, start=1):
            features += 1
            size += sum(len(value) for value in values if isinstance(value, str | bytes))
            if features > limits.features:
                raise FileUnreadable("features-too-many", features=features, limit=limits.features)
            if size > limits.bytes:
                raise FileUnreadable("file-too-large", bytes=size, limit=limits.bytes)
            yield _row(number, dict(zip(columns, values, strict=True)), table, layer or table.layer, limits)


def _row(number: int, properties: dict[str, object], table: Table, stated: Layer | None, limits: Limits) -> Row:
    blob = properties.pop(table.geometry, None)
    layer = None
    try:
        layer = layer_of(properties, stated)
        return Row(number=number, layer=layer, properties=properties, geometry=geometry_of(blob, limits.vertices))
    except RowRefused as refusal:
        return Row(number=number, layer=layer, properties=properties, problem=problem_of(refusal, number, layer))
