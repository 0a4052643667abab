"""What may somebody mean who types a word: which region, grid, building or facility has such a code, name or address?

Hits come in this order: 1. the code is the word; 2. the name or the address is it; 3. the code begins with it; 4. the
name begins with it; 5. the name holds it; 6. the address holds it; 7. the code holds it; 8. of several words, each
stands somewhere in code, name or address (they count as one piece first). Then regions, grids, buildings, facilities;
then the shorter text (that the rarest word stands in, of several words); then the code.

Work is bounded: a word that is everywhere ends with the hits wanted, one that is nowhere is sieved out, and of several
words the first `MOST_LOOKED` hits of the rarest are looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from heapq import merge
from itertools import islice
from typing import NamedTuple

from geo.address import normal
from geo.findable import COLUMNS, Entry, How, Things, made
from geo.lines import Place
from geo.model import Layer

__all__ = ["MOST", "Entry", "Finder", "Found", "How", "Match", "made"]

MOST = 20
"""Hits of one search at most."""
MOST_LOOKED = 5_000
"""Hits of the rarest of several words that are looked at: some hundredths of a second."""


class Match(StrEnum):
    """How a hit was found, best first."""

    CODE = "code"
    WHOLE = "whole"
    CODE_BEGINS = "code-begins"
    NAME_BEGINS = "name-begins"
    NAME = "name"
    ADDRESS = "address"
    CODE_HOLDS = "code-holds"
    WORDS = "words"


class Found(NamedTuple):
    """One hit, and what it was found by."""

    entry: Entry
    match: Match


TIERS: Mapping[Match, tuple[Place, Sequence[str]]] = {
    Match.CODE: (Place.WHOLE, ("code",)),
    Match.WHOLE: (Place.WHOLE, ("name", "address")),
    Match.CODE_BEGINS: (Place.HEAD, ("code",)),
    Match.NAME_BEGINS: (Place.HEAD, ("name",)),
    Match.NAME: (Place.INSIDE, ("name",)),
    Match.ADDRESS: (Place.INSIDE, ("address",)),
    Match.CODE_HOLDS: (Place.INSIDE, ("code",)),
}
"""Where a hit of each kind stands; `Match.WORDS` follows."""


class Finder(Things):
    """What can be found in one published state, made of the arrays of `made`; immutable."""

    def search(self, text: str, layer: Layer | None = None, limit: int = MOST) -> list[Found]:
        """The best hits of what was typed, at most `limit` (1 to 20), of one layer if given."""
        found: dict[int, Match] = {}
        for number, match in self._ranked(text, layer):
            found.setdefault(number, match)
            if len(found) >= min(limit, MOST):
                break
        return [Found(self.entry(number), match) for number, match in found.items()]

    def _ranked(self, text: str, layer: Layer | None) -> Iterator[tuple[int, Match]]:
        """Numbers of things, the best first; one that is a hit in several ways comes several times."""
        needle = normal(text)
        if not needle:
            return
        for match, (place, columns) in TIERS.items():
            for number in self._hits(needle, place, columns, layer):
                yield number, match
        words = sorted({normal(word) for word in text.split()} - {""}, key=self._room)
        if words[1:] or len(text.split()) > 1:
            for number in islice(self._hits(words[0], Place.INSIDE, COLUMNS, layer), MOST_LOOKED):
                if self._holds(number, words[1:]):
                    yield number, Match.WORDS

    def _hits(self, needle: str, place: Place, columns: Sequence[str], layer: Layer | None) -> Iterator[int]:
        """Numbers of the things with the needle in one of the columns: by layer, then the shorter, then by code."""
        ordered = merge(*(self._in_column(needle, place, column, layer) for column in columns))
        return (number for _, _, number in ordered)

    def _in_column(self, needle: str, place: Place, column: str, layer: Layer | None) -> Iterator[tuple[int, int, int]]:
        lines = self.columns[column]
        for line in lines.hits(needle, place, *self.span(column, layer)):
            number = int(lines.numbers[line])
            yield self.layer(number), len(lines.line(line)), number

    def _room(self, word: str) -> tuple[int, str]:
        return sum(lines.room(word) for lines in self.columns.values()), word

    def _holds(self, number: int, words: Sequence[str]) -> bool:
        text = normal(self.text(number))
        return all(word in text for word in words)
