"""Do borders meet in all squares of a map, at every zoom and across squares, as an independent reader sees it?

Every square that a map could be in is asked for over HTTP, all public layers at once, and read by `tile_reader`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import tile_walk
from conftest import fresh
from district import publish, served, small
from fastapi.testclient import TestClient
from proofs import Proof
from serving import served as running
from tile_walk import Fetch, Ground, faults, grids_of, squares, walked

from benchmarks.city import city
from benchmarks.published_city import plans, published
from geo.files import plan_of, read_geojson, things
from geo.store import embedded

MANY_ZOOMS, FEW_ZOOMS = range(4, 18), (13, 15, 17)
THERE, EMPTY, NOT_READY = 200, 204, 503


def fetching(client: TestClient, prefix: str = "") -> Fetch:
    def fetch(z: int, x: int, y: int) -> bytes:
        told = client.get(f"/tiles/{prefix}current/map/{z}/{x}/{y}", headers={"Accept-Encoding": "identity"})
        assert told.status_code in {THERE, EMPTY}, told.text
        return told.content

    return fetch


@pytest.fixture(scope="module")
def bent(cluster: embedded.Cluster) -> Iterator[tuple[TestClient, Ground]]:
    """75 grids whose borders have many nodes, in a district of two streets."""
    plan = next(iter(plans(city(0.005))))
    with fresh(cluster) as store:
        publish(store, plan)
        with served(store) as client:
            yield client, grids_of(plan)


@pytest.fixture(scope="module")
def town(cluster: embedded.Cluster, small_town: str) -> Iterator[tuple[TestClient, Ground]]:
    """Few grids, one of them in two parts of a region, with all else that a map shows."""
    with fresh(cluster, small_town) as store, served(store) as client:
        yield client, grids_of(small())


@pytest.mark.parametrize("zoom", MANY_ZOOMS)
def test_borders_meet(bent: tuple[TestClient, Ground], zoom: int) -> None:
    client, ground = bent
    assert faults(walked(zoom, squares(ground, zoom), fetching(client)), ground) == []


@pytest.mark.parametrize("zoom", FEW_ZOOMS)
def test_borders_meet_in_squares_of_degrees(bent: tuple[TestClient, Ground], zoom: int) -> None:
    client, ground = bent
    there = squares(ground, zoom, is_conformal=False)
    assert faults(walked(zoom, there, fetching(client, "cgcs2000/")), ground, is_conformal=False) == []


@pytest.mark.parametrize("zoom", FEW_ZOOMS)
def test_borders_meet_in_squares_over_gcj02(bent: tuple[TestClient, Ground], zoom: int) -> None:
    """Some 500 m off: two squares of zoom 17."""
    client, ground = bent
    around = {(x + dx, y + dy) for x, y in squares(ground, zoom) for dx in (0, 1, 2) for dy in (0, 1, 2)}
    found = walked(zoom, sorted(around), fetching(client, "gcj02/"))
    assert faults(found, ground, is_conformal=None) == []


@pytest.mark.parametrize("zoom", MANY_ZOOMS)
def test_a_town_with_all_layers(town: tuple[TestClient, Ground], zoom: int) -> None:
    client, ground = town
    found = walked(zoom, squares(ground, zoom), fetching(client))
    assert faults(found, ground) == []
    told = Counter(one["households"] for one in found.grids.told.values() if "households" in one)
    assert zoom < tile_walk.LEAST_GRID_ZOOM or told["300-399"] == 2


def test_all_squares_of_the_sample_district(
    request: pytest.FixtureRequest, full: bool, proof: Proof, cluster: embedded.Cluster, tmp_path: Path
) -> None:
    """420 grids at all zooms with `--full`, else the small town with many nodes at one."""
    if full:
        text: str = request.getfixturevalue("district_text")
        plan = plan_of(things(read_geojson(text.encode())))
    else:
        plan = next(iter(plans(city(0.005))))
    with fresh(cluster) as store:
        publish(store, plan)
        environment = {"DATABASE_URL": store.service_url, "WANGGE_OWNER_URL": store.owner_url}
        with _reading(tmp_path / "log", environment) as fetch:
            told = _all(grids_of(plan), MANY_ZOOMS if full else (14,), fetch)
    proof("the sample district in tiles z4-z17, all squares, read by an independent decoder", *told)


def test_all_squares_of_a_city(full: bool, proof: Proof, tmp_path: Path) -> None:
    """15,000 grids, published once and kept under `.cache/bench`."""
    if not full:
        pytest.skip("minutes: with --full only")
    with published(1.0) as (cluster, made):
        environment = {"DATABASE_URL": cluster.service_url, "WANGGE_OWNER_URL": cluster.owner_url}
        with _reading(tmp_path / "log", environment) as fetch:
            told = _all(grids_of(made.plan), MANY_ZOOMS, fetch)
    proof("a city of 15,000 grids in tiles z4-z17, all squares, read by an independent decoder", *told)


def _all(ground: Ground, zooms: Sequence[int], fetch: Fetch) -> tuple[int, str]:
    """Walk the zooms; how many squares had something in them, and what was found."""
    count, most = 0, 0
    for zoom in zooms:
        walk = walked(zoom, squares(ground, zoom), fetch)
        assert faults(walk, ground) == []
        count, most = count + walk.squares, max(most, walk.most)
    borders = "borders equal, all grids there from z13, polygons valid, nothing inner"
    return count, f"{borders}; the largest has {most / 1000:.0f} kB"


@contextmanager
def _reading(log: Path, environment: dict[str, str]) -> Iterator[Fetch]:
    """Tiles of a service that is a process of its own."""
    with running(log, environment) as service:

        def fetch(z: int, x: int, y: int) -> bytes:
            """On a connection of its own: the service ends those on which nobody asks while squares are compared."""
            path = f"/tiles/current/map/{z}/{x}/{y}"
            told = service.ask(path)
            while told.status == NOT_READY:  # it has waited itself
                told = service.ask(path)
            assert told.status in {THERE, EMPTY}, told
            return told.body

        yield fetch
