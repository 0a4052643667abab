"""Does the check find every fault known of real data, at its place and with its size?

The other judge is a plain overlay of the files as they are, in metres of UTM, without lattice or nodes. Totals of
Cambridge and the way to the map and back: test_real_input.py and test_real_tables.py; streets and water cut at tiles:
test_real_city.py.
"""

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from commands import process
from numpy.typing import NDArray
from real import Cambridge, judged, m2, near, of

from geo import lattice
from geo import plan as plans
from geo.files import read, things
from geo.measure import square_metres
from geo.model import Finding, Grid, Plan, Region, Rule, Severity
from geo.plan import Report
from geo.store import intake
from geo.store.order import Order

HOLES_OF_NOISE = 2
"""Overlays of two versions, or in another plane, differ by so many holes; all but three are under 30 cm²."""
UTM_CAMBRIDGE, UTM_SHANGHAI = "EPSG:32619", "EPSG:32651"
STEP_DEG = 1e-7
LONG_AND_THIN_M2 = 0.7
"""What the lattice takes of the ground that neighbourhoods 11 and 12 both claim: a hair of 1.9 km."""
SEEN_M2 = 0.5
"""Pieces as large as this must be told with their own area; smaller ones may change their form on the lattice."""
LATTICE_M = 0.014
"""No hair between two borders that only the lattice moved is wider: the diagonal of a step."""
MOVED_M = LATTICE_M / 2
"""How far the lattice moves a border at most."""
CODES = {"blocks_2000_population": "block_id", "blocks_2020": "geoid20", "address_blocks": "block"} | {
    "neighborhoods": "n_hood"
}


@cache
def cambridge(folder: Path) -> Cambridge:
    return Cambridge(folder / "cambridge_ma.gpkg")


@cache
def told(folder: Path, table: str, *, within_city: bool) -> Report:
    city = cambridge(folder)
    grids = city.grids(table, CODES[table])
    return judged([city.boundary(), grids] if within_city else [grids])


@cache
def metric(path: Path, table: str, crs: str) -> Any:
    """A table as it is, in metres."""
    found = gpd.read_file(path, layer=table).to_crs(crs)
    return found.assign(**{name: found[name].astype(str) for name in found.columns if name == "osm_id"})


@cache
def together(path: Path, table: str) -> Any:
    return shapely.union_all(metric(path, table, UTM_CAMBRIDGE).geometry.values)


