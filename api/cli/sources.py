"""How are the files of a command read, as its options or a profile say?"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from api.how import keywords
from geo.files import Reading, read, read_batches


def readings_as(files: Iterable[Path], how: Mapping[str, Any]) -> list[Reading]:
    """The rows of the files, read as the members of `how` say (those of a profile). Raises a Refusal."""
    return [read(file, **keywords(how)) for file in files]


def batches_as(files: Iterable[Path], how: Mapping[str, Any]) -> Iterator[Reading]:
    """The same rows, some thousands at a time. Raises a Refusal, also after some batches."""
    for file in files:
        yield from read_batches(file, **keywords(how))
