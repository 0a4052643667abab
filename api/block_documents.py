"""How are the blocks of a plan told? With what stands on them and whose they are in the plan as it is now."""

from collections.abc import Sequence
from typing import Any

import shapely

from api.shapes import feature
from geo.block_counts import BlockCount, block_counts
from geo.redraw.board import Board
from geo.store.plan_blocks import Block


def features(board: Board, page: Sequence[Block], beside: Sequence[Block]) -> list[dict[str, Any]]:
    """Blocks as GeoJSON features. `beside` are all blocks of their communities: a building counts in one of them,
    whichever of them are told."""
    west, south, east, north = shapely.total_bounds([block.shape for block in beside]).tolist()
    buildings = board.surroundings.buildings_in((west, south, east, north))
    found = block_counts([block.shape for block in beside], buildings, [*board.grids.values()])
    counts = {block.id: count for block, count in zip(beside, found, strict=True)}
    return [_feature(block, counts[block.id]) for block in page]


def _feature(block: Block, count: BlockCount) -> dict[str, Any]:
    told = {
        "community": block.community,
        "households": count.households,
        "buildings": count.buildings,
        "grid": count.grid,
    }
    return {**feature(None, block.shape, told), "id": block.id}
