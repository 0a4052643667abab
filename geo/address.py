"""Are two addresses the same, however they are written; and which known ones are like this one?

Same: equal in Unicode's compatibility form, without spaces, in any case, with the usual other signs for number,
building, unit and dash. Numbers written as words stay words: that would be a guess.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from heapq import nsmallest

from rapidfuzz import fuzz, process

MOST_CANDIDATES = 5
LEAST_LIKENESS = 75.0
"""Of 100 (share of letters kept in order): below it another street is meant."""
MOST_COMPARED = 2_000
"""Known texts that one unknown text is compared with: those that share its rarest pairs of letters."""
RAREST = 4
"""Pairs of letters of a text by which others are looked up."""
SIGNS = str.maketrans("號樓棟幢層單區縣鎮鄉門臺#‐‑–—―−", "号楼栋栋层单区县镇乡门台号------")
"""Points and commas stay: 1.2 and 12 are two doors."""


@lru_cache(maxsize=65_536)
def normal(address: str) -> str:
    """The form in which two writings of one address are equal."""
    folded = unicodedata.normalize("NFKC", address).casefold()
    return "".join(folded.translate(SIGNS).split())


class Book:
    """Known addresses (or names), each with the id of what has it; empty ones are nobody's."""

    def __init__(self, known: Iterable[tuple[str, str]]) -> None:
        self._ids: dict[str, dict[str, None]] = defaultdict(dict)
        for text, id in known:
            if form := normal(text):
                self._ids[form][id] = None

    def of(self, text: str) -> Sequence[str]:
        """Ids of all that have the same address, in the order given; none for an unknown one."""
        return list(self._ids.get(normal(text), ()))

    def candidates(self, text: str) -> Sequence[str]:
        """One id for each of a few known addresses that are most like this one, the likest first."""
        return self._like(normal(text))

    @lru_cache(maxsize=4_096)  # noqa: B019 - one book a run; lists repeat their addresses
    def _like(self, form: str) -> tuple[str, ...]:
        pairs = [pair for pair in _pairs(form) if pair in self._index]
        near: dict[int, None] = {}
        for pair in nsmallest(RAREST, pairs, key=lambda pair: len(self._index[pair])):
            near |= dict.fromkeys(self._index[pair][: MOST_COMPARED - len(near)])
        forms = {place: self._forms[place] for place in near}
        found = process.extract(form, forms, scorer=fuzz.ratio, score_cutoff=LEAST_LIKENESS, limit=MOST_CANDIDATES)
        return tuple(dict.fromkeys(next(iter(self._ids[self._forms[place]])) for _, _, place in found))

    @cached_property
    def _forms(self) -> list[str]:
        return list(self._ids)

    @cached_property
    def _index(self) -> dict[str, list[int]]:
        """Places in `_forms` of the texts that hold a pair of letters."""
        found: dict[str, list[int]] = defaultdict(list)
        for place, form in enumerate(self._forms):
            for pair in _pairs(form):
                found[pair].append(place)
        return dict(found)


def _pairs(form: str) -> list[str]:
    return list(dict.fromkeys(form[at : at + 2] for at in range(len(form) - 1)))
