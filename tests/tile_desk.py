"""Which published map are tests of tiles about, and how do they read it square by square?"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely
from conftest import Store
from district import at, small
from divisions import cell
from sqlalchemy import Engine

from api.tile_store import derived
from geo.matrix import EXTENT, MATRICES
from geo.model import Building, Layer, Line, Person, Plan, Role
from geo.state import Map
from geo.store.connect import public_engine
from geo.store.live import Live
from tiles.layers import LAYERS, layer_of, tile

MARKS = ("只给内部看", "内部小区", "张三丰", "13900001234", "内部科目")
"""Words that stand in every inner field: an address, an estate, a person, a phone, a subject."""
COUNT = 31_337
"""Households that nobody else has."""
RULES = {
    "regions": {"B": {"limits": {"households_least": {"residential": 100}, "households_most": {"residential": 360}}}}
}
ALL = tuple(LAYERS)
PUBLIC = tuple(name for name, layer in LAYERS.items() if layer.profile == "public")
STREETS = ("motorway", "secondary", "tertiary", "residential", "footway", "unheard-of")


def marked() -> Plan:
    """The small district, with something inner in each field that has room for it."""
    plan = small()
    house = replace(plan.buildings[0], address=MARKS[0], compound=MARKS[1], households=COUNT, levels=6)
    person = Person(
        id="p1", name=MARKS[2], phone=MARKS[3], subject=MARKS[4], place="A01", place_layer=Layer.GRID, role=Role.MEMBER
    )
    streets = tuple(
        Line(
            id=name,
            category=name,
            name=f"{name} 路",
            shape=shapely.LineString([at(0, 0.1 + n / 9), at(4, 0.1 + n / 9)]),
        )
        for n, name in enumerate(STREETS)
    )
    shed = Building(id="shed", shape=cell(1.2, 1.2, 0.003, 0.003))  # about a metre
    return replace(plan, buildings=(house, *plan.buildings[1:], shed), lines=(*plan.lines, *streets), people=(person,))


@dataclass(frozen=True)
class Desk:
    """A published map, and connections that make squares of it."""

    service: Engine
    public: Engine
    live: Live
    derived: set[tuple[str, str]] = field(default_factory=set)

    @property
    def state(self) -> Map:
        return self.live.seen.map

    def bytes(self, layer: str, place: tuple[int, int, int], matrix: str = "mercator", **more: Any) -> bytes:
        found = layer_of(layer)
        assert found is not None
        engine = self.public if found.profile == "public" else self.service
        publication = more.pop("publication", self.state.publication)
        self.derive(layer, place[0], matrix)
        with engine.connect() as connection:
            return tile(connection, layer, publication, matrix, *place, **more)

    def derive(self, layer: str, zoom: int, matrix: str) -> None:
        found = layer_of(layer)
        parts = () if found is None else found.parts_at(zoom)
        for part in parts:
            if (matrix, part) not in self.derived:
                derived(self.service, matrix, part, self.state.publication)
                self.derived.add((matrix, part))

    def shown(self, layer: str, zoom: int, **more: Any) -> list[tuple[tuple[int, int], dict[str, Any]]]:
        """The features of a layer of all squares of a zoom that the map lies in, each with its square."""
        found = []
        for x, y in squares(self.state, zoom, more.get("matrix", "mercator")):
            told = decoded(self.bytes(layer, (zoom, x, y), **more), layer)
            found += [((x, y), one) for one in told]
        return found

    def codes(self, layer: str, zoom: int, key: str = "code") -> set[str]:
        return {one["properties"][key] for _, one in self.shown(layer, zoom)}


def decoded(body: bytes, layer: str) -> list[dict[str, Any]]:
    if not body:
        return []
    layers = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True})
    assert list(layers) == [layer]
    assert (layers[layer]["version"], layers[layer]["extent"]) == (2, EXTENT)
    features: list[dict[str, Any]] = layers[layer]["features"]
    known = layer_of(layer)
    assert known is not None
    assert all(set(one["properties"]) <= set(known.fields) for one in features)
    return features


def moved(shape: shapely.Geometry, place: tuple[int, int]) -> shapely.Geometry:
    """What is told in a square, on the lattice of its zoom."""
    return shapely.transform(shape, lambda xy: np.add(xy, np.multiply(place, EXTENT)))


def squares(state: Map, zoom: int, matrix: str = "mercator") -> Sequence[tuple[int, int]]:
    """Squares that the published ground, or what stands near it, may lie in."""
    west, south, east, north = shapely.total_bounds(list(state.boundaries.values()))
    units = MATRICES[matrix].units(np.array([(west, north), (east, south)]), zoom) / EXTENT
    low, high = np.floor(units - 0.02).astype(int), np.floor(units + 0.02).astype(int)
    columns, rows = MATRICES[matrix].size(zoom)
    xs = range(max(0, low[0][0]), min(columns - 1, high[1][0]) + 1)
    return [(x, y) for x in xs for y in range(max(0, low[0][1]), min(rows - 1, high[1][1]) + 1)]


@contextmanager
def desk_of(store: Store) -> Iterator[Desk]:
    """A desk at the newest publication of a store."""
    live, public = Live(store.service), public_engine(store.service_url)
    live.refresh()
    try:
        yield Desk(store.service, public, live)
    finally:
        public.dispose()
