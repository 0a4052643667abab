"""Does real input go through: villages of Taipei, blocks of Cambridge, with the faults that are known of them?"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
import shapely
from commands import Here
from conftest import Store, fresh
from district import served
from fastapi.testclient import TestClient
from test_tiles import square

from geo import plan as plans
from geo.files import Reading, read
from geo.model import Finding, Rule
from geo.plan import Report
from geo.store import door, embedded, intake
from geo.store.connect import session
from geo.store.order import Order

ABOUT_M2 = 0.5
ABOUT = 0.01


def near(area: float) -> Any:
    """The greater of 1 % and half a square metre, as the faults are stated."""
    return pytest.approx(area, rel=ABOUT, abs=ABOUT_M2)


def test_taipei_from_file_to_map(
    store: Store, shared_data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wangge, file = Here(store, monkeypatch, capsys), shared_data / "taipei_daan_zhongzheng_villages.geojson"
    how = ("--layer", "grid", "--field", "region=district", "--level", "district", "--scheme", "free")
    told = wangge("import", file, *how, "--snap", "--publish", "--json")
    assert (told.status, told.told["number"], told.told["rows"]["grid"]) == (0, 1, {"new": 84}), told.err
    assert sorted(told.told["created"]) == sorted(told.told["regions"])
    figures = told.told["coverage"]
    assert (figures["units"], figures["units_covered"], figures["gap_m2"]) == (2, 2, 0)
    assert figures["area_m2"] == pytest.approx(18.77e6, rel=0.001)
    again = wangge("check", told.told["regions"][0], "--json")
    assert (again.status, again.told["findings"]) == (0, [])
    with served(store) as client:
        grids = client.get("/v1/grids").json()["features"]
        assert len(grids) == 84
        assert {one["properties"]["standing"] for one in grids} == {"proven"}
        for one in grids[::12]:
            assert asked(client, one)["status"] in {"owned", "near_boundary"}
        assert len(decoded(client, grids[0], 12)) > 20


def asked(client: TestClient, grid: dict[str, Any]) -> dict[str, Any]:
    """The owner of a point well inside a grid."""
    point = shapely.geometry.shape(grid["geometry"]).representative_point()
    told: dict[str, Any] = client.get(
        "/v1/owner", params={"lon": f"{point.x:.9f}", "lat": f"{point.y:.9f}", "datum": "wgs84"}
    ).json()
    assert told["owner"]["code"] == grid["properties"]["code"]
    assert told["standing"] == grid["properties"]["standing"]
    return told


def decoded(client: TestClient, grid: dict[str, Any], z: int) -> dict[str, Any]:
    """The properties by code in the tile that a grid lies in."""
    point = shapely.geometry.shape(grid["geometry"]).representative_point()
    tile = mapbox_vector_tile.decode(client.get(f"/tiles/current/grids/{square(point.x, point.y, z)}").content)
    return {one["properties"]["code"]: one["properties"] for one in tile["grids"]["features"]}


@dataclass(frozen=True)
class Cambridge:
    """The city's boundary and a way to read its tables as grids of it."""

    path: Path

    def boundary(self) -> Reading:
        named = {"code": "cambridge", "name": "Cambridge", "level": "city", "scheme": "free"}
        return read(self.path, table="city_boundary", layer="region", constants=named)

    def grids(self, table: str, code: str) -> Reading:
        return read(self.path, table=table, layer="grid", mapping={"code": code}, constants={"region": "cambridge"})


@pytest.fixture(scope="module")
def cambridge(shared_data: Path) -> Cambridge:
    return Cambridge(shared_data / "cambridge_ma.gpkg")


def publish(store: Store, readings: list[Reading], *, snap: bool = False, provisional: bool = False) -> door.Published:
    with session(store.service) as work, work.begin():
        taken = intake.take(work, readings, Order(snap=snap), check=False)
        assert list(taken.problems) == []
        number = intake.keep(work, taken, actor="test", provisional=provisional)
    return door.publish(store.service, door.Request(plan=number, actor="test"))


def judged(readings: list[Reading]) -> Report:
    """The findings as the input is, after rounding; without the mark of what could be healed, which takes long."""
    taken = intake.take(None, readings, Order(), check=False)
    return plans.check(taken.changes, heal=False)


def of(report: Report, rule: Rule) -> list[Finding]:
    return [finding for finding in report.findings if finding.rule is rule]


@pytest.fixture
def fresh_store(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as one:
        yield one


def test_blocks_of_2020_are_proven(cambridge: Cambridge, fresh_store: Store) -> None:
    assert publish(fresh_store, [cambridge.boundary()], provisional=True).standing == {"cambridge": "provisional"}
    done = publish(fresh_store, [cambridge.grids("blocks_2020", "geoid20")], snap=True)
    assert (done.number, done.standing) == (2, {"cambridge": "proven"})
    with served(fresh_store) as client:
        grids = client.get("/v1/grids?limit=2000").json()["features"]
        assert (len(grids), {one["properties"]["standing"] for one in grids}) == (1044, {"proven"})
        for one in grids[::100]:
            asked(client, one)


def test_blocks_of_2000_show_their_faults_and_are_provisional(cambridge: Cambridge, fresh_store: Store) -> None:
    readings = [cambridge.boundary(), cambridge.grids("blocks_2000_population", "block_id")]
    report = judged(readings)
    assert report.figures.gap_m2 == near(18_031)
    assert sum(finding.area_m2 or 0 for finding in of(report, Rule.GAP)) == near(18_031)
    assert sum(finding.area_m2 or 0 for finding in of(report, Rule.SPILL)) == near(23_914)
    assert (report.figures.units, report.figures.units_covered, of(report, Rule.OVERLAP)) == (1, 0, [])
    shown_as_provisional(fresh_store, readings, 886)


def test_address_blocks_show_their_faults_and_are_provisional(cambridge: Cambridge, fresh_store: Store) -> None:
    readings = [cambridge.boundary(), cambridge.grids("address_blocks", "block")]
    report = judged(readings)
    overlaps = of(report, Rule.OVERLAP)
    assert len({tuple(finding.codes) for finding in overlaps if (finding.area_m2 or 0) > 1}) == 5
    assert sum(finding.area_m2 or 0 for finding in overlaps) == near(254)
    assert report.figures.overlap_m2 == near(254)
    assert report.figures.gap_m2 == near(1.46e6)
    shown_as_provisional(fresh_store, readings, 749)


def shown_as_provisional(store: Store, readings: list[Reading], count: int) -> None:
    assert publish(store, readings, provisional=True).standing == {"cambridge": "provisional"}
    with served(store) as client:
        grids = client.get("/v1/grids?limit=2000").json()["features"]
        assert (len(grids), {one["properties"]["standing"] for one in grids}) == (count, {"provisional"})
        assert client.get("/v1/regions/cambridge").json()["properties"]["standing"] == "provisional"
        told = asked(client, grids[count // 2])
        assert told["standing"] == "provisional"
        standings = {one["standing"] for one in decoded(client, grids[0], 14).values()}
        assert standings == {"provisional"}
