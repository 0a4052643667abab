"""How do grids and regions get onto the lattices of tiles, publication after publication?

Lazily: a zoom of a matrix is derived when somebody asks for it, from where it was left. Each publication that changed
ground is one transaction, so that a process may end at any time and others may derive at once; old numbers keep what
they had.
"""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geo.matrix import MATRICES, Matrix
from geo.store.published import current_publication
from geo.store.tables import edition, region
from geo.store.tile_division import Division, division, kept
from geo.store.tile_drawing import Drawing
from geo.store.tile_grounds import Grounds
from geo.store.tile_outlines import outlines
from geo.store.tile_parts import alone, count, lacks, reach, reached
from geo.store.tile_rows import Rows
from geo.store.touched import turns

CHANGING = (edition, region)
"""Tables whose rows change ground, or what it is a part of."""


def derive(engine: Engine, matrix: str, zoom: int, publication: int) -> None:
    """All that lacks of a zoom of a matrix (`geo.matrix.MATRICES`) up to a publication; quick where nothing does.

    Waits for another process that is at the same. Raises StoreUnavailable.
    """
    added = 0
    while lacks(engine, matrix, str(zoom), publication):
        with alone(engine, matrix, str(zoom)) as work:
            rows, is_last = _derive_next(work, MATRICES[matrix], zoom, publication)
            added += rows
            if is_last:  # telling the planner reads a tenth of all shapes: once, not after every publication
                count(work, added)


def _derive_next(session: Session, matrix: Matrix, zoom: int, publication: int) -> tuple[int, bool]:
    """The next publication that changed ground, and those after it that changed none: how many rows that added, and
    whether nothing lacks any more."""
    done, upto = reached(session, matrix.name, str(zoom)), min(publication, current_publication(session))
    if done >= upto:
        return 0, True
    steps = turns(session, CHANGING, done, upto)
    added = _redraw(session, matrix, zoom, steps[0]) if steps else 0
    reach(session, matrix.name, str(zoom), steps[1] - 1 if len(steps) > 1 else upto)
    return added, len(steps) <= 1


def _redraw(session: Session, matrix: Matrix, zoom: int, number: int) -> int:
    """What a publication changed; how many rows that added."""
    old, new = division(session, zoom, number - 1), division(session, zoom, number)
    changed, gone = _changes(old, new, {} if new.has_grids else kept(session, number))
    grounds, rows = Grounds(session), Rows(session, matrix, zoom)
    were = [old.pieces[one] for one in sorted({*changed, *gone} & old.pieces.keys())]
    grounds.read(were, old)
    before = {subject for piece in were for subject in grounds.subjects(piece, old)}
    ground = grounds.boundaries(edition for piece in were for edition in piece.editions)
    drawing = Drawing(matrix, number, new, grounds, rows)
    drawing.draw(changed, before, ground)
    shapes = drawing.shapes | outlines(drawing, old, changed)
    left = (before | (old.shown - new.shown)) - shapes.keys() - new.shown
    return rows.replace(shapes, left, number)


def _changes(old: Division, new: Division, same: dict[int, int]) -> tuple[list[int], list[int]]:
    """The regions whose pieces are other ones than before, and those that have none any more. `same`: editions that
    have the ground of the one before."""
    changed = []
    for divided, piece in new.pieces.items():
        was = old.pieces.get(divided)
        editions = tuple(sorted(same.get(one, one) for one in piece.editions))
        if was is None or (was.subject, was.editions) != (piece.subject, editions):
            changed.append(divided)
    return sorted(changed), sorted(old.pieces.keys() - new.pieces.keys())
