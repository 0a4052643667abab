"""Of which format is this file, folder or archive, and what does its reader find in it?

Told by content first, by the name's ending where content says nothing. Members of archives become files with names of
ours in a folder that is gone afterwards; archives in archives are refused.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from zipfile import ZipInfo

from geo.files import archive, csv_table, dxf, geojson, gpkg, kml, shp, through_gdal, xlsx
from geo.files.limits import NAMES_SHOWN
from geo.files.refusals import FileUnreadable, shown
from geo.files.rows import Found, Wish
from geo.files.shp import Parts

HEAD_BYTES = 4096
JSON_SUFFIXES = (".geojson", ".json", *geojson.LINE_SUFFIXES)
SHAPEFILE_PARTS = (".shp", ".dbf", ".prj", ".cpg", ".shx")
MEMBERS = (".shp", ".gpkg", ".kml", ".fgb", ".dxf", ".xlsx", *JSON_SUFFIXES, *csv_table.SUFFIXES)
"""Endings of what is looked for in an archive."""
TEXT_MARKS = (b"\xff\xfe", b"\xfe\xff")


@contextmanager
def opened(path: Path, wish: Wish) -> Iterator[Found]:
    """What a file or a folder holds; `FileUnreadable` for what cannot be taken as a whole. Open while rows are read."""
    if path.is_dir():
        yield shp.found(Parts.beside(_of_folder(path, wish)), wish)
        return
    with _opened(path, path.name, wish) as found:
        yield found


@contextmanager
def opened_bytes(data: bytes, name: str, wish: Wish) -> Iterator[Found]:
    """The same for an upload: `name` is only told back, and its ending looked at."""
    if len(data) > wish.limits.bytes:
        raise FileUnreadable("file-too-large", bytes=len(data), limit=wish.limits.bytes)
    with tempfile.TemporaryDirectory(prefix="wangge-") as folder:
        path = Path(folder) / f"upload{_suffix(name)}"
        path.write_bytes(data)
        with _opened(path, name, wish) as found:
            yield found


@contextmanager
def _opened(path: Path, name: str, wish: Wish, *, in_archive: bool = False) -> Iterator[Found]:
    head = _head(path, name, wish)
    if head.startswith((archive.MAGIC, archive.END)):
        with _of_archive(path, name, wish, in_archive=in_archive) as found:
            yield found
    elif head.startswith(through_gdal.FGB_MAGIC):
        _refuse_table(name, wish)
        through_gdal.refuse_markup(head, name)
        with through_gdal.found(path, wish) as found:
            yield found
    elif dxf.is_dxf(head):
        through_gdal.refuse_markup(head, name)
        with dxf.found(path, wish) as found:
            yield found
    elif head.startswith(gpkg.MAGIC):
        with gpkg.found(path, wish) as found:
            yield found
    else:
        _refuse_table(name, wish)
        yield _plain(path, name, head, wish)


def _plain(path: Path, name: str, head: bytes, wish: Wish) -> Found:
    """Formats that need nothing kept open."""
    suffix = path.suffix.lower()
    if head.startswith(shp.MAGIC) or suffix == ".shp":
        return shp.found(Parts.beside(path), wish)
    if b"\x00" in head and not head.startswith(TEXT_MARKS):
        raise FileUnreadable("format-unknown", name=name)
    if suffix == ".kml" or b"<kml" in head:
        return kml.found(path, wish)
    if suffix in csv_table.SUFFIXES:
        return csv_table.found(path, wish)
    if (size := path.stat().st_size) > wish.limits.whole:
        raise FileUnreadable("file-too-large", bytes=size, limit=wish.limits.whole)
    return geojson.found(path.read_bytes(), name, wish.layer, wish.encoding, wish.limits)


def _head(path: Path, name: str, wish: Wish) -> bytes:
    """The first bytes of a regular file that is not too large."""
    try:
        if not path.exists():
            raise FileUnreadable("file-missing", name=name)
        if not path.is_file():
            raise FileUnreadable("file-not-regular", name=name)
        if (size := path.stat().st_size) > wish.limits.bytes:
            raise FileUnreadable("file-too-large", bytes=size, limit=wish.limits.bytes)
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError as error:
        raise FileUnreadable("file-no-permission", name=name) from error


def _refuse_table(name: str, wish: Wish) -> None:
    if wish.table is not None:
        raise FileUnreadable("table-not-in-format", name=name)


def _of_folder(folder: Path, wish: Wish) -> Path:
    """The only shapefile of a folder, or the one that `table` names."""
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".shp" and path.is_file())
    except OSError as error:
        raise FileUnreadable("file-no-permission", name=folder.name) from error
    if not files:
        raise FileUnreadable("folder-none", name=folder.name or str(folder))
    return folder / _chosen([path.name for path in files], wish.table)


@contextmanager
def _of_archive(path: Path, name: str, wish: Wish, *, in_archive: bool) -> Iterator[Found]:
    members = archive.members(path, wish.limits)
    if xlsx.BOOK in members:
        yield xlsx.found(path, wish)
        return
    if in_archive:
        raise FileUnreadable("archive-nested", name=name)
    candidates = [member for member in members if member.lower().endswith(MEMBERS)]
    chosen, inner = _member(candidates, wish)
    with tempfile.TemporaryDirectory(prefix="wangge-") as folder:
        for member, entry in _together(chosen, members).items():
            archive.unpack(path, entry, Path(folder) / f"member{_suffix(member)}", wish.limits)
        with _opened(Path(folder) / f"member{_suffix(chosen)}", name, inner, in_archive=True) as found:
            yield found


def _member(candidates: list[str], wish: Wish) -> tuple[str, Wish]:
    """The member to read, and the wish for it: where only one can be meant, `table` may speak of what is inside it."""
    if len(candidates) == 1 and wish.table is not None and wish.table not in _names(candidates[0]):
        return candidates[0], wish
    return _chosen(candidates, wish.table), replace(wish, table=None)


def _chosen(names: list[str], table: str | None) -> str:
    """The only name, or the one that `table` says: whole, without its folder, without its ending."""
    told = shown(", ".join(names), NAMES_SHOWN)
    fitting = names if table is None else [name for name in names if table in _names(name)]
    if not names:
        raise FileUnreadable("archive-none", formats=", ".join(MEMBERS))
    if len(fitting) == 1:
        return fitting[0]
    if table is not None and not fitting:
        raise FileUnreadable("table-missing", table=shown(table), tables=told)
    raise FileUnreadable("table-ambiguous", tables=told)


def _names(name: str) -> tuple[str, ...]:
    return name, PurePosixPath(name).name, PurePosixPath(name).stem


def _together(chosen: str, members: Mapping[str, ZipInfo]) -> dict[str, ZipInfo]:
    """A member, with the other files of the same shapefile."""
    if not chosen.lower().endswith(".shp"):
        return {chosen: members[chosen]}
    stem = chosen[:-4].lower()
    return {
        name: entry for name, entry in members.items() if name[:-4].lower() == stem and _suffix(name) in SHAPEFILE_PARTS
    }


def _suffix(name: str) -> str:
    """The ending of a name, where it is one of those that are known."""
    suffix = PurePosixPath(name).suffix.lower()
    return suffix if suffix in (*MEMBERS, *SHAPEFILE_PARTS, ".kmz", ".zip") else ""
