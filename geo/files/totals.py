"""Is this row of a list the sum of the others?

A list of a street office ends in a row of totals. It is never a building or a grid, and is told as what it is.
"""

from collections.abc import Iterable

WORDS = frozenset(
    {"合计", "总计", "共计", "小计", "累计", "总数", "合计:", "总计:", "合计：", "总计：", "total", "sum"}
)


def word(cells: Iterable[object]) -> str | None:
    """The word by which a row says that it is one of totals; None for any other row."""
    for cell in cells:
        if isinstance(cell, str) and (bare := "".join(cell.split()).casefold()) in WORDS:
            return bare
    return None
