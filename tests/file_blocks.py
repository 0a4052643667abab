"""Which parts of docs/files.md follow from the code? `python tests/file_blocks.py` writes them anew.

Each stands between two comments of its name: the catalogue's texts about rows and notes, the synonyms, the limits.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from api.texts import formats, notes, rows
from geo.files import limits
from geo.files.limits import BODY, FILE, MIB, STREAM
from geo.files.synonyms import ANY, FIELDS
from geo.store.streaming import LARGE

PAGE = Path(__file__).parents[1] / "docs" / "files.md"
VALUE = re.compile(r"\{(\w+)[^}]*\}")


def blocks() -> dict[str, str]:
    """Each part by its name."""
    return {
        "synonyms": _table(("layer", "field", "names that are taken for it"), _synonyms()),
        "notes": _table(("note", "what it says"), _texts(notes.TEXTS)),
        "rows": _table(("problem", "what it says"), _texts({**rows.ROWS, **formats.ROWS})),
        "limits": _table(("limit", "a file", "what is received as a body", "a stream"), _limits()),
        "fixed": _table(("limit", "value"), _fixed()),
    }


def written(page: str) -> str:
    """The page with every part as it should be. Raises ValueError where one has no place."""
    for name, text in blocks().items():
        mark = f"<!-- {name} -->"
        before, _, rest = page.partition(f"{mark}\n")
        _, found, after = rest.partition(mark)
        if not found:
            raise ValueError(f"no place for {name}")
        page = f"{before}{mark}\n{text}\n{mark}{after}"
    return page


def _table(header: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    head = [*header]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *lines))


def _texts(texts: Mapping[str, tuple[str, str]]) -> Iterable[tuple[str, str]]:
    for id_, (_, english) in sorted(texts.items()):
        said = VALUE.sub(lambda value: f"‹{value[1]}›", english).replace("|", "\\|")
        yield f"`{id_.removeprefix('note.')}`", said


def _synonyms() -> Iterable[tuple[str, str, str]]:
    yield from (("any table", field, _joined(field, names)) for field, names in ANY.items())
    for layer, fields in FIELDS.items():
        yield from ((layer.value, field, _joined(field, names)) for field, names in fields.items())


def _joined(field: str, names: str) -> str:
    return ", ".join(name for name in names.split() if name != field)


def _limits() -> Iterable[tuple[str, str, str, str]]:
    def line(title: str, name: str, unit: int = 1) -> tuple[str, str, str, str]:
        file, body, stream = (f"{getattr(one, name) // unit:,}" for one in (FILE, BODY, STREAM))
        return title, file, body, stream

    yield line("MiB", "bytes", MIB)
    yield line("MiB, where the format is read as a whole (GeoJSON, KML, DXF, XLSX)", "whole", MIB)
    yield line("rows", "features")
    yield line("vertices of one row", "vertices")
    yield line("vertices of all rows", "all_vertices")
    yield line("rings of one shape", "rings")
    yield line("columns", "columns")
    yield line("cells of a sheet, as a rectangle", "cells")
    yield line("characters of a text", "text")
    yield line("characters of a code", "code")
    yield line("members of an archive", "entries")
    yield line("MiB of an archive, unpacked", "inflated", MIB)


def _fixed() -> Iterable[tuple[str, str]]:
    yield "times its size that an archive may unpack to", f"{limits.RATIO}, from {limits.RATIO_FROM // MIB} MiB on"
    yield "rows of a sheet among which its header is looked for", str(limits.HEADER_ROWS)
    yield "households of one building", f"{limits.MOST_HOUSEHOLDS:,}"
    yield "levels of one building", str(limits.MOST_LEVELS)
    yield "MiB of files from which on their rows are streamed", str(LARGE // MIB)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
