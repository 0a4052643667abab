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
    except OSError as error:
        if error.errno not in OF_THE_DISK:
            raise
        raise FileUnwritable("file-not-written", name=target.name, reason=error.strerror or "") from error


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
