"""In which encoding are these texts written, and how is that known?

In this order: stated by the caller, a byte order mark, a code page file, the language byte of a dBase table, UTF-8
where everything decodes as it, else a guess between the two old Chinese ones. GBK is read as its superset.
"""

import codecs
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from geo.files.limits import MIB, SAMPLES
from geo.files.refusals import FileUnreadable, shown
from geo.files.rows import Encoding

MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
PAGES = {"936": "gb18030", "950": "big5", "54936": "gb18030", "65001": "utf-8", "utf8": "utf-8", "utf-8": "utf-8"}
"""Code page numbers, as `.cpg` files and people write them, without `ANSI`, `OEM`, `CP` before them."""
LANGUAGE_BYTES = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5"}
"""Of a dBase header, those that name a Chinese code page; the rest is written at random by many programs."""
WIDE = ("utf-16", "utf-32")
"""Encodings whose damage cannot be kept as surrogates."""
GBK = frozenset({"gbk", "gb2312"})
CANDIDATES = ("gb18030", "big5")
SAMPLE = 1 * MIB
"""Characters by which candidates are compared."""
WORST, FEW, MANY = 0.01, 2, 0.3
"""Share of characters that may be damaged before the encoding is the wrong one; how many in any case; and in none."""
REPLACED = "\ufffd"
ESCAPED = range(0xDC80, 0xDD00)
"""How Python keeps bytes that do not decode (`surrogateescape`)."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known before the texts are looked at: stated by the caller, a mark, a `.cpg`, a language byte."""

    stated: str | None = None
    mark: str | None = None
    cpg: str | None = None
    language_byte: int = 0


def known(name: str) -> str:
    """Python's name of an encoding in any usual spelling; `FileUnreadable` for none, or one of no text."""
    bare = name.strip().lower().removeprefix("ansi").removeprefix("oem").strip(" _-:").removeprefix("cp")
    try:
        found = codecs.lookup(PAGES.get(bare, name.strip())).name
        b"\x80\xff".decode(found, "surrogateescape" if not found.startswith(WIDE) else "replace")
    except (LookupError, ValueError, TypeError) as error:
        raise FileUnreadable("encoding-unknown", encoding=shown(name)) from error
    return "gb18030" if found in GBK else found


def mark_of(head: bytes) -> str | None:
    """The encoding that a byte order mark at the start names."""
    return next((name for mark, name in MARKS.items() if head.startswith(mark)), None)


def encoding_of(hints: Hints, texts: Sequence[bytes], *, is_utf8: bool) -> Encoding | None:
    """The encoding of texts of which some are not ASCII (`texts`: a share of those); None where all are ASCII.

    `is_utf8`: everything decodes as it. `FileUnreadable` where the stated encoding, or any, leaves too much undecoded.
    """
    name, how = _hinted(hints)
    if not texts and how != "stated":
        return Encoding(name, how) if how == "mark" else None
    if not name:
        name, how = ("utf-8", "utf-8") if is_utf8 else (_guessed(texts), "guess")
    bad, letters = _damage(texts, name)
    if _is_wrong(bad, letters):
        if how != "stated":
            raise FileUnreadable("encoding-unclear", encoding=name, share=round(bad / letters, 3))
        raise FileUnreadable("text-not-in-encoding", encoding=shown(hints.stated), position=_first_bad(texts, name))
    return Encoding(name, how, tuple(_samples(texts, name)))


def text_of(data: bytes, name: str) -> str:
    """A text decoded; a character cut at its end is dropped, other bad bytes are kept as surrogates."""
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        text = data.decode(name, "surrogateescape" if not name.startswith(WIDE) else "replace")
        is_cut = error.reason in {"incomplete multibyte sequence", "unexpected end of data"}
        return text.rstrip("".join(map(chr, ESCAPED))) if is_cut else text


def _hinted(hints: Hints) -> tuple[str, str]:
    if hints.stated is not None:
        return known(hints.stated), "stated"
    if hints.mark is not None:
        return hints.mark, "mark"
    if hints.cpg:
        try:
            return known(hints.cpg), "cpg"
        except FileUnreadable:
            pass  # a page nobody knows says nothing
    name = LANGUAGE_BYTES.get(hints.language_byte)
    return (name, "language-byte") if name else ("", "")


def _guessed(texts: Sequence[bytes]) -> str:
    """The candidate that leaves the fewest bytes undecoded, and of these the one that reads like common Chinese."""
    return min(CANDIDATES, key=lambda name: (_is_wrong(*_damage(texts, name)), -_commonness(texts, name)))


def _damage(texts: Sequence[bytes], name: str) -> tuple[int, int]:
    """How many characters are none, of how many that are not ASCII."""
    letters = [letter for letter in _decoded(texts, name) if letter > "\x7f"]
    return sum(ord(letter) in ESCAPED or letter == REPLACED for letter in letters), len(letters)


def _is_wrong(bad: int, letters: int) -> bool:
    """Whether so much damage says that the encoding is another one; in a short text a character or two may be bad."""
    return bad > max(FEW, WORST * letters) or bad > MANY * letters


def _commonness(texts: Sequence[bytes], name: str) -> float:
    """Share of characters that stand in the first level of GB 2312, or of Big5: the ones in daily use."""
    plane, first, last = {"gb18030": ("gb2312", 0xB0, 0xD7), "big5": ("big5", 0xA4, 0xC6)}[name]
    letters = [letter for letter in _decoded(texts, name) if letter > "\x7f"]
    leads = [lead[0] for letter in letters if (lead := letter.encode(plane, "ignore"))]
    return sum(first <= lead <= last for lead in leads) / max(len(letters), 1)


def _decoded(texts: Iterable[bytes], name: str) -> Iterator[str]:
    for text in texts:
        yield from text_of(text, name)


def _first_bad(texts: Sequence[bytes], name: str) -> int:
    """Where the first text that does not decode breaks off, bytes from its start."""
    for text in texts:
        try:
            text.decode(name)
        except UnicodeDecodeError as error:
            return error.start
    return 0


def _samples(texts: Sequence[bytes], name: str) -> Iterator[str]:
    different = dict.fromkeys(shown(text_of(text, name).strip()) for text in texts)
    return iter([text for text in different if text][:SAMPLES])
