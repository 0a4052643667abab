"""Options that several verbs share: how a file is read."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from geo.datum import Datum
from geo.files import Reading, read

Layer = Annotated[
    str | None, typer.Option(help="What the rows are: region, grid, building, facility, line, water or person")
]
Table = Annotated[str | None, typer.Option(help="Which table, sheet, drawing layer, or file of an archive or folder")]
DatumName = Annotated[str | None, typer.Option(help="wgs84, cgcs2000, gcj02, bd09 or EPSG:n; over what the file says")]
Crs = Annotated[str | None, typer.Option(help="The same as --datum, as EPSG:n")]
Encoding = Annotated[str | None, typer.Option(help="Encoding of texts, such as GBK; over what the file says")]
Fields = Annotated[list[str] | None, typer.Option("--field", help="OURS=THEIRS: our field from their column")]
Constants = Annotated[list[str] | None, typer.Option("--set", help="OURS=VALUE: our field, the same for every row")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout and nothing else")]


def readings(
    files: Iterable[Path],
    layer: str | None,
    table: str | None,
    datum: str | None,
    encoding: str | None,
    fields: Sequence[str] | None,
    constants: Sequence[str] | None,
) -> list[Reading]:
    """The rows of the files. Raises a Refusal for a file that cannot be read, typer.BadParameter for wrong use."""
    stated = None if datum is None else Datum.parse(datum)
    return [
        read(
            file,
            layer=layer,
            table=table,
            datum=stated,
            encoding=encoding,
            mapping=pairs(fields, "--field"),
            constants=dict(pairs(constants, "--set")),
        )
        for file in files
    ]


def pairs(given: Sequence[str] | None, option: str) -> dict[str, str]:
    """`["a=B"]` -> `{"a": "B"}`."""
    found: dict[str, str] = {}
    for item in given or ():
        name, equals, value = item.partition("=")
        if not equals or not name or name in found:
            raise typer.BadParameter(f"{option} wants NAME=VALUE, each name once, not {item}")
        found[name] = value
    return found
