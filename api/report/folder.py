"""How do the files of a report come to lie in their folder, all of them or none?"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson

from api.report.bad_rows import BadRow, csv_of
from geo.files import FileUnwritable
from geo.files.whole import replacing

DOCUMENT, REFUSED, PICTURE, PAGE = "report.json", "refused.csv", "map.svg", "report.html"
"""The files of a report."""


def write_report(
    folder: Path,
    document: Mapping[str, Any],
    refused: Sequence[BadRow],
    picture: str,
    page: str,
) -> list[Path]:
    """Write `report.json`, `refused.csv`, `map.svg` and `report.html` (the page); returns their paths.

    The folder is made where it is missing. Files of these names are replaced, nothing else is touched; no file takes
    its name before all are written. Raises FileUnwritable.
    """
    contents = {
        DOCUMENT: orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE),
        REFUSED: csv_of(refused),
        PICTURE: picture.encode("utf-8", "replace"),
        PAGE: page.encode("utf-8", "replace"),
    }
    _make(folder)
    with ExitStack() as stack:
        for name, content in contents.items():
            stack.enter_context(replacing(folder / name)).write_bytes(content)
    return [folder / name for name in contents]


def write_page(target: Path, page: str) -> None:
    """Write the page alone. Raises FileUnwritable."""
    with replacing(target) as draft:
        draft.write_bytes(page.encode("utf-8", "replace"))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except PermissionError as error:
        raise FileUnwritable("file-no-permission", name=folder.name) from error
    except (FileExistsError, NotADirectoryError) as error:
        raise FileUnwritable("file-no-folder", name=folder.name) from error
