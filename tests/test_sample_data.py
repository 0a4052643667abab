"""Is the sample district what the issue asks for: its counts, exact ground, every household in one grid?"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import shapely
from edges import cancelled
from shapely.geometry import shape

from geo.measure import areas_m2, to_metres
from sample_data import features
from sample_data.codes import DISTRICT, give_codes
from sample_data.layout import laid_out
from sample_data.make import SEED, text
from sample_data.standing import Builder
from sample_data.streets import network


@pytest.fixture(scope="session")
def plan(district_text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(district_text)
    return found


@pytest.fixture(scope="session")
def layers(plan: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    for feature in plan["features"]:
        found[feature["properties"]["layer"]].append({**feature["properties"], "geometry": feature["geometry"]})
    return found


@pytest.fixture(scope="session")
def communities(layers: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    return {r["code"]: r for r in layers["region"] if r["level"] == "community"}


def coordinates(value: Any) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    else:
        for item in value:
            yield from coordinates(item)


def test_counts_are_those_of_the_reference_district(layers: dict[str, list[dict[str, Any]]]) -> None:
    levels = Counter(r["level"] for r in layers["region"])
    assert (levels["district"], levels["subdistrict-area"], levels["street"], levels["community"]) == (1, 2, 14, 97)
    assert levels["courtyard"] >= 20
    assert 410 <= len(layers["grid"]) <= 430
    assert Counter(g["kind"] for g in layers["grid"])["rural"] == 33
    assert 8_000 <= len(layers["building"]) <= 12_000
    assert sum(b["households"] for b in layers["building"]) >= 150_000
    assert {b["kind"] for b in layers["building"]} >= {"residential", "house", "factory", "school"}
    assert len({f["category"] for f in layers["facility"]}) >= 8
    classes = {
        "motorway",
        "trunk",
        "primary",
        "secondary",
        "tertiary",
        "residential",
        "footway",
        "river",
        "railway",
        "wall",
    }
    assert {line["class"] for line in layers["line"]} == classes


def test_every_grid_is_cancelled_by_its_community(
    layers: dict[str, list[dict[str, Any]]], communities: dict[str, dict[str, Any]]
) -> None:
    grids = defaultdict(list)
    for grid in layers["grid"]:
        grids[grid["region"]].append(grid["geometry"])
    assert set(grids) == set(communities)
    for code, community in communities.items():
        assert cancelled(grids[code]) == cancelled([community["geometry"]]), code


def test_neighbouring_communities_share_every_node(communities: dict[str, dict[str, Any]]) -> None:
    """What is left of all outlines is one rim and the rim of the common ground; nothing lies on a foreign edge."""
    left = cancelled([c["geometry"] for c in communities.values()])
    assert set(left.values()) == {1}, "an edge is there twice"
    loops = []
    onward = dict(left.keys())
    assert len(onward) == len(left), "a node is passed twice"
    while onward:
        first = node = min(onward)
        loop = [node]
        while (node := onward.pop(node)) != first:
            loop.append(node)
        loops.append(loop)
    assert len(loops) == 2
    sizes = sorted(areas_m2([shapely.Polygon(np.array(loop) / 1e7) for loop in loops]))
    assert 20_000 < sizes[0] < 200_000
    assert 100e6 < sizes[1] < 150e6


def test_communities_do_not_overlap(communities: dict[str, dict[str, Any]]) -> None:
    """Cancellation proves nothing between communities: areas and interiors do."""
    shapes = np.array([shape(c["geometry"]) for c in communities.values()])
    assert shapely.is_valid(shapes).all()
    one, other = shapely.STRtree(list(shapes)).query(shapes, predicate="overlaps")
    assert len(one) == len(other) == 0


def test_grids_are_simple_and_not_needles(layers: dict[str, list[dict[str, Any]]]) -> None:
    shapes = np.array([shape(g["geometry"]) for g in layers["grid"]])
    assert shapely.is_valid(shapes).all()
    assert (shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON).all()
    assert (shapely.get_num_interior_rings(shapes) == 0).all()
    for metres in map(to_metres, shapes):
        opened = metres.buffer(-3.0, join_style="mitre").buffer(3.0, join_style="mitre")
        assert opened.geom_type == "Polygon"
        assert all(p.area <= 30.0 for p in shapely.get_parts(metres.difference(opened.buffer(0.01))))


def test_every_coordinate_is_a_lattice_value(plan: dict[str, Any]) -> None:
    for feature in plan["features"]:
        if feature["geometry"] is not None:
            for value in coordinates(feature["geometry"]["coordinates"]):
                assert value == round(value * 1e7) / 1e7
        entrance = feature["properties"].get("entrance")
        if entrance is not None:
            assert all(value == round(value * 1e7) / 1e7 for value in entrance["coordinates"])


def test_every_building_lies_in_exactly_one_grid(layers: dict[str, list[dict[str, Any]]]) -> None:
    grids = layers["grid"]
    tree = shapely.STRtree([shape(g["geometry"]) for g in grids])
    buildings = layers["building"]
    shapes = np.array([shape(b["geometry"]) for b in buildings])
    inside, owner = tree.query(shapes, predicate="within")
    touched, _ = tree.query(shapes, predicate="intersects")
    assert inside.tolist() == touched.tolist() == list(range(len(buildings)))
    households: Counter[str] = Counter()
    for building, k in zip(buildings, owner, strict=True):
        households[grids[k]["code"]] += building["households"]
        assert building["grid"] in (None, grids[k]["code"])
        if building["entrance"] is not None:
            assert shape(grids[k]["geometry"]).contains(shape(building["entrance"]))
    odd = sorted(
        households[g["code"]] for g in grids if g["kind"] == "residential" and not 300 <= households[g["code"]] <= 500
    )
    assert odd == [120, 600]
    assert all(households[g["code"]] == 0 for g in grids if g["kind"] == "special")
    assert all(45 <= households[g["code"]] <= 250 for g in grids if g["kind"] == "rural")
    assert sum(1 for b in buildings if b["households"] == 600) == 1


def test_buildings_keep_clear_of_each_other_of_water_and_of_lines(layers: dict[str, list[dict[str, Any]]]) -> None:
    shapes = np.array([shape(b["geometry"]) for b in layers["building"]])
    assert shapely.is_valid(shapes).all()
    tree = shapely.STRtree(list(shapes))
    one, other = tree.query(shapes, predicate="intersects")
    assert (one == other).all()
    for layer in ("line", "water"):
        assert tree.query([shape(f["geometry"]) for f in layers[layer]], predicate="intersects").size == 0


def test_facilities_lie_in_grids(layers: dict[str, list[dict[str, Any]]]) -> None:
    tree = shapely.STRtree([shape(g["geometry"]) for g in layers["grid"]])
    facilities = [shape(f["geometry"]) for f in layers["facility"]]
    assert tree.query(facilities, predicate="within")[0].tolist() == list(range(len(facilities)))


def test_the_odd_cases_are_there(
    layers: dict[str, list[dict[str, Any]]], communities: dict[str, dict[str, Any]]
) -> None:
    enclaves = [c for c in communities.values() if c["enclave"]]
    assert [c["geometry"]["type"] for c in enclaves] == ["MultiPolygon"]
    assert all(c["geometry"]["type"] == "Polygon" for c in communities.values() if not c["enclave"])
    parts = Counter(g["region"] for g in layers["grid"])
    assert min(parts.values()) == 1
    assert all(r["geometry"] is None for r in layers["region"] if r["level"] != "community")


def test_codes_and_names(layers: dict[str, list[dict[str, Any]]]) -> None:
    regions = {r["code"]: r for r in layers["region"]}
    assert len(regions) == len(layers["region"])
    assert [r["code"] for r in layers["region"] if r.get("scheme") == "14"] == [DISTRICT]
    for region in regions.values():
        assert region["parent"] in regions or region["code"] == DISTRICT
        if region["level"] in ("community", "courtyard"):
            assert region["code"].startswith(region["parent"])
    west = defaultdict(list)
    for grid in layers["grid"]:
        assert len(grid["code"]) == 14
        assert grid["code"].startswith(grid["region"])
        west[grid["region"]].append((grid["code"], shape(grid["geometry"]).centroid.x))
    for grids in west.values():
        assert [int(code[-2:]) for code, _ in grids] == list(range(1, len(grids) + 1))
        assert [x for _, x in grids] == sorted(x for _, x in grids)
    for layer, things in layers.items():
        keys = [t.get("id") or t["code"] for t in things]
        assert len(set(keys)) == len(keys)
        assert all(t["name"].strip() for t in things), layer
    assert len({r["name"] for r in layers["region"]}) == len(regions)
    assert all(b["address"] for b in layers["building"])


def test_same_seed_same_district(plan: dict[str, Any], layers: dict[str, list[dict[str, Any]]]) -> None:
    """Drawn again: all ground, and the buildings of the first and last grids."""
    again = laid_out(SEED)
    give_codes(again, SEED)
    assert [f["geometry"] for f in features.grids(again)] == [g["geometry"] for g in layers["grid"]]
    builder = Builder(again, network(again), SEED)
    drafts = [grid for community in again.communities for grid in community.grids]
    shapes = [
        [features.metric(b.shape) for b in builder.built(grid).buildings] for grid in (*drafts[:25], *drafts[-5:])
    ]
    first, last = ([shape for group in groups for shape in group] for groups in (shapes[:25], shapes[25:]))
    buildings = [b["geometry"] for b in layers["building"]]
    assert buildings[: len(first)] == first
    assert buildings[-len(last) :] == last
    assert json.loads(text(plan)) == plan


def test_another_seed_is_another_district_as_sound() -> None:
    other = laid_out(SEED + 1)
    give_codes(other, SEED + 1)
    grids = list(features.grids(other))
    assert (len(other.communities), len(grids)) == (97, 420)
    for community in other.communities:
        outline = features.multipolygon(community.outline)
        mine = [g["geometry"] for g in grids if g["properties"]["region"] == community.code]
        assert cancelled(mine) == cancelled([outline])
