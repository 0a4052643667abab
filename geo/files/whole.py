"""How does a file come to be all there or not at all?"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.files.refusals import FileUnwritable


@contextmanager
def replacing(target: Path, suffix: str = "") -> Iterator[Path]:
    """A path beside `target` to write to; moved over it once the block ends well, and gone if it does not.

    The bytes are on the disk before the name changes. A link is followed. `suffix` is what the writer wants its name to
    end in. `FileUnwritable` where it cannot be done.
    """
    target = target.resolve()
    if target.exists() and not target.is_file():
        raise FileUnwritable("file-not-regular", name=target.name)
    if not target.parent.is_dir():
        raise FileUnwritable("file-no-folder", name=target.name)
    try:
        with tempfile.TemporaryDirectory(prefix=".wangge-", dir=target.parent) as folder:
            draft = Path(folder) / f"plan{suffix}"
            yield draft
            _to_disk(draft)
            draft.replace(target)
        _to_disk(target.parent)
    except PermissionError as error:
        raise FileUnwritable("file-no-permission", name=target.name) from error


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
