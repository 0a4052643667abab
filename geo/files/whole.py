"""How does a file come to be all there or not at all?"""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.files.refusals import FileUnwritable

OF_THE_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})
"""What a disk may answer to a write: no room, too large, read only, broken. Anything else is a mistake of ours."""


@contextmanager
def replacing(target: Path, suffix: str = "", *, optional: bool = False) -> Iterator[Path]:
    """A path beside `target` to write to; moved over it once the block ends well, and gone if it does not.

    The bytes are on the disk before the name changes. A link is followed. `suffix` is what the writer wants its name to
    end in. `optional`: where nothing was written, no file is the result, and an old one goes. `FileUnwritable` where it
    cannot be done.
    """
    target = target.resolve()
    with beside(target) as folder:
        draft = folder / f"plan{suffix}"
        yield draft
        if optional and not draft.exists():
            target.unlink(missing_ok=True)
        else:
            moved(draft, target)


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """An empty folder on the disk of `target`, gone at the end; `FileUnwritable` for what the disk answers in it."""
    if target.exists() and not target.is_file():
        raise FileUnwritable("file-not-regular", name=target.name)
    if not target.parent.is_dir():
        raise FileUnwritable("file-no-folder", name=target.name)
    try:
        with tempfile.TemporaryDirectory(prefix=".wangge-", dir=target.parent) as folder:
            yield Path(folder)
    except PermissionError as error:
        raise FileUnwritable("file-no-permission", name=target.name) from error
    except OSError as error:
        if error.errno not in OF_THE_DISK:
            raise
        raise FileUnwritable("file-not-written", name=target.name, reason=error.strerror or "") from error


def moved(draft: Path, target: Path) -> None:
    """Give a file that is written its name, once its bytes are on the disk."""
    _to_disk(draft)
    draft.replace(target)
    _to_disk(target.parent)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
