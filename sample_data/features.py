"""How are the invented things written as features of a plan file?"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, TypeAlias

import shapely

from sample_data.addresses import Addresses
from sample_data.codes import DISTRICT, DISTRICT_NAME, PARTS, street_of
from sample_data.facilities import Place
from sample_data.frame import Node, lon_lat, to_nodes
from sample_data.layout import Layout
from sample_data.mesh import Ring
from sample_data.names import stems
from sample_data.standing import OnGrid, Standing
from sample_data.streets import Network
from sample_data.tree import CommunityDraft
from sample_data.zones import Zone

Feature: TypeAlias = dict[str, Any]
"""A GeoJSON feature."""
_ENTRANCES = 0.4
"""Share of the buildings people live in whose entrance is recorded."""
_DECLARED = 0.25
"""Share of them that declare their grid."""


def regions(layout: Layout, seed: int) -> Iterator[Feature]:
    """District, two 片区, streets, communities, and some 院落. Only communities have an outline of their own."""
    rng = Random(f"{seed} courtyards")
    names = stems(rng)
    yield _region(DISTRICT, DISTRICT_NAME, "district", None, scheme="14")
    for code, name in zip(PARTS, ("西片区", "东片区"), strict=True):
        yield _region(code, name, "subdistrict-area", DISTRICT)
    for street in layout.streets:
        yield _region(street.code, street.name, "street", PARTS[street.part])
    for community in layout.communities:
        parent = street_of(layout, community).code
        yield _region(
            community.code, community.name, "community", parent, enclave=community.enclave, shape=_outline(community)
        )
        if community.zone in (Zone.OLD, Zone.INNER) and rng.random() < 0.6:
            for k in range(1, rng.randint(2, 4)):
                yield _region(f"{community.code}Y{k:02d}", f"{next(names)}院落", "courtyard", community.code)


def _region(
    code: str,
    name: str,
    level: str,
    parent: str | None,
    *,
    enclave: bool = False,
    scheme: str = "",
    shape: Feature | None = None,
) -> Feature:
    fields: dict[str, Any] = {"code": code, "name": name, "level": level, "parent": parent, "enclave": enclave}
    return feature("region", fields | ({"scheme": scheme} if scheme else {}), shape)


def _outline(community: CommunityDraft) -> Feature:
    rings = community.outline
    return polygon([rings[0]]) if len(rings) == 1 else multipolygon(rings)


def grids(layout: Layout) -> Iterator[Feature]:
    """Every grid with the community it divides."""
    for community in layout.communities:
        for grid in community.grids:
            fields = {"code": grid.code, "name": grid.name, "kind": grid.kind.value, "region": community.code}
            yield feature("grid", fields, polygon([grid.ring]))


def buildings(
    everything: Sequence[tuple[CommunityDraft, OnGrid]], addresses: Addresses, seed: int
) -> Iterator[Feature]:
    """Every building; some with an entrance, some with their grid declared."""
    rng = Random(f"{seed} doors")
    number = 0
    for _, on in everything:
        for building in on.buildings:
            number += 1
            door = addresses.doors[id(building)]
            declared = on.grid.code if building.households and rng.random() < _DECLARED else None
            entrance = _entrance(building) if building.households and rng.random() < _ENTRANCES else None
            fields = {
                "id": f"B{number:06d}", "name": door.name, "address": door.address, "compound": door.compound,
                "entrance": entrance, "households": building.households, "levels": building.levels,
                "kind": building.kind, "grid": declared,
            }  # fmt: skip
            yield feature("building", fields, metric(building.shape))


def _entrance(building: Standing) -> Feature:
    """A point in the middle of the front."""
    front = shapely.get_coordinates(building.shape)[:2]
    return {"type": "Point", "coordinates": lon_lat(to_nodes([front.mean(axis=0)])[0])}


def places(found: Sequence[Place]) -> Iterator[Feature]:
    for number, place in enumerate(found, 1):
        fields = {"id": f"F{number:05d}", "name": place.name, "category": place.category}
        yield feature("facility", fields, metric(place.shape))


def lines(network: Network, everything: Sequence[tuple[CommunityDraft, OnGrid]]) -> Iterator[Feature]:
    """Streets, river, railway; then estate walls and village lanes."""
    named = [(line.name, line.category, line.shape) for line in network.lines]
    for community, on in everything:
        named += [(f"{on.grid.name}围墙", "wall", shape) for walls in on.walls.values() for shape in walls]
        named += [(f"{community.name}村道", "footway", shape) for shape in on.lanes]
    for number, (name, category, shape) in enumerate(named, 1):
        yield feature("line", {"id": f"L{number:05d}", "name": name, "class": category}, metric(shape))


def water(network: Network, everything: Sequence[tuple[CommunityDraft, OnGrid]]) -> Iterator[Feature]:
    named = [
        ("沱清河", network.river),
        *[(_lake_name(on, k), lake) for _, on in everything for k, lake in enumerate(on.lakes, 1)],
    ]
    for number, (name, shape) in enumerate(named, 1):
        yield feature("water", {"id": f"W{number:03d}", "name": name}, metric(shape))


def _lake_name(on: OnGrid, number: int) -> str:
    return f"{on.grid.title}湖" if on.grid.title else f"{on.grid.name.removesuffix('网格')}网格{number}号鱼塘"


def feature(layer: str, fields: dict[str, Any], shape: Feature | None) -> Feature:
    """A feature of a plan file."""
    return {"type": "Feature", "properties": {"layer": layer, **fields}, "geometry": shape}


def polygon(rings: Sequence[Sequence[Node]]) -> Feature:
    """A GeoJSON polygon of lattice rings, closed, outer ring counter-clockwise."""
    return {"type": "Polygon", "coordinates": [[lon_lat(n) for n in [*ring, ring[0]]] for ring in rings]}


def multipolygon(rings: Sequence[Ring]) -> Feature:
    """A GeoJSON multipolygon of parts without holes."""
    return {"type": "MultiPolygon", "coordinates": [polygon([ring])["coordinates"] for ring in rings]}


def metric(shape: shapely.Geometry) -> Feature:
    """A shape in metres as GeoJSON on the lattice."""
    if isinstance(shape, shapely.Polygon):
        oriented = shapely.orient_polygons(shape)
        return polygon(
            [_distinct(to_nodes(shapely.get_coordinates(r)))[:-1] for r in (oriented.exterior, *oriented.interiors)]
        )
    nodes = _distinct(to_nodes(shapely.get_coordinates(shape)))
    if isinstance(shape, shapely.Point):
        return {"type": "Point", "coordinates": lon_lat(nodes[0])}
    return {"type": "LineString", "coordinates": [lon_lat(n) for n in nodes]}


def _distinct(nodes: Sequence[Node]) -> list[Node]:
    """Without nodes that rounding made equal to the one before."""
    return [node for k, node in enumerate(nodes) if k == 0 or node != nodes[k - 1]]
