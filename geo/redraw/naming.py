"""Which part keeps a code, what codes do new grids get, and how is a grid called?"""

from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import count as from_number
from itertools import islice
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import code as codes
from geo.measure import areas_m2
from geo.model import Grid, Ground
from geo.owned import owned
from geo.redraw.board import Board, Keeps, Outcome
from geo.redraw.edits import MOST_CODE, Recode, Set
from geo.redraw.refused import EditRefused

FREE: Final = "free"
SAME_M2 = 0.01
"""Ground is compared in so many square metres: below is the rounding of doubles."""


def grid_of(board: Board, code: str) -> Grid:
    """The grid of a code. Refuses `grid-missing` (code)."""
    if code not in board.grids:
        raise EditRefused("grid-missing", code=code)
    return board.grids[code]


def keeper(parts: Sequence[Ground], board: Board) -> int | None:
    """Which of the parts keeps the code: the one with more households, then with more ground, then the one further
    west, then further north. None where all get new codes.

    Where a building is declared to belong says nothing here: its grid is the one that is cut up.
    """
    if board.codes.keeps is Keeps.NONE:
        return None
    west, _, _, north = shapely.bounds(np.asarray(parts, dtype=object)).T
    ground = np.rint(areas_m2(parts) / SAME_M2)
    return int(np.lexsort((-north, west, -ground, -_households(parts, board)))[0])


def _households(parts: Sequence[Ground], board: Board) -> NDArray[np.float64]:
    """Households of each part (n,)."""
    west, south, east, north = shapely.total_bounds(np.asarray(parts, dtype=object)).tolist()
    buildings = board.surroundings.buildings_in((west, south, east, north))
    # no building declares such a grid: codes are printable
    grids = [Grid(code=f"\n{number:06}", region="", shape=part) for number, part in enumerate(parts)]
    found = owned(buildings, grids)
    total = np.zeros(len(parts) + 1)
    np.add.at(total, found.grid + 1, np.maximum(found.households, 0))
    return total[1:]


def next_codes(board: Board, region: str, count: int, stated: Sequence[str] = ()) -> list[str]:
    """Codes for so many new grids of a region: those that are stated, then the next free ones.

    Refuses `codes-too-many` (count, stated), what `checked` refuses, `sequence-full` (region, scheme, longer), and
    `code-needed` (region, scheme) where codes of the scheme cannot be numbered in the region and have to be stated.
    """
    if len(stated) > count:
        raise EditRefused("codes-too-many", count=count, stated=len(stated))
    given = dict[str, None]()
    for code in stated:
        given[checked(board, region, code, given)] = None
    return [*given, *_next(board, region, given.keys(), count - len(given))]


def checked(board: Board, region: str, code: str, besides: Collection[str] = ()) -> str:
    """A code that somebody states for a new grid. `besides` are codes that are given along with it.

    Refuses `code-malformed` (code, scheme, length, prefix: a length of 0 is any, and so is an empty prefix) and
    `code-taken` (code): a code is never given twice.
    """
    scheme = _scheme(board, region)
    known, own = codes.SCHEMES[scheme], codes.community(region)
    printable = code == code.strip() and code.isprintable() and 0 < len(code) <= MOST_CODE
    prefix = own if own and known.community else None
    if not (printable and codes.is_well_formed(scheme, code) and prefix in (None, codes.prefix(scheme, code))):
        raise EditRefused("code-malformed", code=code, scheme=scheme, length=known.length, prefix=prefix or "")
    if code in besides or _is_taken(board, code):
        raise EditRefused("code-taken", code=code)
    return code


def recoded(board: Board, edit: Recode) -> Outcome:
    """A grid under another code, which was never given before; the old one is gone. Refuses what `checked` refuses."""
    grid = grid_of(board, edit.start)
    if edit.end == edit.start:
        return Outcome()
    code = checked(board, grid.region, edit.end)
    return Outcome(grids=(replace(grid, code=code),), gone=frozenset({edit.start}))


def named(board: Board, edit: Set) -> Outcome:
    """A grid of another name or kind."""
    grid = grid_of(board, edit.grid)
    name = grid.name if edit.name is None else edit.name
    changed = replace(grid, name=name, kind=edit.kind or grid.kind)
    return Outcome() if changed == grid else Outcome(grids=(changed,))


def _scheme(board: Board, region: str) -> str:
    """The scheme in force; one that is not known binds nothing."""
    stated = board.codes.schemes.get(region, FREE)
    return stated if stated in codes.SCHEMES else FREE


def _is_taken(board: Board, code: str) -> bool:
    return code in board.codes.given or code in board.grids or code in board.regions


def _next(board: Board, region: str, besides: AbstractSet[str], count: int) -> list[str]:
    """So many free codes; those that are given besides are taken."""
    scheme = _scheme(board, region)
    if codes.SCHEMES[scheme].length:
        return _numbered(board, region, besides, count)
    made = (f"{region}-{number}" for number in from_number(1))
    found = [*islice((code for code in made if code not in besides and not _is_taken(board, code)), count)]
    if found and len(found[-1]) > MOST_CODE:
        raise EditRefused("code-needed", region=region, scheme=scheme)
    return found


def _numbered(board: Board, region: str, besides: AbstractSet[str], count: int) -> list[str]:
    scheme, own = _scheme(board, region), codes.community(region)
    # only these are read digit by digit: a city has given very many codes
    near = [code for code in (*board.codes.given, *board.grids, *besides) if own and own in code]
    object, found = _object(scheme, own, near), list[str]()
    try:
        for _ in range(count):
            found.append(codes.next_free(scheme, region, [*near, *found], object))
    except codes.SequenceFull as error:
        longer = codes.SCHEMES[scheme].longer
        raise EditRefused("sequence-full", region=region, scheme=scheme, longer=longer) from error
    except ValueError as error:
        raise EditRefused("code-needed", region=region, scheme=scheme) from error
    return found


def _object(scheme: str, own: str | None, near: Sequence[str]) -> str:
    """The object's code that most grids of the region have, where the scheme has one."""
    parsed = [codes.parse(scheme, text) for text in near]
    found = [one.object for one in parsed if one and one.community == own]
    return max(sorted(set(found)), key=found.count, default="")
