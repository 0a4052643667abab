"""What was asked of an import? As it stands in the job, and as the rooms below want it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from api.how import keywords
from api.imported import Wish
from api.texts import Language
from geo.files import Reading, read, read_batches
from geo.footprints import Estimate
from geo.store.order import Mode, Order


class Asked(BaseModel):
    """The parameters of `POST /v1/imports`; `language` is that of the texts in the answer."""

    model_config = ConfigDict(frozen=True)
    name: str
    layer: str | None = None
    table: str | None = None
    datum: str | None = None
    encoding: str | None = None
    fields: Mapping[str, str] = {}
    constants: Mapping[str, str] = {}
    level: str = "community"
    scheme: str | None = None
    snap: bool = False
    mode: Mode = Mode.ADD
    within: str | None = None
    estimate: str | None = None
    yes: bool = False
    strict: bool = False
    dry_run: bool = False
    publish: bool = False
    provisional: bool = False
    reason: str = ""
    language: Language = "en"


def readings(asked: Asked, path: Path) -> list[Reading]:
    """The rows of the uploaded file at `path`. Raises a Refusal."""
    return [replace(read(path, **keywords(plain(asked))), source=asked.name)]


def batches(asked: Asked, path: Path) -> Iterator[Reading]:
    """The same rows, some thousands at a time. Raises a Refusal, also after some batches."""
    for found in read_batches(path, **keywords(plain(asked))):
        yield replace(found, source=asked.name)


def order(asked: Asked) -> Order:
    """How the rows are to be taken."""
    return Order(
        snap=asked.snap,
        mode=asked.mode,
        within=asked.within,
        level=asked.level,
        scheme=asked.scheme,
        estimate=None if asked.estimate is None else Estimate.parse(asked.estimate),
    )


def wish(asked: Asked) -> Wish:
    """What is to become of them."""
    return Wish(publish=asked.publish, provisional=asked.provisional, strict=asked.strict, sure=asked.yes)


def plain(asked: Asked) -> dict[str, Any]:
    """For the job's row and its document."""
    return asked.model_dump(mode="json")
