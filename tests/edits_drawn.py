"""Random edits of an open plan, sound ones and faulty ones, as planners make them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import shapely

from geo.changes import Change
from geo.lattice import to_degrees, to_steps
from geo.layout import Layout
from geo.model import Building, Grid, GridKind, Ground

Thing = TypeVar("Thing")
KINDS = tuple(GridKind)


class Editor:
    """Draws edits for a plan as it stands; grids that were taken away may come back."""

    def __init__(self, layout: Layout, chance: np.random.Generator) -> None:
        self._layout, self._chance, self._lost = layout, chance, list[Grid]()
        self._edits = (
            self._move_everywhere,
            self._move_everywhere,
            self._move_everywhere,
            self._move_alone,
            self._take_away,
            self._bring_back,
            self._bring_back,
            self._other_attributes,
            self._twin,
            self._cross,
            self._pierce,
            self._outline,
            self._move_home,
            self._recount,
            self._demolish,
            self._build,
            self._move_facility,
        )

    def draw(self) -> tuple[str, Change]:
        """One edit and its name."""
        while True:
            draw = self._edits[int(self._chance.integers(len(self._edits)))]
            if (edit := draw()) is not None:
                return draw.__name__, edit

    def _one(self, things: Sequence[Thing]) -> Thing:
        return things[int(self._chance.integers(len(things)))]

    @property
    def _grids(self) -> list[Grid]:
        return [grid for code in sorted(self._layout.grids) for grid in self._layout.grids[code]]

    @property
    def _buildings(self) -> list[Building]:
        return [one for id_ in sorted(self._layout.buildings) for one in self._layout.buildings[id_]]

    def _step(self) -> np.ndarray:
        """Some way in lattice steps: one step as often as some metres."""
        reach = int(self._one((1, 1, 30, 1000)))
        return self._chance.integers(-reach, reach + 1, 2)

    def _move_everywhere(self) -> Change:
        """A node of a grid in every grid and outline that has it."""
        node = shapely.get_coordinates(self._one(self._grids).shape)
        place, step = node[int(self._chance.integers(len(node)))], self._step()
        point = (place[0], place[1], place[0], place[1])
        near = [one for code in self._layout.places.meeting([point]) for one in self._layout.grids[code]]
        outlined = [self._layout.regions[c] for c in self._layout.bounds.meeting([point]) if c in self._layout.regions]
        return Change(
            grids=[replace(one, shape=_moved(one.shape, place, step)) for one in near],
            regions=[replace(one, shape=_moved(one.shape, place, step)) for one in outlined if one.shape is not None],
        )

    def _move_alone(self) -> Change:
        grid = self._one(self._grids)
        node = shapely.get_coordinates(grid.shape)
        return Change(grids=[replace(grid, shape=_moved(grid.shape, self._one(node), self._step()))])

    def _take_away(self) -> Change | None:
        if len(self._grids) < 20:
            return None
        self._lost.append(grid := self._one(self._grids))
        return Change(gone=frozenset({grid.code}))

    def _bring_back(self) -> Change | None:
        return Change(grids=[self._lost.pop()]) if self._lost else None

    def _other_attributes(self) -> Change:
        grid = self._one(self._grids)
        region = self._one(self._layout.divided) if self._chance.random() < 0.3 else grid.region
        return Change(grids=[replace(grid, kind=self._one(KINDS), region=region)])

    def _twin(self) -> Change:
        """The same ground under another code, or another grid's code for it too."""
        grid, other = self._one(self._grids), self._one(self._grids)
        self._lost.append(grid)
        twin = replace(other, shape=grid.shape)
        return Change(grids=[twin] if self._chance.random() < 0.7 else [grid, replace(other, code=grid.code)])

    def _cross(self) -> Change | None:
        """Two nodes of a ring change places."""
        grid = self._one(self._grids)
        if len(shapely.get_rings(grid.shape)) > 1:
            return None
        self._lost.append(grid)
        xy = shapely.get_coordinates(grid.shape)
        a, b = (int(n) for n in self._chance.integers(1, len(xy) - 1, 2))
        xy[[a, b]] = xy[[b, a]]
        return Change(grids=[replace(grid, shape=shapely.set_coordinates(shapely.transform(grid.shape, _same), xy))])

    def _pierce(self) -> Change | None:
        """A hole somewhere in a grid."""
        grid = self._one(self._grids)
        if not grid.shape.is_valid:
            return None
        self._lost.append(grid)
        x, y = to_steps(shapely.get_coordinates(shapely.point_on_surface(grid.shape)))[0].tolist()
        size = int(self._one((1, 20, 300)))
        ring = to_degrees(np.array([(x, y), (x + size, y), (x, y + size), (x, y)]))
        shape = shapely.difference(grid.shape, shapely.Polygon(ring))
        shape = shapely.transform(shape, lambda xy: to_degrees(to_steps(xy)))
        return Change(grids=[replace(grid, shape=shape)]) if isinstance(shape, Ground) and not shape.is_empty else None

    def _outline(self) -> Change | None:
        """A region alone gets or loses ground."""
        known = [one for code in self._layout.divided if (one := self._layout.regions.get(code)) and one.shape]
        if not known:
            return None
        region = self._one(known)
        assert region.shape is not None
        xy = shapely.get_coordinates(region.shape)
        return Change(regions=[replace(region, shape=_moved(region.shape, self._one(xy), self._step()))])

    def _move_home(self) -> Change:
        home, step = self._one(self._buildings), self._step() / 1e7
        other = self._one(self._grids).code if self._chance.random() < 0.2 else None
        return Change(buildings=[replace(home, grid=other, shape=shapely.transform(home.shape, lambda xy: xy + step))])

    def _recount(self) -> Change:
        home = self._one(self._buildings)
        households = self._one((None, 0, 30, 520))
        return Change(buildings=[replace(home, households=households)])

    def _demolish(self) -> Change | None:
        return Change(gone=frozenset({self._one(self._buildings).id})) if len(self._buildings) > 20 else None

    def _build(self) -> Change:
        """A new building, on another one or as another row of it."""
        home = self._one(self._buildings)
        if self._chance.random() < 0.5:
            return Change(buildings=[replace(home, id=f"new-{int(self._chance.integers(1 << 30))}")])
        return Change(buildings=[home, replace(home, shape=shapely.transform(home.shape, lambda xy: xy + 2e-4))])

    def _move_facility(self) -> Change | None:
        known = [one for id_ in sorted(self._layout.facilities) for one in self._layout.facilities[id_]]
        if not known:
            return None
        one, step = self._one(known), self._step() / 1e6
        return Change(facilities=[replace(one, shape=shapely.transform(one.shape, lambda xy: xy + step))])


def _moved(shape: Ground, place: np.ndarray, step: np.ndarray) -> Ground:
    """The shape with the node that stands at a place (every vertex of it) some steps further."""

    def there(xy: np.ndarray) -> np.ndarray:
        here = (xy == place).all(axis=1)[:, None]
        return np.where(here, to_degrees(to_steps(xy) + step), xy)

    return shapely.transform(shape, there)


def _same(xy: np.ndarray) -> np.ndarray:
    return xy
