"""Which ground do the blocks mean that an edit names?

Blocks have ids where they are kept; an edit has their ground alone, so that whatever becomes of the blocks it is the
same edit.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeAlias

import numpy as np
import shapely
from shapely import Polygon

from geo.arrangement import Arrangement, joined
from geo.model import Ground
from geo.redraw.members import EditMalformed, listed, text
from geo.redraw.refused import EditRefused
from geo.redraw.snapping import MOST_VERTICES

Blocks: TypeAlias = Mapping[str, Polygon]
"""The ground of blocks by their ids, on the lattice."""

MEMBER: Final = "blocks"
MOST_BLOCKS: Final = 2000
"""Blocks that one edit names: a community of 50,000 households has some thousand."""
NO_BLOCKS: Final[Blocks] = MappingProxyType({})
_ids = listed(text, 1, MOST_BLOCKS)


def named(edits: Sequence[object]) -> set[str]:
    """The ids of blocks that edits may name, as they come; whether they are sound is judged when they are read."""
    lists = [edit.get(MEMBER) for edit in edits if isinstance(edit, dict)]
    return {one for ids in lists if isinstance(ids, list) for one in ids[:MOST_BLOCKS] if isinstance(one, str)}


def each(value: object, pointer: str, blocks: Blocks) -> tuple[Polygon, ...]:
    """The ground of each block of a list of ids, once.

    Refuses `block-missing` (block: the first that there is not), `edit-vertices-too-many` (vertices, most), and as
    `geo.redraw.members.listed` of texts.
    """
    ids = dict.fromkeys(_ids(value, pointer))
    if unknown := [id for id in ids if id not in blocks]:
        raise EditRefused("block-missing", block=unknown[0])
    shapes = tuple(blocks[id] for id in ids)
    count = int(shapely.get_num_coordinates(np.array(shapes, dtype=object)).sum())
    if count > MOST_VERTICES:
        raise EditMalformed("edit-vertices-too-many", pointer=pointer, vertices=count, most=MOST_VERTICES)
    return shapes


def together(value: object, pointer: str, blocks: Blocks) -> Ground:
    """The ground of all blocks of a list of ids. Refuses as `each`."""
    shapes = each(value, pointer, blocks)
    # blocks of two regions need not have every node of their common border
    return joined([face.shape for face in Arrangement.of(shapes).faces if face.over])
