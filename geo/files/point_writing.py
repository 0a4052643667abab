"""How does a table of points with answers beside it become a file?"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from geo.files import write_matched
from geo.files.geojson import LINE_SUFFIXES
from geo.files.point_files import ARROW_SUFFIXES
from geo.files.points import Rows
from geo.files.whole import replacing
from geo.files.write_points import FORMS, Ours, cells, named, plain

SUFFIXES = (*write_matched.SUFFIXES, *LINE_SUFFIXES, *ARROW_SUFFIXES[:2])
Put = Callable[[Rows, Ours], None]


@contextmanager
def writer(path: Path, theirs: Sequence[str], ours: Sequence[str]) -> Iterator[Put]:
    """Where portions go, in the form that the name's ending says; the file is there once the block ends well."""
    suffix = path.suffix.lower()
    if suffix in write_matched.SUFFIXES:
        with write_matched.writer(path, [*theirs, *named(theirs, ours)]) as put:
            yield lambda rows, told: put(
                replace(rows.portion, columns=cells(rows, theirs)), [plain(column) for column in told.values()]
            )
        return
    form = FORMS["arrow" if suffix in ARROW_SUFFIXES else "ndjson"](theirs)
    with replacing(path, suffix=suffix) as draft, draft.open("wb") as file:
        yield lambda rows, told: _put(file.write, form.portion(rows, told))
        file.write(form.ended())


def _put(write: Callable[[bytes], int], part: bytes) -> None:
    write(part)
