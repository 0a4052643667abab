"""What is a plan again after several steps are taken back, or done again, in one go?"""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from geo.model import Grid, Region
from geo.store import steps
from geo.store.drafts import Draft

Way = Literal["undo", "redo"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """Grids and regions that are again as they were, codes that are no more; `based` where regions have another base
    than before."""

    grids: tuple[Grid, ...]
    gone: frozenset[str]
    regions: tuple[Region, ...]
    based: bool
    draft: Draft


def put_back(session: Session, draft: Draft, actor: str, way: Way, count: int) -> Back:
    """Take back the last `count` steps of a locked plan, or do the next ones again. Raises WrongState, NothingToUndo,
    NothingToRedo."""
    move = steps.undo if way == "undo" else steps.redo
    grids, regions, gone, based = dict[str, Grid](), dict[str, Region](), set[str](), False
    for _ in range(count):
        one = move(session, draft, actor)
        grids = {code: grid for code, grid in grids.items() if code not in one.gone}
        grids |= {grid.code: grid for grid in one.grids}
        gone = (gone | one.gone) - grids.keys()
        regions |= {region.code: region for region in one.regions}
        based, draft = based or bool(one.base), one.draft
    return Back(
        grids=tuple(grids.values()),
        gone=frozenset(gone),
        regions=tuple(regions.values()),
        based=based,
        draft=draft,
    )
