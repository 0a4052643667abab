"""Which grid owns each facility?

One owner each, by the rule of points: closed test, proven ground first, smallest code on ties. An area belongs to the
grid with its largest share; by the same order on ties.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely

from geo.findable import How
from geo.model import Building, Facility, Grid, Standing
from geo.owned import owned


def owners(facilities: Sequence[Facility], grids: Sequence[tuple[Grid, Standing]]) -> list[tuple[str, How] | None]:
    """The code of the owner of each facility and by which rule; None where no grid owns it."""
    # the rule of footprints is this one, but for the proven first: codes that say so put them first
    ranked = [replace(grid, code=f"{int(standing is not Standing.PROVEN)}{grid.code}") for grid, standing in grids]
    found = owned([Building(id=one.id, shape=one.shape) for one in facilities], ranked)
    solid = shapely.get_dimensions(np.array([one.shape for one in facilities], dtype=object)) == 2
    return [
        None if grid < 0 else (found.codes[grid][1:], How.SHARE if is_area else How.POINT)
        for grid, is_area in zip(found.grid.tolist(), solid.tolist(), strict=True)
    ]
