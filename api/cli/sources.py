"""How are the files of a command read, as its options or a profile say?"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import typer

from geo.datum import Datum
from geo.files import Reading, read, read_batches
from geo.footprints import Estimate


def readings_as(files: Iterable[Path], how: Mapping[str, Any]) -> list[Reading]:
    """The rows of the files, read as the members of `how` say (those of a profile). Raises a Refusal."""
    return [read(file, **_keywords(how)) for file in files]


def batches_as(files: Iterable[Path], how: Mapping[str, Any]) -> Iterator[Reading]:
    """The same rows, some thousands at a time. Raises a Refusal, also after some batches."""
    for file in files:
        yield from read_batches(file, **_keywords(how))


def _keywords(how: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "layer": how.get("layer"),
        "table": how.get("table"),
        "datum": None if how.get("datum") is None else Datum.parse(how["datum"]),
        "encoding": how.get("encoding"),
        "mapping": how.get("fields") or {},
        "constants": how.get("constants") or {},
    }


def estimate_of(stated: str | None) -> Estimate | None:
    """`default`, or some of `m2=90,floors=3,share=1` with the rest as the rule has it."""
    if stated is None or stated == "default":
        return None if stated is None else Estimate()
    known = {field.name: float if field.type is float else int for field in fields(Estimate)}
    values: dict[str, Any] = {}
    for part in stated.split(","):
        name, _, value = part.partition("=")
        try:
            values[name] = known[name](value)
        except (KeyError, ValueError):
            raise typer.BadParameter(f"{part} is none of {', '.join(known)} with a number") from None
    try:
        return Estimate(**values)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
