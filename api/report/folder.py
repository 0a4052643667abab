"""How do the files of a report come to lie in their folder, all of them or none?"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from api.report.bad_rows import BadRow, csv_of
from api.report.page import page
from api.texts import Language
from geo.files import FileUnwritable
from geo.files.whole import replacing

DOCUMENT, REFUSED, PICTURE, PAGE = "report.json", "refused.csv", "map.svg", "report.html"
"""The files of a report."""


def write_report(
    folder: Path,
    document: Mapping[str, Any],
    refused: Sequence[BadRow],
    picture: str,
    language: Language,
    *,
    title: str,
    made: datetime | None = None,
) -> list[Path]:
    """Write `report.json`, `refused.csv`, `map.svg` and `report.html`; returns their paths.

    The folder is made where it is missing. Files of these names are replaced, nothing else is touched; no file takes
    its name before all are written. Raises FileUnwritable.
    """
    told = page(document, refused, picture, language, title=title, made=made)
    contents = {
        DOCUMENT: orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE),
        REFUSED: csv_of(refused),
        PICTURE: picture.encode("utf-8", "replace"),
        PAGE: told.encode("utf-8", "replace"),
    }
    _make(folder)
    with ExitStack() as stack:
        for name, content in contents.items():
            stack.enter_context(replacing(folder / name)).write_bytes(content)
    return [folder / name for name in contents]


def write_page(
    target: Path,
    document: Mapping[str, Any],
    refused: Sequence[BadRow],
    picture: str,
    language: Language,
    *,
    title: str,
    made: datetime | None = None,
) -> None:
    """Write the page alone. Raises FileUnwritable."""
    told = page(document, refused, picture, language, title=title, made=made)
    with replacing(target) as draft:
        draft.write_bytes(told.encode("utf-8", "replace"))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except PermissionError as error:
        raise FileUnwritable("file-no-permission", name=folder.name) from error
    except (FileExistsError, NotADirectoryError) as error:
        raise FileUnwritable("file-no-folder", name=folder.name) from error