def polygons(shape: Any) -> list[Any]:
    """The pieces of an overlay, largest first."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]
    return sorted(parts, key=lambda part: -float(part.area))


def holes(shape: Any) -> list[Any]:
    rings = [ring for part in shapely.get_parts(shape) for ring in part.interiors]
    return sorted((shapely.Polygon(ring) for ring in rings), key=lambda hole: -float(hole.area))


def degrees(shapes: Sequence[Any]) -> NDArray[np.object_]:
    return np.asarray(gpd.GeoSeries(shapes, crs=UTM_CAMBRIDGE).to_crs("EPSG:4326").values, dtype=object)


def told_at(piece: Any, findings: Sequence[Finding]) -> list[Finding]:
    """The findings about a piece: at most a lattice step away."""
    near_it = shapely.dwithin(np.array([one.geometry for one in findings], dtype=object), piece, STEP_DEG)
    return [findings[n] for n in np.flatnonzero(near_it).tolist()]


def shared(table: Any, code: str) -> dict[tuple[str, ...], float]:
    """Ground that pairs of rows share, square metres."""
    shapes, codes = np.asarray(table.geometry.values, dtype=object), table[code].astype(str).to_numpy()
    one, two = shapely.STRtree(shapes).query(shapes, "intersects")
    one, two = one[one < two], two[one < two]
    areas = shapely.area(shapely.intersection(shapes[one], shapes[two]))
    return {tuple(sorted((codes[i], codes[j]))): float(area) for i, j, area in zip(one, two, areas, strict=True)}


def larger(pairs: Mapping[tuple[str, ...], float], least_m2: float) -> dict[tuple[str, ...], float]:
    return {pair: area for pair, area in pairs.items() if area > least_m2}


def by_pair(findings: Sequence[Finding]) -> dict[tuple[str, ...], float]:
    found: dict[tuple[str, ...], float] = defaultdict(float)
    for one in findings:
        found[tuple(sorted(one.codes))] += one.area_m2 or 0
    return found


# Cambridge: grids against each other


@pytest.mark.parametrize(
    ("table", "slivers", "m2_of_them", "largest"),
    [("neighborhoods", 9, 12.4, 1), ("address_blocks", 53, 248, 2)],
)
def test_every_sliver_between_grids_is_told_at_its_place(
    shared_data: Path, table: str, slivers: int, m2_of_them: float, largest: int
) -> None:
    by_hand = holes(together(cambridge(shared_data).path, table))
    assert abs(len(by_hand) - slivers) <= HOLES_OF_NOISE
    assert sum(hole.area for hole in by_hand) == near(m2_of_them)
    report = told(shared_data, table, within_city=False)
    ground = [one for one in report.findings if one.rule in (Rule.GAP, Rule.NODE_UNMATCHED, Rule.SLIVER)]
    assert all(told_at(hole, ground) for hole in degrees(by_hand))
    gaps = of(report, Rule.GAP)
    large = [hole for hole in by_hand if hole.area > SEEN_M2]
    assert len(large) == largest
    for hole, place in zip(large, degrees(large), strict=True):
        assert m2(told_at(place, gaps)) == near(hole.area)
    thin = {one.geometry for one in of(report, Rule.SLIVER)}
    assert {one.geometry for one in gaps if (one.width_m or 0) <= 1 and (one.area_m2 or 0) <= 100} <= thin
    assert {one.severity for one in gaps} == {Severity.BLOCKING}


@pytest.mark.parametrize(
    ("table", "pairs", "m2_of_them"), [("neighborhoods", 1, 11.7), ("address_blocks", 5, 254), ("blocks_2020", 0, 0)]
)
def test_every_overlap_is_told_of_its_pair(shared_data: Path, table: str, pairs: int, m2_of_them: float) -> None:
    by_hand = shared(metric(cambridge(shared_data).path, table, UTM_CAMBRIDGE), CODES[table])
    assert (len(larger(by_hand, 1)), sum(by_hand.values())) == (pairs, near(m2_of_them))
    overlaps = by_pair(of(told(shared_data, table, within_city=table == "blocks_2020"), Rule.OVERLAP))
    assert larger(overlaps, SEEN_M2).keys() == larger(by_hand, SEEN_M2).keys()
    for pair, area in larger(by_hand, SEEN_M2).items():
        assert overlaps[pair] == pytest.approx(area, rel=0.01, abs=LONG_AND_THIN_M2)


# Cambridge: grids against the city


@pytest.mark.parametrize(
    ("table", "uncovered", "outside"),
    [("blocks_2000_population", 18_031, 23_914), ("address_blocks", 1_459_618, 8_055)],
)
def test_what_the_city_lacks_and_does_not_have_is_told_piece_by_piece(
    shared_data: Path, table: str, uncovered: float, outside: float
) -> None:
    path = cambridge(shared_data).path
    (city,), grids = metric(path, "city_boundary", UTM_CAMBRIDGE).geometry, together(path, table)
    report = told(shared_data, table, within_city=True)
    for rule, figure, by_hand in (
        (Rule.GAP, uncovered, polygons(city.difference(grids))),
        (Rule.SPILL, outside, polygons(grids.difference(city))),
    ):
        findings = of(report, rule)
        assert (sum(piece.area for piece in by_hand), m2(findings)) == (near(figure), near(figure))
        pieces = [piece for piece in by_hand if piece.area > SEEN_M2]
        ground = shapely.union_all([one.geometry for one in findings])
        for piece, place in zip(pieces, degrees(pieces), strict=True):
            missed = square_metres(place.difference(ground))
            assert missed < MOVED_M * piece.length, (rule, piece.area)
    assert {one.severity for one in (*of(report, Rule.GAP), *of(report, Rule.SPILL))} == {Severity.BLOCKING}


def test_blocks_of_2020_lack_hairs_that_only_the_lattice_made(shared_data: Path) -> None:
    path = cambridge(shared_data).path
    (city,), grids = metric(path, "city_boundary", UTM_CAMBRIDGE).geometry, together(path, "blocks_2020")
    assert round(city.difference(grids).area, 1) == 0.3
    report = told(shared_data, "blocks_2020", within_city=True)
    hairs = [*of(report, Rule.GAP), *of(report, Rule.SPILL)]
    assert 0 < max(one.width_m or 0 for one in hairs) < LATTICE_M
    assert m2(hairs) < LATTICE_M * city.length / 4
    assert all(told_at(one.geometry, of(report, Rule.SLIVER)) for one in hairs)


# Cambridge: rings


def test_rings_of_roads_that_cross_themselves_are_told_where_they_do(shared_data: Path) -> None:
    table = cambridge(shared_data).path
    rows = read(table, table="road_surfaces", layer="grid", mapping={"code": "fid"}, constants={"region": "roads"})
    grids = [replace(one, shape=lattice.rounded(one.shape)) for one in things(rows) if isinstance(one, Grid)]
    at_fault = {grid.code for grid in grids if not grid.shape.is_valid}
    assert (len(grids), len(at_fault)) == (205, 12)
    small = [grid for grid in grids if shapely.get_num_coordinates(grid.shape) < 5_000]
    found = of(plans.check(Plan(regions=(Region(code="roads"),), grids=tuple(small)), heal=False), Rule.RING_INVALID)
    assert {one.codes[0] for one in found} == at_fault & {grid.code for grid in small}
    shapes = {grid.code: grid.shape for grid in small}
    assert all(one.geometry and shapes[one.codes[0]].boundary.distance(one.geometry) < STEP_DEG for one in found)


# Shanghai: buildings


def test_parts_of_buildings_at_tile_edges_and_over_buildings(shared_data: Path) -> None:
    path = shared_data / "shanghai_bund_lujiazui_osm.gpkg"
    table = metric(path, "buildings_tile_parts_raw", UTM_SHANGHAI)
    kind, rows = dict(zip(table["osm_id"], table["kind"], strict=True)), Counter(table["osm_id"])
    reading = read(path, table="buildings_tile_parts_raw", layer="building", mapping={"id": "osm_id"})
    report = intake.take(None, [reading], Order(judge=True)).report
    repeated = {one.codes[0]: one.values["rows"] for one in of(report, Rule.BUILDING_REPEATED)}
    assert repeated == {id_: count for id_, count in rows.items() if count > 1}
    cut = {id_ for id_ in repeated if kind[id_] == "building"}
    whole = {id_ for id_ in rows if kind[id_] == "building"}
    assert (len(cut), len(whole), sum(rows[id_] for id_ in whole)) == (103, 1321, 1430)

    stacked = by_pair(of(report, Rule.BUILDING_STACKED))
    by_hand = larger(shared(table.dissolve("osm_id").reset_index(), "osm_id"), 1)
    assert stacked == {pair: near(area) for pair, area in by_hand.items()}
    over = {id_ for pair in stacked if {kind[one] for one in pair} == {"building", "building_part"} for id_ in pair}
    assert sum(rows[id_] for id_ in over if kind[id_] == "building_part") == 142


def test_towers_over_podiums_are_told_by_the_command(shared_data: Path) -> None:
    path = shared_data / "shanghai_bund_lujiazui_osm.gpkg"
    how = ("--table", "buildings", "--layer", "building", "--field", "id=osm_id", "--json")
    ended = process("check", path, *how, variables={"DATABASE_URL": "postgresql://127.0.0.1:1/none"})
    assert (ended.status, ended.err) == (0, "")
    found = [one for one in json.loads(ended.out)["findings"] if one["rule"] == Rule.BUILDING_STACKED]
    assert (len(found), sum(one["area_m2"] for one in found)) == (35, near(28_606))
    by_hand = larger(shared(metric(path, "buildings", UTM_SHANGHAI), "osm_id"), 1)
    assert {tuple(sorted(one["codes"])): one["area_m2"] for one in found} == {
        pair: near(area) for pair, area in by_hand.items()
    }


# Codes


def test_of_codes_of_3315_communities_under_scheme_12_only_the_slips_are_told(shared_data: Path) -> None:
    with (shared_data / "cn_admin_codes_2023.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3315
    first, short, abroad, twice = (rows[n]["community_code"] for n in (0, 7, 1007, 3007))
    slips = {short: short[:-1], abroad: "999999" + abroad[6:], first: twice}
    found = of_codes(plans.check(coded(rows, slips), heal=False))
    assert found == {
        (Rule.CODE_FORMAT, slips[short]),
        (Rule.CODE_PREFIX, slips[abroad]),
        (Rule.CODE_PREFIX, twice),
        (Rule.CODE_DUPLICATE, twice),
    }


def coded(rows: Sequence[Mapping[str, str]], slips: Mapping[str, str]) -> Plan:
    """Each community of the table on a square of its own, as the one grid of itself, with all above it; the grids named
    in `slips` with a wrong code."""
    corners = [(104 + 0.01 * (n % 60), 30 + 0.01 * (n // 60)) for n in range(len(rows))]
    shapes = [lattice.rounded(shapely.box(x, y, x + 0.009, y + 0.009)) for x, y in corners]
    regions = {row["city_code"]: Region(code=row["city_code"], level="city", scheme="12") for row in rows}
    for level, above in (("district", "city"), ("street", "district")):
        for row in rows:
            code, parent = row[f"{level}_code"], row[f"{above}_code"]
            regions[code] = Region(code=code, level=level, parent=parent)
    own = [(row["community_code"], row["street_code"], shape) for row, shape in zip(rows, shapes, strict=True)]
    divided = [Region(code=code, level="community", parent=street, shape=shape) for code, street, shape in own]
    grids = [Grid(code=slips.get(code, code), region=code, shape=shape) for code, _, shape in own]
    return Plan(regions=(*regions.values(), *divided), grids=tuple(grids))


def of_codes(report: Report) -> set[tuple[Rule, str]]:
    return {(one.rule, one.codes[0]) for one in report.findings if one.rule.value.startswith("code-")}
