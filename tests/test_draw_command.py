"""Does `wangge draw` make a plan of whatever it is given, or say in a line why not?"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
import shapely
from case_folders import case, collection, feature, ground, houses, square, streets
from commands import Here, process
from conftest import Store, fresh
from district import document, publish, small
from divisions import cell
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo.files import plan_of, read, things
from geo.measure import length_m, square_metres
from geo.model import Building, GridKind, Plan
from geo.plan import check
from geo.store import embedded

NOWHERE = "postgresql://127.0.0.1:1/none"
GRID = {"layer", "code", "name", "kind", "region", "households"}
RIM_M = 0.002
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def wangge(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    """With no store in reach."""
    return Here(SimpleNamespace(service_url=NOWHERE, owner_url=NOWHERE), monkeypatch, capsys)  # type: ignore[arg-type]


def drawn(path: Path) -> list[tuple[BaseGeometry, dict[str, Any]]]:
    features = json.loads(path.read_bytes())["features"]
    return [(shape(one["geometry"] or {"type": "Point", "coordinates": []}), one["properties"]) for one in features]


def covers(shapes: Sequence[BaseGeometry], whole: BaseGeometry) -> bool:
    """Whether the shapes share their borders node by node and are the whole, but for some millimetres at its rim: an
    edge is as straight in metres as it can be, which in degrees it is not."""
    union = shapely.union_all([*shapes])
    return bool(
        shapely.coverage_is_valid([*shapes])
        and all(one.geom_type == "Polygon" for one in shapes)
        and square_metres(union.symmetric_difference(whole)) < RIM_M * length_m(whole.boundary)
    )


def test_a_case_folder_becomes_grids(wangge: Here, tmp_path: Path) -> None:
    folder, out = case(tmp_path / "case"), tmp_path / "plan.geojson"
    told = wangge("draw", folder, "-o", out, "--json")
    assert told.status == 0, told.err
    grids = drawn(out)
    assert all(set(properties) == GRID for _, properties in grids)
    assert covers([one for one, _ in grids], square(4, 3))
    assert [one["code"] for _, one in grids] == [f"com-{n}" for n in range(1, len(grids) + 1)]
    assert {(one["kind"], one["region"]) for _, one in grids} == {("residential", "com")}
    assert sum(one["households"] for _, one in grids) == 48 * 30
    assert all(300 <= one["households"] <= 500 for _, one in grids)
    (region,) = told.told["regions"]
    assert {one["code"]: one["households"] for one in region["grids"]} == {
        one["code"]: one["households"] for _, one in grids
    }
    assert (told.told["file"], told.told["seed"], told.told["publication"]) == (str(out), 0, None)
    assert (told.told["left"], told.told["refused"], told.told["alternatives"], told.told["blocking"]) == (
        [],
        [],
        [],
        0,
    )
    assert (region["moved"], 0 <= region["figures"]["score"] <= 1) == (None, True)


def test_the_same_seed_gives_the_same_bytes(wangge: Here, tmp_path: Path) -> None:
    folder = case(tmp_path / "case")
    for name in ("a", "b"):
        assert wangge("draw", folder, "-o", tmp_path / f"{name}.geojson", "--seed", 7).status == 0
    assert (tmp_path / "a.geojson").read_bytes() == (tmp_path / "b.geojson").read_bytes()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_a_picture_and_nothing_on_stdout(wangge: Here, tmp_path: Path, language: str) -> None:
    folder, out = case(tmp_path / "case"), tmp_path / "plan.geojson"
    for suffix in ("svg", "png"):
        told = wangge("draw", folder, "-o", out, "--picture", tmp_path / f"p.{suffix}", WANGGE_LANG=language)
        assert (told.status, told.out) == (0, "")
        assert ("户" in told.err) is (language == "zh")
    said = "".join(ElementTree.fromstring((tmp_path / "p.svg").read_bytes()).itertext())
    households = {one["households"] for _, one in drawn(out)}
    assert all(f"{count} 户" in said if language == "zh" else f"{count} hh" in said for count in households)
    assert (tmp_path / "p.png").read_bytes().startswith(PNG)


def test_several_ways_each_with_its_file_and_figures(wangge: Here, tmp_path: Path) -> None:
    folder, out = case(tmp_path / "case"), tmp_path / "plan.geojson"
    told = wangge("draw", folder, "-o", out, "--alternatives", 3, "--picture", tmp_path / "p.svg", "--json").told
    assert len(told["alternatives"]) <= 2
    for number, one in enumerate(told["alternatives"], start=2):
        assert (one["file"], one["picture"]) == (
            str(tmp_path / f"plan-{number}.geojson"),
            str(tmp_path / f"p-{number}.svg"),
        )
        assert covers([one for one, _ in drawn(Path(one["file"]))], square(4, 3))
        assert 0 <= one["score"] <= 1
    files = [drawn(Path(one["file"])) for one in (told, *told["alternatives"])]
    assert len({shapely.to_wkb(shapely.GeometryCollection([one for one, _ in file])) for file in files}) == len(files)


OUTSIDE = feature(ground(shapely.box(5000, 0, 5020, 20)), {"id": "far", "households": 900})
NAN = {
    "type": "Polygon",
    "coordinates": [[[104.05, 30.65], [104.051, float("nan")], [104.051, 30.651], [104.05, 30.65]]],
}
BOW = shapely.Polygon([(0, 0), (400, 300), (400, 0), (0, 300), (0, 0)])
LAKE = shapely.box(0, 0, 400, 300).difference(shapely.Point(200, 150).buffer(40))
CROSSING = [ground(shapely.LineString([(0, 0), (400, 300)])), ground(shapely.LineString([(0, 300), (400, 0)]))]
BENT = ground(shapely.Polygon([(10, 10), (30, 30), (30, 10), (10, 30), (10, 10)]))

FINE: dict[str, dict[str, Any]] = {
    "buildings outside": {"buildings": collection([*houses(4, 3, 30), OUTSIDE])},
    "only buildings outside": {"buildings": collection([OUTSIDE])},
    "no roads": {"roads": collection([])},
    "no buildings": {"buildings": collection([])},
    "nothing in it": {"buildings": collection([]), "roads": collection([])},
    "no households": {"buildings": collection(houses(4, 3, 0))},
    "nobody counted": {"buildings": collection([feature(shape(one["geometry"]), {}) for one in houses(4, 3, 0)])},
    "one building": {"buildings": collection(houses(4, 3, 400)[:1])},
    "one tower": {"buildings": collection(houses(4, 3, 2000)[5:6])},
    "a tower among others": {"buildings": collection([*houses(4, 3, 30)[1:], *houses(1, 1, 2000)[:1]])},
    "duplicate lines": {"roads": collection([*streets(4, 3), *streets(4, 3)])},
    "crossing lines": {"roads": collection([*streets(4, 3), *(feature(one, {"class": "river"}) for one in CROSSING)])},
    "buildings twice": {"buildings": collection([*houses(4, 3, 15), *houses(4, 3, 15)])},
    "a footprint that crosses itself": {"buildings": collection([*houses(4, 3, 30), feature(BENT, {"households": 2})])},
    "buildings as points": {
        "buildings": collection(
            [feature(shape(one["geometry"]).centroid, one["properties"]) for one in houses(4, 3, 30)]
        )
    },
    "a bare feature": {"community": feature(square(4, 3), {"code": "519901001001", "name": "柳堰社区"})},
    "a bare geometry": {"community": shapely.geometry.mapping(square(4, 3))},
    "a lake as a hole": {"community": collection([feature(ground(LAKE), {})])},
    "a lake as water": {"water": collection([feature(ground(shapely.Point(200, 150).buffer(40)), {})])},
    "two parts": {
        "community": collection([feature(square(2, 3), {}), feature(ground(shapely.box(300, 0, 400, 300)), {})])
    },
    "two halves": {
        "community": collection([feature(square(2, 3), {}), feature(ground(shapely.box(200, 0, 400, 300)), {})])
    },
}


@pytest.mark.parametrize("what", FINE)
def test_whatever_a_case_lacks_or_has_too_much_of_it_is_drawn(wangge: Here, tmp_path: Path, what: str) -> None:
    folder, out = case(tmp_path / "case", **FINE[what]), tmp_path / "plan.geojson"
    told = wangge("draw", folder, "-o", out, "--json")
    assert told.status == 0, told.err
    grids = drawn(out)
    community = json.loads((folder / "community.geojson").read_bytes())
    own = community["features"] if community["type"] == "FeatureCollection" else [community]
    whole = shapely.union_all([shape(one.get("geometry", one)) for one in own])
    assert covers([one for one, _ in grids], whole)
    assert sum(one["households"] for _, one in grids) == told.told["coverage"]["households"]


def test_what_is_outside_is_counted_and_towers_are_explained(wangge: Here, tmp_path: Path) -> None:
    folder = case(tmp_path / "a", **FINE["buildings outside"])
    assert wangge("draw", folder, "-o", tmp_path / "a.geojson", "--json").told["outside"] == 1
    folder = case(tmp_path / "b", **FINE["a tower among others"])
    (region,) = wangge("draw", folder, "-o", tmp_path / "b.geojson", "--json").told["regions"]
    (reason,) = region["reasons"]
    assert (reason["why"], reason["households"] >= 2000) == ("tower", True)
    folder = case(tmp_path / "c", buildings=collection(houses(4, 3, 60)[:10]))
    told = wangge("draw", folder, "-o", tmp_path / "c.geojson", WANGGE_LANG="en")
    assert told.status == 0
    folder = case(tmp_path / "d", buildings=collection(houses(4, 3, 56)[:10]))
    told = wangge("draw", folder, "-o", tmp_path / "d.geojson", WANGGE_LANG="en")
    assert "560 households cannot be divided into grids of 300 to 500" in told.err
    assert "one grid of 560" in told.err
    assert "280 and 280" in told.err


def test_a_statistical_code_gives_its_grids_theirs(wangge: Here, tmp_path: Path) -> None:
    folder, out = case(tmp_path / "case", **FINE["a bare feature"]), tmp_path / "plan.geojson"
    assert wangge("draw", folder, "-o", out).status == 0
    numbers = range(1, len(drawn(out)) + 1)
    assert [one["code"] for _, one in drawn(out)] == [f"519901001001{n:02}" for n in numbers]


REFUSED: dict[str, dict[str, Any]] = {
    "not a number": {"buildings": collection([*houses(4, 3, 30), feature(NAN, {"id": "nan", "households": 5})])},
    "households in words": {
        "buildings": collection([*houses(4, 3, 30)[1:], feature(square(1, 1), {"households": "many"})])
    },
    "fewer than no households": {
        "buildings": collection([*houses(4, 3, 30)[1:], feature(square(1, 1), {"households": -3})])
    },
    "no shape": {"buildings": collection([*houses(4, 3, 30), feature(None, {"id": "x"})])},
    "a street as ground": {"roads": collection([*streets(4, 3), feature(square(1, 1), {"class": "footway"})])},
    "a line of one point": {
        "roads": collection([feature({"type": "LineString", "coordinates": [[104.05, 30.65]]}, {})])
    },
}


@pytest.mark.parametrize("what", REFUSED)
def test_rows_that_mean_nothing_are_told_and_the_rest_is_drawn(wangge: Here, tmp_path: Path, what: str) -> None:
    folder, out = case(tmp_path / "case", **REFUSED[what]), tmp_path / "plan.geojson"
    told = wangge("draw", folder, "-o", out, "--json")
    assert (told.status, len(told.told["refused"])) == (1, 1), told.err
    assert told.told["refused"][0]["message"].strip()
    assert covers([one for one, _ in drawn(out)], square(4, 3))


UNREADABLE: dict[str, dict[str, Any]] = {
    "no community": {"community": None},
    "no file of buildings": {"buildings": None},
    "no file of roads": {"roads": None},
    "an empty file": {"roads": b""},
    "no JSON": {"buildings": b"{"},
    "no GeoJSON": {"community": {"type": "Topology"}},
    "a community of no ground": {"community": collection([])},
    "a community without shape": {"community": collection([feature(None, {})])},
    "a community that is a line": {"community": collection([feature(CROSSING[0], {})])},
    "a community that crosses itself": {"community": collection([feature(ground(BOW), {})])},
    "a community that is no number": {"community": collection([feature(NAN, {})])},
    "a community as large as a hair": {"community": collection([feature(ground(shapely.box(0, 0, 1e-3, 1e-3)), {})])},
    "a community in metres": {"community": collection([feature(shapely.box(0, 0, 400, 300), {})])},
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_is_no_case_is_2_in_one_line(wangge: Here, tmp_path: Path, what: str) -> None:
    folder = case(tmp_path / "case", **UNREADABLE[what])
    told = wangge("draw", folder, "-o", tmp_path / "plan.geojson", "--json")
    assert (told.status, told.out, told.err.count("\n")) == (2, "", 1), told.err
    assert [path.name for path in tmp_path.iterdir()] == ["case"]


def test_wrong_use_is_2_before_any_work(wangge: Here, tmp_path: Path) -> None:
    folder, out = case(tmp_path / "case"), tmp_path / "plan.geojson"
    for arguments in (
        ("draw", folder),
        ("draw", folder, "-o", tmp_path / "plan.shp"),
        ("draw", folder, "-o", tmp_path / "none" / "plan.geojson"),
        ("draw", folder, "-o", out, "--picture", tmp_path / "plan.jpg"),
        ("draw", folder, "-o", out, "--picture", tmp_path / "none" / "plan.svg"),
        ("draw", folder, "-o", out, "--seed", -1),
        ("draw", folder, "-o", out, "--alternatives", 0),
        ("draw", folder, "-o", out, "--previous", tmp_path / "none.geojson"),
        ("draw", tmp_path / "none.geojson", "-o", out),
        ("draw", tmp_path, "-o", out),
    ):
        told = wangge(*arguments)
        assert (told.status, told.out, "Traceback" in told.err) == (2, "", False), arguments
        assert told.err.strip()
    assert [path.name for path in tmp_path.iterdir()] == ["case"]


def test_a_process_of_its_own_needs_no_store(tmp_path: Path) -> None:
    told = process(
        "draw", case(tmp_path / "case"), "-o", tmp_path / "p.geojson", "--json", variables={"DATABASE_URL": NOWHERE}
    )
    assert (told.status, told.err) == (0, "")
    assert told.told["regions"][0]["region"] == "com"


def test_grids_go_on_under_their_codes(wangge: Here, tmp_path: Path) -> None:
    folder, first, second = case(tmp_path / "case"), tmp_path / "first.geojson", tmp_path / "second.geojson"
    assert wangge("draw", folder, "-o", first).status == 0
    renamed = json.loads(first.read_bytes())
    for one in renamed["features"]:
        one["properties"] |= {"name": "老网格" + one["properties"]["code"], "code": "old-" + one["properties"]["code"]}
    first.write_text(json.dumps(renamed), "utf-8")
    (region,) = wangge("draw", folder, "-o", second, "--previous", first, "--json").told["regions"]
    assert region["moved"] is not None
    kept = {one["code"]: one["name"] for one in region["grids"] if not one["new"]}
    assert kept
    assert all(code.startswith("old-com-") and name.startswith("老网格com-") for code, name in kept.items())
    assert all(one["code"].startswith("com-") for one in region["grids"] if one["new"])
    bare = collection([feature(shape(one["geometry"]), {}) for one in renamed["features"]])
    first.write_text(json.dumps(bare), "utf-8")
    assert wangge("draw", folder, "-o", second, "--previous", first).status == 0


def test_what_is_not_at_fault_stays_to_the_byte(wangge: Here, tmp_path: Path) -> None:
    folder, first, second = case(tmp_path / "case"), tmp_path / "first.geojson", tmp_path / "second.geojson"
    assert wangge("draw", folder, "-o", first).status == 0
    before = json.loads(first.read_bytes())["features"]
    assert wangge("draw", folder, "-o", second, "--previous", first).status == 0
    assert second.read_bytes() == first.read_bytes()
    full = max(before, key=lambda one: one["properties"]["households"])
    path = folder / "buildings.geojson"
    buildings = json.loads(path.read_bytes())
    for one in buildings["features"]:
        if shape(full["geometry"]).contains(shape(one["geometry"]).representative_point()):
            one["properties"]["households"] = 36
    path.write_text(json.dumps(buildings), "utf-8")
    told = wangge("draw", folder, "-o", second, "--previous", first, "--json")
    assert (told.status, told.err) == (0, "")
    (region,) = told.told["regions"]
    assert all(300 <= one["households"] <= 500 for one in region["grids"])
    assert 0 < region["least_moved"] <= region["moved"] <= 2 * region["least_moved"]
    after = {one["properties"]["code"]: one["geometry"] for one in json.loads(second.read_bytes())["features"]}
    assert after[full["properties"]["code"]] != full["geometry"]
    same = [one for one in before if after.get(one["properties"]["code"]) == one["geometry"]]
    assert len(same) >= 1
    assert covers([shape(geometry) for geometry in after.values()], square(4, 3))


def housed() -> Plan:
    """The small district, its buildings as many small ones."""
    plan = small()
    shapes = [cell(x * 0.25 + 0.05, y * 0.25 + 0.05, 0.1, 0.1) for x in range(16) for y in range(8)]
    buildings = tuple(Building(id=f"b{n:03}", households=20, shape=one) for n, one in enumerate(shapes))
    return replace(plan, buildings=buildings)


def test_a_plan_file_is_drawn_whole(wangge: Here, tmp_path: Path) -> None:
    """Two neighbours at once with all that is theirs: what is special stays, and the shared border fits."""
    before, path, out = housed(), tmp_path / "plan.geojson", tmp_path / "out.geojson"
    path.write_bytes(document(before))
    told = wangge("draw", path, "-o", out, "--picture", tmp_path / "p.png", "--json")
    assert told.status == 0, told.err
    assert [one["region"] for one in told.told["regions"]] == ["A", "B", "C", "E"]
    after = plan_of(things(read(out)))
    assert (after.facilities, after.lines, after.water) == (before.facilities, before.lines, before.water)
    assert [(one.code, one.name, one.parent) for one in after.regions] == [
        (one.code, one.name, one.parent) for one in sorted(before.regions, key=lambda one: one.code)
    ]
    (park,) = (grid for grid in before.grids if grid.kind is GridKind.SPECIAL)
    assert [(one.code, one.name) for one in after.grids if one.kind is GridKind.SPECIAL] == [(park.code, park.name)]
    report = check(after)
    assert (report.figures.units_covered, report.figures.gap_m2, report.figures.overlap_m2) == (4, 0, 0)
    assert not [one for one in report.findings if one.rule in ("node-unmatched", "sliver", "multipart")]
    households = {one["code"]: one["households"] for region in told.told["regions"] for one in region["grids"]}
    assert households == {one["code"]: one["households"] for _, one in drawn(out) if one["layer"] == "grid"}


def test_ground_at_fault_is_left_and_told(wangge: Here, tmp_path: Path) -> None:
    plan = housed()
    bow = shapely.Polygon([(104.2, 30.7), (104.21, 30.71), (104.21, 30.7), (104.2, 30.71), (104.2, 30.7)])
    regions = tuple(replace(one, shape=bow) if one.code == "C" else one for one in plan.regions)
    path, out = tmp_path / "plan.geojson", tmp_path / "out.geojson"
    path.write_bytes(document(replace(plan, regions=regions)))
    told = wangge("draw", path, "-o", out, "--json")
    assert told.status == 1, told.err
    assert [one["region"] for one in told.told["left"]] == ["C"]
    assert [one["region"] for one in told.told["regions"]] == ["A", "B", "E"]


@pytest.fixture(scope="module")
def published(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as store:
        publish(store, housed())
        yield store


def test_what_is_published_is_drawn_anew(
    published: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wangge, out = Here(published, monkeypatch, capsys), tmp_path / "out.geojson"
    told = wangge("draw", "A", "-o", out, "--json")
    assert told.status == 0, told.out
    assert (told.told["publication"], [one["region"] for one in told.told["regions"]]) == (1, ["A"])
    layers = [one["layer"] for _, one in drawn(out)]
    assert {"region", "grid", "building", "line"} <= set(layers)
    codes = {one["code"] for _, one in drawn(out) if one["layer"] == "grid"}
    assert "A04" in codes
    assert codes.isdisjoint({"B01", "B02"})
    assert wangge("publish", out, "--json").status == 0
    assert wangge("check", "D", "--json").status == 0
    unknown = wangge("draw", "nobody", "-o", out)
    assert (unknown.status, unknown.out) == (2, "")


def test_a_store_out_of_reach_is_3(wangge: Here, tmp_path: Path) -> None:
    told = wangge("draw", "A", "-o", tmp_path / "out.geojson")
    assert (told.status, told.out) == (3, "")
