"""Which column of a foreign file fills which of our fields, where nobody said it?

Only where one column alone can be meant and it can mean one field alone; everything else stays open. The caller shows
the guess before anything is written.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

from geo.files.rows import Found, Wish
from geo.files.synonyms import ANY, FIELDS
from geo.model import Layer

SHORTEST_CUT = 3
"""Letters of a cut name that still say something."""


def fields(found: Found, wish: Wish) -> dict[str, str]:
    """Our field -> their column, for the fields that the file has no column for and that were not stated."""
    layer = wish.layer or found.layer
    if found.is_plan or layer is None:
        return {}
    known = {field: names for field, names in _synonyms(layer).items() if field in found.places or field not in ANY}
    open_ = known.keys() - wish.mapping.keys() - wish.constants.keys() - set(found.columns)
    free = [column for column in found.columns if column not in known and column not in wish.mapping.values()]
    pairs = [(field, column) for column in free for field in _meant(column, known, is_cut=column in found.cut)]
    of_field, of_column = Counter(field for field, _ in pairs), Counter(column for _, column in pairs)
    return {
        field: column for field, column in pairs if field in open_ and of_field[field] == 1 and of_column[column] == 1
    }


def _meant(column: str, known: Mapping[str, frozenset[str]], *, is_cut: bool) -> Iterable[str]:
    """The fields a column may mean: by its whole name, else by what is left of it."""
    name = plain(column)
    exact = [field for field, names in known.items() if name in names]
    if exact or not is_cut or len(name) < SHORTEST_CUT:
        return exact
    return [field for field, names in known.items() if any(one.startswith(name) for one in names)]


def plain(name: str) -> str:
    """A name without case, width, spaces and signs: `Grid_Code`, `grid code` and full-width letters are one."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", name).casefold() if letter.isalnum())


@cache
def _synonyms(layer: Layer) -> dict[str, frozenset[str]]:
    return {field: frozenset(map(plain, names.split())) for field, names in {**FIELDS[layer], **ANY}.items()}
