"""Was any byte of this file changed since it was written, and which certificate does it carry?

A sealed file holds one text of `MARK` and 64 hexadecimal digits: the SHA-256 of the whole file with zeros in their
place. GeoJSON has it as its last member, a GeoPackage in a row of a table of ours. Anybody can seal a file: a seal is
no signature.
"""

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from secrets import token_hex
from typing import Any, Final, NoReturn

from geo.files import gpkg, json_text
from geo.files.limits import FILE, Limits
from geo.files.refusals import FileUnreadable, FileUnwritable

MARK: Final = b"wangge-seal-sha256:"
DIGITS: Final = 64
UNSEALED: Final = MARK + b"0" * DIGITS
SEALS: Final = re.compile(re.escape(MARK) + rb"([0-9a-f]{%d})" % DIGITS)
MOST_SEALS: Final = 16
"""Names of things may look like seals; a file with more of them is taken as having none."""
SUFFIXES: Final = (".geojson", ".json", ".gpkg")
"""Endings of files that carry a certificate."""
CERTIFICATE_LINE: Final = b'\n"certificate":'
SEAL_LINE: Final = b',\n"seal":"'
TABLE: Final = "wangge_certificate"
STEPS: Final = 5
"""Millions of SQLite steps that finding the certificate may cost: the table could be a view that loops."""
CREATE: Final = (
    f"CREATE TABLE {TABLE} (id INTEGER PRIMARY KEY NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL)",
    f"""INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)
    VALUES ('{TABLE}', 'attributes', '{TABLE}', 'What wangge verify proves', 0)""",  # noqa: S608 - a constant
)
INSERT: Final = f"INSERT INTO {TABLE} (name, value) VALUES (?, ?)"  # noqa: S608 - a constant
FIND: Final = f"SELECT value FROM {TABLE} WHERE name = 'certificate' LIMIT 2"  # noqa: S608 - a constant


class Seal(StrEnum):
    WHOLE = "whole"
    BROKEN = "broken"
    MISSING = "missing"


def state(data: bytes) -> Seal:
    """Whether the bytes are those that were sealed."""
    found = [match.span(1) for match in SEALS.finditer(data)]
    if not 0 < len(found) <= MOST_SEALS:
        return Seal.MISSING
    return Seal.WHOLE if any(_digest(data, start, end) == data[start:end] for start, end in found) else Seal.BROKEN


def sealed(pieces: Iterable[bytes], certificate: Mapping[str, Any]) -> Iterator[bytes]:
    """A GeoJSON text without its last brace, then certificate and seal as its last members."""
    total = hashlib.sha256()
    for piece in pieces:
        total.update(piece)
        yield piece
    before = b"," + CERTIFICATE_LINE + _text(certificate).encode() + SEAL_LINE
    after = b'"}\n'
    total.update(before + UNSEALED + after)
    yield before + MARK + total.hexdigest().encode() + after


def seal_gpkg(path: Path, certificate: Mapping[str, Any]) -> None:
    """Put the certificate into a GeoPackage that nobody has open, and seal it. Raises FileUnwritable."""
    unsealed = MARK + token_hex(DIGITS // 2).encode()  # stands nowhere else in the file, whatever things are called
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("BEGIN")
            for statement in CREATE:
                connection.execute(statement)
            rows = [("certificate", _text(certificate)), ("seal", unsealed.decode())]
            connection.executemany(INSERT, rows)
            connection.execute("COMMIT")
            connection.execute("PRAGMA journal_mode = DELETE").fetchall()
            connection.execute("VACUUM")  # no old page keeps a second seal, or anything else
    except sqlite3.Error as error:
        raise FileUnwritable("file-not-written", name=path.name, reason=str(error)) from error
    data = path.read_bytes()
    start = data.index(unsealed) + len(MARK)
    with path.open("r+b") as file:
        file.seek(start)
        file.write(_digest(data, start, start + DIGITS))


def read_whole(path: Path, limits: Limits = FILE) -> bytes:
    """All bytes of a regular file that is not too large. Raises FileUnreadable."""
    try:
        if not path.is_file():
            raise FileUnreadable("file-not-regular" if path.exists() else "file-missing", name=path.name)
        if (size := path.stat().st_size) > limits.bytes:
            raise FileUnreadable("file-too-large", bytes=size, limit=limits.bytes)
        with path.open("rb") as file:
            return file.read(limits.bytes)
    except OSError as error:
        raise FileUnreadable("file-no-permission", name=path.name) from error


def is_gpkg(data: bytes) -> bool:
    return data.startswith(gpkg.MAGIC)


def certificate_in(data: bytes, name: str, limits: Limits = FILE) -> dict[str, Any]:
    """The certificate that a sealed file carries. Raises FileUnreadable."""
    text = _of_gpkg(data) if is_gpkg(data) else _of_geojson(data)
    if text is None:
        raise FileUnreadable("certificate-missing", name=name)
    return certificate_of(text, limits)


def certificate_of(data: bytes, limits: Limits = FILE) -> dict[str, Any]:
    """A JSON object, read strictly. Raises FileUnreadable."""
    text = json_text.decoded(data, None)
    json_text.refuse_depth(text, limits)
    try:
        told = json.loads(text, parse_constant=_no_number)
    except ValueError as error:
        raise FileUnreadable("certificate-not-json") from error
    if not isinstance(told, dict):
        raise FileUnreadable("certificate-not-json")
    return told


def _digest(data: bytes, start: int, end: int) -> bytes:
    """The SHA-256 of the bytes with zeros from `start` to `end`, as hexadecimal digits."""
    view = memoryview(data)
    total = hashlib.sha256(view[:start])
    total.update(b"0" * (end - start))
    total.update(view[end:])
    return total.hexdigest().encode()


def _text(certificate: Mapping[str, Any]) -> str:
    return json.dumps(certificate, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _of_geojson(data: bytes) -> bytes | None:
    """The text between the two last lines' names: no JSON text has a line feed inside."""
    start, end = data.rfind(CERTIFICATE_LINE), data.rfind(SEAL_LINE)
    return data[start + len(CERTIFICATE_LINE) : end] if 0 <= start < end else None


def _of_gpkg(data: bytes) -> bytes | None:
    """Read from memory, so that nothing beside the file has a word in it."""
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(data)
            connection.execute("PRAGMA trusted_schema = OFF")
            steps = iter(range(STEPS))
            connection.set_progress_handler(lambda: next(steps, None) is None, 1_000_000)
            connection.text_factory = bytes
            rows = connection.execute(FIND).fetchall()
    except (sqlite3.Error, OverflowError):
        return None
    return rows[0][0] if len(rows) == 1 and isinstance(rows[0][0], bytes) else None


def _no_number(_: str) -> NoReturn:
    raise ValueError
