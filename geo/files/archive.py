"""What is in an archive, and is it safe to unpack?

Members are read by name into files whose names are ours; nothing is ever extracted to where an archive says. Sizes are
checked in the directory and again while unpacking, since a directory may lie.
"""

import errno
import zipfile
import zlib
from pathlib import Path

from geo.files.limits import MIB, RATIO, RATIO_FROM, Limits
from geo.files.refusals import FileUnreadable, shown

MAGIC = b"PK\x03\x04"
END, END_64 = b"PK\x05\x06", b"PK\x06\x07"
END_BYTES, END_64_BYTES, COMMENT_BYTES = 22, 20, 65_535
ENTRY_BYTES = 512
"""Of the directory for one entry: 46 and its name; more than this on average is no honest archive."""
ENCRYPTED, UTF8 = 0x1, 0x800
PIECE = 1 * MIB


def members(path: Path, limits: Limits) -> dict[str, zipfile.ZipInfo]:
    """The files of an archive by name, `/` between folders; `FileUnreadable` for one that is not to be opened."""
    _refuse_long_directory(path, limits)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise FileUnreadable("archive-damaged", name=path.name) from error
    if len(entries) > limits.entries:
        raise FileUnreadable("archive-entries-too-many", entries=len(entries), limit=limits.entries)
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise FileUnreadable("archive-encrypted", name=path.name)
    _refuse_size(sum(entry.file_size for entry in entries), path.stat().st_size, limits)
    for entry in entries:
        _refuse_size(entry.file_size, entry.compress_size, limits)
    return _by_name(entries)


def unpack(path: Path, entry: zipfile.ZipInfo, to: Path, limits: Limits) -> None:
    """Write one member to a file of our own; `FileUnreadable` as soon as it is more than it said, or damaged."""
    size = 0
    try:
        with zipfile.ZipFile(path) as archive, archive.open(entry) as member, to.open("xb") as file:
            while piece := member.read(PIECE):
                size += len(piece)
                _refuse_size(size, entry.compress_size, limits)
                file.write(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, FileUnreadable):
            raise
        raise FileUnreadable("archive-damaged", name=path.name) from error
    except OSError as error:  # a place before the beginning of the file
        if error.errno != errno.EINVAL:
            raise
        raise FileUnreadable("archive-damaged", name=path.name) from error


def _refuse_size(size: int, packed: int, limits: Limits) -> None:
    if size > limits.inflated:
        raise FileUnreadable("archive-too-large", bytes=size, limit=limits.inflated)
    if size > RATIO_FROM and size > RATIO * packed:
        raise FileUnreadable("archive-ratio", ratio=size // max(packed, 1), limit=RATIO)


def _refuse_long_directory(path: Path, limits: Limits) -> None:
    """Before the directory is read at all: its length stands at the end of the file."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - COMMENT_BYTES - END_BYTES - END_64_BYTES))
        tail = file.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) < at + END_BYTES:
        raise FileUnreadable("archive-damaged", name=path.name)
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    is_64 = tail[max(0, at - END_64_BYTES) : at].startswith(END_64)
    if is_64 or length > limits.entries * ENTRY_BYTES:
        entries = int.from_bytes(tail[at + 10 : at + 12], "little")
        raise FileUnreadable("archive-entries-too-many", entries=entries, limit=limits.entries)


def _by_name(entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """Without what other systems hide in archives: folders of notes, names that begin with a dot."""
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        name = _name(entry).replace("\\", "/")
        if name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith("."):
            continue
        if name in found:
            raise FileUnreadable("archive-name-twice", member=shown(name))
        found[name] = entry
    return found


def _name(entry: zipfile.ZipInfo) -> str:
    """The name a person meant: without the flag of UTF-8 it was written in the sender's own code page."""
    name = entry.filename
    if entry.flag_bits & UTF8 or name.isascii():
        return name
    raw = name.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name
