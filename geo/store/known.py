"""What is published where a plan would change something?"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy.orm import Session

from geo.model import Building, Grid, Ground, Layer, Plan, Region, Thing
from geo.store import people, published, things
from geo.store.published import Edition

READERS: Mapping[Layer, Callable[..., list[Any]]] = {
    Layer.BUILDING: things.buildings,
    Layer.FACILITY: things.facilities,
    Layer.LINE: things.lines,
    Layer.WATER: things.waters,
    Layer.PERSON: people.persons,
}


@dataclass
class Known:
    """The published map as one transaction sees it, read as far as it is asked for; empty without a session."""

    session: Session | None
    number: int = 0
    regions: dict[str, Region] = field(default_factory=dict)
    _editions: dict[str, Edition | None] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session | None) -> "Known":
        if session is None:
            return cls(None)
        number = published.current_publication(session)
        return cls(session, number, {region.code: region for region in published.regions(session, number)})

    def edition(self, code: str) -> Edition | None:
        """The edition in force of a region."""
        if self.session is None:
            return None
        self._read([code])
        return self._editions[code]

    def _read(self, codes: Iterable[str]) -> None:
        """Reads editions that were not read yet, in one go."""
        assert self.session is not None
        missing = [code for code in codes if code not in self._editions]
        found = published.editions(self.session, self.number, codes=missing) if missing else []
        self._editions |= dict.fromkeys(missing) | {one.region: one for one in found}

    def divided(self) -> set[str]:
        """Codes of the regions that have an edition in force."""
        return set() if self.session is None else published.divided_codes(self.session, self.number)

    def intent(self, code: str) -> int | None:
        """What a plan for the region has as its base; None for a region that has no edition yet."""
        one = self.edition(code)
        return None if one is None else one.intent

    def is_as_published(self, code: str, shape: Ground, grids: Sequence[Grid]) -> bool:
        """Whether a region is published exactly so."""
        one = self.edition(code)
        return one is not None and one.boundary == shape and by_code(one.grids) == by_code(grids)

    def things(self, layer: Layer, codes: Iterable[str]) -> dict[str, Thing]:
        """Buildings, facilities, lines, water or people in force with one of the ids."""
        if self.session is None:
            return {}
        return {thing.id: thing for thing in READERS[layer](self.session, self.number, codes=codes)}

    def named(self, layer: Layer, codes: Iterable[str]) -> dict[str, Thing]:
        """The things of any layer in force with one of the codes or ids."""
        if layer is Layer.REGION:
            return {code: self.regions[code] for code in codes if code in self.regions}
        if layer is not Layer.GRID:
            return self.things(layer, codes)
        if self.session is None:
            return {}
        wanted = set(codes)
        regions = published.regions_of_grids(self.session, self.number, wanted)
        self._read(regions)
        editions = [one for region in sorted(regions) if (one := self.edition(region))]
        return {grid.code: grid for one in editions for grid in one.grids if grid.code in wanted}

    def stock(self, layer: Layer) -> dict[str, BaseGeometry]:
        """All things of a data layer in force, by id, with their shapes."""
        return {} if self.session is None else things.shapes(self.session, layer, self.number)

    def bound(self, regions: Collection[str] | None = None) -> list[str]:
        """Ids of the people in force; only those bound to some regions or to grids that divide them, if given."""
        if self.session is None:
            return []
        return people.bound(self.session, self.number, regions)

    def building_texts(self) -> Iterator[tuple[str, str]]:
        """Each address and each name of a building in force, with the building's id; addresses first."""
        if self.session is not None:
            rows = things.building_texts(self.session, self.number)
            yield from ((address, id) for id, address, _ in rows)
            yield from ((name, id) for id, _, name in rows)

    def tallies(self, codes: Iterable[str]) -> dict[str, int | None]:
        """Households of grids in force, None where nobody counted; absent for grids that are not in force."""
        return {} if self.session is None else published.tallies(self.session, self.number, codes)

    def beside(self, drawn: Plan) -> list[Ground]:
        """Published ground near the drawn one that the plan does not replace: what healing heals against."""
        ground = ground_of(drawn)
        own = _own(drawn)
        near = [one for one in self.near(ground) if one.region not in own]
        return [shape for one in near for shape in (one.boundary, *(grid.shape for grid in one.grids))]

    def around(
        self, drawn: Plan, formerly: Sequence[BaseGeometry] = (), without: Collection[str] = ()
    ) -> tuple[Plan, list[Grid]]:
        """The plan with the published regions that its buildings stand in and the buildings that its ground bears.

        And the published grids round about, which may own what stands on a border. `formerly` are places where
        buildings stood that the plan moves or takes out; those `without` are not there any more.
        """
        own = _own(drawn)
        stated = {building.id for building in drawn.buildings}.union(without)
        bearing = self._bearing(drawn, own, formerly, stated)
        ground = [*ground_of(drawn), *(one.boundary for one in bearing)]
        judged = own | {one.region for one in bearing}
        grids = (*drawn.grids, *(grid for one in bearing for grid in one.grids))
        there = self._buildings_of(ground, {grid.code for grid in grids})
        buildings = (*drawn.buildings, *(building for building in there if building.id not in stated))
        beside = [grid for one in self.near(ground) if one.region not in judged for grid in one.grids]
        return replace(
            drawn,
            regions=(*drawn.regions, *(Region(code=one.region, shape=one.boundary) for one in bearing)),
            grids=grids,
            buildings=buildings,
        ), beside

    def _bearing(
        self, drawn: Plan, own: set[str], formerly: Sequence[BaseGeometry], stated: Collection[str]
    ) -> list[Edition]:
        """Published regions, not of the plan, that had or get one of its buildings, by its ground or its entrance."""
        entrances = (one.entrance for one in drawn.buildings if one.entrance is not None)
        stood = [*(building.shape for building in drawn.buildings), *entrances, *formerly]
        found = {one.region: one for one in self.near(stood) if one.region not in own and _bears(one, stood)}
        owners = published.owners(self.session, self.number, stated) if self.session is not None and stated else ()
        for grid in self._grids(owners):
            one = self.edition(grid.region)
            if one is not None and one.region not in own:
                found[one.region] = one
        return [found[code] for code in sorted(found)]

    def _grids(self, codes: Collection[str]) -> list[Grid]:
        found: Mapping[str, Any] = self.named(Layer.GRID, codes) if codes else {}
        return [found[code] for code in sorted(found)]

    def _buildings_of(self, ground: Sequence[Ground], grids: Collection[str]) -> list[Building]:
        """Published buildings that meet some ground, or that one of some grids owns wherever they stand: by their
        entrance."""
        if self.session is None or not ground:
            return []
        there = buildings_on(things.buildings(self.session, self.number, meets=ground), ground)
        met = {building.id for building in there}
        owned = things.buildings(self.session, self.number, owned_by=grids)
        return [*there, *(building for building in owned if building.id not in met)]

    def near(self, shapes: Sequence[Any]) -> list[Edition]:
        """Editions in force whose box meets the box of the shapes."""
        if self.session is None or not shapes:
            return []
        box = shapely.box(*shapely.total_bounds(np.asarray(shapes, dtype=object)))
        found = published.editions(self.session, self.number, meets=[box])
        self._editions |= {one.region: one for one in found}
        return found


def _own(drawn: Plan) -> set[str]:
    """Regions that the plan brings ground for."""
    outlined = {region.code for region in drawn.regions if region.shape is not None}
    return outlined | {grid.region for grid in drawn.grids}


def ground_of(drawn: Plan) -> list[Ground]:
    """The outlines and grids of a plan."""
    return [*(r.shape for r in drawn.regions if r.shape is not None), *(grid.shape for grid in drawn.grids)]


def by_code(grids: Iterable[Grid]) -> dict[str, Grid]:
    return {grid.code: grid for grid in grids}


def buildings_on(there: Sequence[Building], ground: Sequence[Ground]) -> list[Building]:
    """The buildings that meet some ground, not only its box."""
    shapes = np.asarray([building.shape for building in there], dtype=object)
    met = set(shapely.STRtree(np.asarray(ground, dtype=object)).query(shapes, "intersects")[0].tolist())
    return [building for number, building in enumerate(there) if number in met]


def _bears(edition: Edition, stood: Sequence[BaseGeometry]) -> bool:
    return bool(shapely.intersects(edition.boundary, np.asarray(stood, dtype=object)).any())
