"""What does a check of published regions look at?"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import shapely
from sqlalchemy import Engine

from geo.lookup import Map
from geo.model import Grid, Plan
from geo.store import things
from geo.store.connect import reachable, session
from geo.store.known import buildings_on


def published_plan(engine: Engine, state: Map, divided: Sequence[str]) -> tuple[Plan, list[Grid]]:
    """The grids of some divided regions with the buildings on their ground; and the grids round about.

    Raises StoreUnavailable.
    """
    ground = [state.boundaries[code] for code in divided]
    if not ground:
        return Plan(), []
    with reachable(), session(engine) as work:
        buildings = things.buildings(work, state.publication, meets=ground)
    box = shapely.box(*shapely.total_bounds(np.asarray(ground, dtype=object)))
    around = [code for code, shape in state.boundaries.items() if code not in divided and box.intersects(shape)]
    return Plan(
        regions=tuple(replace(state.regions[code], shape=state.boundaries[code]) for code in divided),
        grids=tuple(holding.grid for code in divided for holding in state.by_region.get(code, [])),
        buildings=tuple(buildings_on(buildings, ground)),
    ), [holding.grid for code in around for holding in state.by_region.get(code, [])]
