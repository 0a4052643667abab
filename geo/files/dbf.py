"""Which attributes does a dBase table hold, to the last digit?

Read by ourselves: codes of twenty digits stay exact, names cut in the midst of a character lose only that
character, and damage costs its row. Format: dBase III and IV, as shapefiles use it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from geo.files import encodings
from geo.files.encodings import Hints
from geo.files.limits import Limits
from geo.files.refusals import FileUnreadable
from geo.files.rows import Encoding
from geo.files.table_rows import columns_of

HEADER_BYTES, FIELD_BYTES, NAME_BYTES = 32, 32, 11
LONGEST_NAME = 10
END_OF_FIELDS = 0x0D
DELETED = b"*"
AT_ONCE = 10_000
INTEGER = re.compile(rb"([+-]?[0-9]+)(?:\.0*)?")
DECIMAL = re.compile(rb"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
DAY = re.compile(rb"([0-9]{4})([0-9]{2})([0-9]{2})")
FLAGS = {b"Y": True, b"y": True, b"T": True, b"t": True, b"N": False, b"n": False, b"F": False, b"f": False}


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its name as bytes, its letter, where its bytes stand in a record."""

    name: bytes
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Dbf:
    """A table ready to be read: `columns` as decoded, `count` of records that are there."""

    path: Path
    fields: list[Field]
    columns: list[str]
    cut: frozenset[str]
    encoding: Encoding | None
    start: int
    length: int
    count: int

    def records(self) -> Iterator[Mapping[str, object] | None]:
        """Each record in order, None for one marked as deleted."""
        name = self.encoding.name if self.encoding else "ascii"
        reads = [(column, one.start, one.end, _reader(one.kind, name))
                 for column, one in zip(self.columns, self.fields, strict=True)]  # fmt: skip
        for block in _blocks(self.path, self.start, self.length, self.count):
            for at in range(0, len(block), self.length):
                record = block[at : at + self.length]
                yield (
                    None
                    if record[:1] == DELETED
                    else {column: read(record[start:end]) for column, start, end, read in reads}
                )


def opened(path: Path, hints: Hints, limits: Limits) -> Dbf:
    """The table of a file; `FileUnreadable` where its header makes no sense."""
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES)
        length, start = int.from_bytes(head[10:12], "little"), int.from_bytes(head[8:10], "little")
        described = file.read(max(start - HEADER_BYTES, 0))
    fields = _fields(described, path)
    if len(head) < HEADER_BYTES or not fields or length < fields[-1].end:
        raise FileUnreadable("dbf-damaged", name=path.name)
    there = max(path.stat().st_size - start, 0) // length
    count = min(int.from_bytes(head[4:8], "little"), there)
    hints = Hints(hints.stated, hints.mark, hints.cpg, head[29])
    encoding = _encoding(path, fields, hints, (start, length, count))
    name = encoding.name if encoding else "ascii"
    given = columns_of([encodings.text_of(one.name, name) for one in fields], limits)
    columns = [column or f"#{at}" for at, column in enumerate(given, start=1)]
    cut = frozenset(
        column
        for column, one in zip(columns, fields, strict=True)
        if len(one.name) >= LONGEST_NAME - (not one.name.isascii())
    )
    return Dbf(path, fields, columns, cut, encoding, start, length, count)


def _fields(described: bytes, path: Path) -> list[Field]:
    fields: list[Field] = []
    at, start = 0, 1
    while at + FIELD_BYTES <= len(described) and described[at] != END_OF_FIELDS:
        one = described[at : at + FIELD_BYTES]
        kind = chr(one[11])
        length = one[16] + (256 * one[17] if kind == "C" else 0)  # long texts keep the rest of their length there
        if not length:
            raise FileUnreadable("dbf-damaged", name=path.name)
        fields.append(Field(one[:NAME_BYTES].partition(b"\x00")[0].rstrip(), kind, start, start + length))
        at, start = at + FIELD_BYTES, start + length
    return fields


def _encoding(path: Path, fields: list[Field], hints: Hints, place: tuple[int, int, int]) -> Encoding | None:
    texts = [one.name for one in fields if not one.name.isascii()]
    letters = [one for one in fields if one.kind == "C"]
    is_utf8 = all(_is_utf8(text) for text in texts)
    size = 0
    for block in _blocks(path, *place):
        if block.isascii():
            continue
        for value in _values(block, letters, place[1]):
            is_utf8 = is_utf8 and _is_utf8(value)
            if size < encodings.SAMPLE:
                texts.append(value)
                size += len(value)
        if size >= encodings.SAMPLE and not is_utf8:
            break
    names = len([one for one in fields if not one.name.isascii()])
    return encodings.encoding_of(hints, texts[names:] + texts[:names], is_utf8=is_utf8)


def _values(block: bytes, letters: list[Field], length: int) -> Iterator[bytes]:
    for at in range(0, len(block), length):
        for one in letters:
            value = block[at + one.start : at + one.end].rstrip(b" \x00")
            if not value.isascii():
                yield value


def _is_utf8(value: bytes) -> bool:
    """Whether a value is UTF-8, but for a character cut at its end."""
    try:
        value.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return True


def _blocks(path: Path, start: int, length: int, count: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        for first in range(0, count, AT_ONCE):
            yield file.read(length * min(AT_ONCE, count - first))


def _reader(kind: str, encoding: str) -> Callable[[bytes], object]:
    match kind:
        case "C":
            return lambda raw: encodings.text_of(raw.rstrip(b" \x00"), encoding) or None
        case "N" | "F":
            return _number
        case "D":
            return _day
        case "L":
            return FLAGS.get
        case "I":
            return lambda raw: int.from_bytes(raw, "little", signed=True)
        case "M" | "G" | "P" | "B" | "@" | "0":  # kept in files of their own, or times of databases
            return lambda _: None
        case _:
            return lambda raw: encodings.text_of(raw.strip(b" \x00"), encoding) or None


def _number(raw: bytes) -> object:
    """A whole number exactly, another as float; None for nothing or a row of stars, the text for what is no number."""
    bare = raw.strip(b" \x00")
    if match := INTEGER.fullmatch(bare):
        return int(match[1])
    if DECIMAL.fullmatch(bare):
        return float(bare)
    return encodings.text_of(bare, "ascii") if bare.strip(b"*") else None


def _day(raw: bytes) -> object:
    """`20240501` as `2024-05-01`; None for nothing."""
    bare = raw.strip(b" \x00")
    match = DAY.fullmatch(bare)
    return (
        b"-".join(match.groups()).decode()
        if match and bare.strip(b"0")
        else encodings.text_of(bare.strip(b"0"), "ascii") or None
    )
