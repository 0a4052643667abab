"""How are tiles asked for? By whom, under which address, and what may be kept of the answer."""

import asyncio
import math
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from time import monotonic, sleep
from typing import Any
from uuid import UUID

import mapbox_vector_tile
import numpy as np
import pytest
from conftest import Store, fresh
from district import at, elsewhere, publish, refresh, served, small
from fastapi import FastAPI
from fastapi.testclient import TestClient
from proofs import Proof
from sqlalchemy import event, text

from api import schemas
from api.problems import Problem
from api.tile_deriving import MOST_HERE, Deriving
from api.tile_desk import TileDesk
from api.tile_place import Place
from geo.matrix import EXTENT, MATRICES, MOST_ZOOM
from geo.model import Plan
from geo.store import embedded, tile_parts

MATRIX_PATHS = {"mercator": "", "gcj02": "gcj02/", "cgcs2000": "cgcs2000/"}
PLAIN = {"Accept-Encoding": "identity"}
CLOSELY = {"Content-Length": "0"}
"""What makes the quick way leave a request to the route."""
SOON_S = 20.0


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    """Two publications: in the second A's grids have a name."""
    with fresh(cluster, small_town) as one:
        publish(one, named(small(), "A", "new"))
        yield one


@pytest.fixture(scope="module")
def client(store: Store) -> Iterator[TestClient]:
    with served(store, cors_origins=("https://maps.example.org",)) as made:
        yield made


def named(plan: Plan, region: str, name: str) -> Plan:
    return replace(plan, grids=tuple(replace(g, name=name) if g.region == region else g for g in plan.grids))


def square(lon: float, lat: float, zoom: int = 15, matrix: str = "mercator") -> str:
    """The address of the square that a place lies in."""
    x, y = (MATRICES[matrix].units(np.array([[lon, lat]]), zoom)[0] // EXTENT).astype(int).tolist()
    return f"{zoom}/{x}/{y}"


HERE, FAR = square(at(1.5, 1).x, at(1.5, 1).y, 16), square(at(6.5, 0.5).x, at(6.5, 0.5).y, 17)


def desk_of(client: TestClient) -> TileDesk:
    app = client.app
    assert isinstance(app, FastAPI)
    found: TileDesk = app.state.tiles
    return found


@contextmanager
def made(client: TestClient) -> Iterator[list[str]]:
    """The tiles' statements that reach the database meanwhile."""
    statements: list[str] = []

    def note(_: object, __: object, statement: str, *more: object) -> None:
        if "ST_AsMVT" in statement:
            statements.append(statement)

    engine = desk_of(client)._public
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def until(true: Callable[[], bool]) -> None:
    """Waits for something that another thread does."""
    ends = monotonic() + SOON_S
    while not true():
        assert monotonic() < ends
        sleep(0.01)


def codes(content: bytes, layer: str = "grids") -> set[str]:
    return {one["properties"]["code"] for one in mapbox_vector_tile.decode(content)[layer]["features"]}


@pytest.mark.parametrize("matrix", MATRIX_PATHS)
def test_three_matrices_show_the_same_grids(client: TestClient, matrix: str) -> None:
    there = f"/tiles/{MATRIX_PATHS[matrix]}2/grids/" + square(at(1, 1).x, at(1, 1).y, 15, matrix)
    assert {"A01", "A02", "A03", "A04"} <= codes(client.get(there).content)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/tiles/current/grids/18/0/0", 404),
        ("/tiles/current/grids/17/131072/0", 404),
        ("/tiles/current/grids/0/0/0", 204),
        ("/tiles/cgcs2000/current/grids/0/0/0", 404),
        ("/tiles/cgcs2000/current/grids/1/1/0", 204),
        ("/tiles/cgcs2000/current/grids/1/0/1", 404),
        ("/tiles/mercator/current/grids/0/0/0", 404),
        ("/tiles/bd09/current/grids/0/0/0", 404),
        ("/tiles/current/castles/0/0/0", 404),
        ("/tiles/current/plan-1/0/0/0", 404),
        ("/tiles/3/grids/0/0/0", 404),
        ("/tiles/999999999999999999/grids/0/0/0", 404),
        ("/tiles/0/grids/0/0/0", 400),
        ("/tiles/current/grids/0/0/0.mvt", 400),
        ("/tiles/current/grids/0/0/0?f=mvt", 400),
        ("/tiles/gcj02/3/tilejson.json", 404),
        ("/tiles/bd09/current/tilejson.json", 404),
        ("/tiles/current/tilejson.json?profile=secret", 400),
    ],
)
def test_what_there_is_and_what_not(client: TestClient, address: str, status: int) -> None:
    for _ in range(2):  # the second time from memory, where it is a tile at all
        told = client.get(address)
        assert told.status_code == status
        if status != 204:
            assert told.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("publication", ["1", "current"])
@pytest.mark.parametrize("accepted", ["identity", "gzip", "gzip;q=0, br"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("origin", [None, "https://maps.example.org", "https://elsewhere.example.org"])
def test_the_quick_way_and_the_route_answer_alike(
    client: TestClient, publication: str, accepted: str, method: str, origin: str | None
) -> None:
    headers = {"Accept-Encoding": accepted, **({"Origin": origin} if origin else {})}
    for place in (HERE, square(10, 50, 16)):
        address = f"/tiles/{publication}/grids/{place}"
        first = client.request(method, address, headers=headers)
        conditions: list[dict[str, str]] = [{}]
        if "etag" in first.headers:
            conditions += [{"If-None-Match": first.headers["etag"]}, {"If-None-Match": 'W/"x", *'}]
        for condition in conditions:
            quick = client.request(method, address, headers={**headers, **condition})
            closely = client.request(method, address, headers={**headers, **condition, **CLOSELY})
            assert (quick.status_code, quick.content) == (closely.status_code, closely.content)
            assert sorted(quick.headers.items()) == sorted(closely.headers.items())


def test_tags_are_of_the_content_and_exposed(client: TestClient) -> None:
    address = "/tiles/current/map/" + square(at(1, 1).x, at(1, 1).y, 14)
    plain = client.get(address, headers={**PLAIN, "Origin": "https://maps.example.org"})
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert packed.headers["etag"] == plain.headers["etag"][:-1] + '-gzip"'
    exposed = plain.headers["access-control-expose-headers"]
    assert {"ETag", "X-Publication"} <= {one.strip() for one in exposed.split(",")}
    for told in (plain, packed):
        again = client.get(address, headers={"If-None-Match": told.headers["etag"]})
        assert (again.status_code, again.headers["etag"]) == (304, told.headers["etag"])


def test_a_number_keeps_its_bytes_and_current_names_its_publication(cluster: embedded.Cluster) -> None:
    plan = small()
    with fresh(cluster) as store:
        publish(store, plan)
        with served(store) as client:
            old = {place: client.get(f"/tiles/1/grids/{place}").content for place in (HERE, FAR)}
            for number in range(2, 6):
                plan = named(plan, "B", f"name {number}")
                publish(store, plan)
                refresh(client)
                now = client.get(f"/tiles/current/grids/{HERE}")
                assert now.headers["x-publication"] == str(number)
                assert f"name {number}".encode() in now.content
                assert now.content == client.get(f"/tiles/{number}/grids/{HERE}").content
                far = client.get(f"/tiles/current/grids/{FAR}")
                assert (far.content, far.headers["x-publication"]) == (old[FAR], str(number))
                assert {place: client.get(f"/tiles/1/grids/{place}").content for place in old} == old


def test_readers_never_get_a_stale_tile_under_a_new_number(cluster: embedded.Cluster, proof: Proof, full: bool) -> None:
    """Publications under three readers: what is told with a number is what that number shows, ever after."""
    most = 101 if full else 11
    plan, told, over = small(), list[tuple[str, str, bytes]](), threading.Event()
    with fresh(cluster) as store:
        publish(store, plan)
        with served(store) as client:

            def read(place: str) -> None:
                while not over.is_set():
                    answer = client.get(f"/tiles/current/grids/{place}", headers=PLAIN)
                    assert answer.status_code == 200
                    told.append((place, answer.headers["x-publication"], answer.content))

            with ThreadPoolExecutor(3) as pool:
                readers = [pool.submit(read, place) for place in (HERE, HERE, FAR)]
                try:
                    for number in range(2, most + 1):
                        plan = named(plan, "B", f"name {number}")
                        publish(store, plan)
                finally:
                    until(lambda: len(told) > 60)
                    over.set()
                for one in readers:
                    one.result()
            shown = {(place, number, content) for place, number, content in told}
            assert len({(place, number) for place, number, _ in shown}) == len(shown)
            for place, number, content in shown:
                assert client.get(f"/tiles/{number}/grids/{place}", headers=PLAIN).content == content
                if place == HERE and number != "1":
                    assert f"name {number}".encode() in content
            shown_far = {content for place, _, content in shown if place == FAR}
            assert len(shown_far) == 1, "nothing touched it"
    proof(
        "publications under three readers of `current` tiles",
        most - 1,
        f"{len(told)} answers: none stale, each the bytes of its number ever after; an unaffected tile kept its tag",
    )


def test_a_crowd_has_a_cold_tile_made_once(client: TestClient) -> None:
    address = "/tiles/2/grids/" + square(at(3, 1).x, at(3, 1).y, 17)
    client.get(address)  # what it is cut from is there now
    desk_of(client).cache.clear()
    with made(client) as statements, ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(lambda _: client.get(address, headers=PLAIN), range(24)))
    assert len({one.content for one in answers}) == 1
    assert Counter(one.status_code for one in answers) == {200: 24}
    assert len(statements) == 1


def test_a_tile_that_nothing_touched_is_not_made_again(cluster: embedded.Cluster) -> None:
    plan = small()
    with fresh(cluster) as store:
        publish(store, plan)
        with served(store) as client:
            tags = {p: client.get(f"/tiles/current/grids/{p}", headers=PLAIN).headers["etag"] for p in (HERE, FAR)}
            publish(store, named(plan, "A", "new"))
            with made(client) as statements:
                refresh(client)
                for place, status in ((FAR, 304), (HERE, 200)):
                    headers = {**PLAIN, "If-None-Match": tags[place]}
                    told = client.get(f"/tiles/current/grids/{place}", headers=headers)
                    assert (told.status_code, told.headers["x-publication"]) == (status, "2")
            assert len(statements) == 1


def test_touched_tiles_are_made_again_before_anybody_asks(cluster: embedded.Cluster) -> None:
    plan = small()
    with fresh(cluster) as store:
        publish(store, plan)
        with served(store) as client:
            for place in (HERE, FAR):
                assert client.get(f"/tiles/current/grids/{place}").status_code == 200
            publish(store, named(plan, "A", "new"))
            refresh(client)
            desk = desk_of(client)
            until(lambda: all(tile.last == 2 for _, tile in desk.cache.newest()))
            with made(client) as statements:
                for place in (HERE, FAR):
                    assert client.get(f"/tiles/current/grids/{place}").headers["x-publication"] == "2"
            assert statements == []


def test_tilejson_of_each_matrix(client: TestClient) -> None:
    for matrix, path in MATRIX_PATHS.items():
        answer = client.get(f"/tiles/{path}current/tilejson.json")
        told = answer.json()
        schemas.TileJson.model_validate(told)
        assert told["datum"] == {"mercator": "wgs84"}.get(matrix, matrix)
        assert (told["minzoom"], told["maxzoom"]) == (MATRICES[matrix].least_zoom, 17)
        assert told["tiles"] == [f"http://127.0.0.1:8000/tiles/{path}2/map/{{z}}/{{x}}/{{y}}"]
        assert "inner" not in answer.text
        here = square(at(1, 1).x, at(1, 1).y, 15, matrix)
        z, x, y = here.split("/")
        tile = client.get(told["tiles"][0].format(z=z, x=x, y=y))
        layers = mapbox_vector_tile.decode(tile.content)
        assert set(layers) <= {one["id"] for one in told["vector_layers"]}
        fields = {one["id"]: set(one["fields"]) for one in told["vector_layers"]}
        for name, layer in layers.items():
            for feature in layer["features"]:
                assert feature["properties"].keys() <= fields[name]
    mercator, gcj = (client.get(f"/tiles/{path}1/tilejson.json").json()["bounds"] for path in ("", "gcj02/"))
    assert 0.0005 < gcj[0] - mercator[0] < 0.01
    assert not math.isclose(gcj[1], mercator[1], abs_tol=1e-4)


def test_a_map_on_an_empty_store_finds_what_is_published_later(cluster: embedded.Cluster) -> None:
    with fresh(cluster) as store, served(store) as client:
        address = client.get("/tiles/current/tilejson.json").json()["tiles"][0].replace("{z}/{x}/{y}", HERE)
        assert client.get(address).status_code == 204
        publish(store, small())
        refresh(client)
        assert client.get(address).status_code == 200


def test_what_is_no_publication_is_told_what_is_one(client: TestClient) -> None:
    for wrong in ("latest", "0", "01", "1e3", "-1"):
        for address in (f"/tiles/{wrong}/map/1/1/0", f"/tiles/{wrong}/tilejson.json"):
            told = client.get(address)
            assert told.status_code == 400
            assert told.json()["errors"] == [
                {"parameter": "publication", "detail": "Must be current, or a number such as 12."}
            ]


def test_tiles_of_no_plan_are_not_empty_but_unknown(client: TestClient) -> None:
    told = client.get(f"/tiles/current/plan-{UUID(int=0)}/{HERE}")
    assert (told.status_code, told.json()["type"]) == (404, "/problems/unknown-plan")


def test_links_are_absolute_behind_a_proxy(store: Store) -> None:
    with served(store, public_url="https://maps.example.org/wangge") as client:
        told = client.get("/tiles/current/tilejson.json").json()
        assert told["tiles"] == ["https://maps.example.org/wangge/tiles/2/map/{z}/{x}/{y}"]


@pytest.mark.parametrize("layer", ["inner-grids", "inner-buildings", "inner-map", "findings", "blocks"])
def test_inner_layers_want_an_actor_and_nobody_keeps_them(client: TestClient, layer: str) -> None:
    address = f"/tiles/current/{layer}/{HERE}"
    stranger = elsewhere(client)
    assert stranger.get(address).status_code in {401, 403}
    assert stranger.get("/tiles/current/tilejson.json?profile=inner").status_code in {401, 403}
    assert stranger.get(f"/tiles/current/map/{HERE}").status_code == 200
    told = client.get(address)
    assert told.status_code in {200, 204}
    assert (told.headers["cache-control"], told.headers["x-publication"]) == ("no-store", "2")
    assert ("etag" in told.headers) == (told.status_code == 200)
    assert not [place for place, _ in desk_of(client).cache.newest() if place.layer == layer]


def test_the_inner_tilejson_names_inner_layers(client: TestClient) -> None:
    answer = client.get("/tiles/current/tilejson.json?profile=inner")
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert {"grids", "inner-grids", "inner-buildings"} <= {one["id"] for one in told["vector_layers"]}
    assert told["tiles"] == ["http://127.0.0.1:8000/tiles/2/inner-map/{z}/{x}/{y}"]
    z, x, y = HERE.split("/")
    layers = mapbox_vector_tile.decode(client.get(told["tiles"][0].format(z=z, x=x, y=y)).content)
    assert {"grids", "inner-grids"} <= set(layers)


def test_findings_are_those_of_the_map_in_force(client: TestClient) -> None:
    assert client.get(f"/tiles/1/findings/{HERE}").status_code == 404
    assert client.get(f"/tiles/2/findings/{HERE}").status_code in {200, 204}


def test_a_zoom_that_takes_too_long_is_told_503_and_goes_on(small_store: Store) -> None:
    """Somebody else holds what deriving has to wait for."""
    with served(small_store, tile_seconds=0.3) as client, small_store.owner.connect() as other:
        other.execute(text("LOCK TABLE tile_shape IN EXCLUSIVE MODE"))
        told = client.get(f"/tiles/current/grids/{HERE}")
        assert (told.status_code, told.json()["type"]) == (503, "/problems/tile-not-ready")
        assert int(told.headers["retry-after"]) > 0
        other.rollback()
        until(lambda: client.get(f"/tiles/current/grids/{HERE}").status_code == 200)


def test_a_large_map_is_derived_by_another_process(cluster: embedded.Cluster, small_town: str) -> None:
    with fresh(cluster, small_town) as store:
        deriving = Deriving(store.service)
        try:
            deriving.derive("mercator", "15", 1, MOST_HERE + 1)
            deriving.derive("gcj02", "building", 1, MOST_HERE + 1)
        finally:
            deriving.stop()
        assert tile_parts.known(store.service) == [("gcj02", "building"), ("mercator", "15")]


def test_what_nobody_asked_for_is_there_when_somebody_does(cluster: embedded.Cluster, small_town: str) -> None:
    with fresh(cluster, small_town) as store, served(store, tile_ahead=True) as client:
        desk = desk_of(client)
        places = [Place("mercator", "map", zoom, 0, 0) for zoom in range(MOST_ZOOM + 1)]
        until(lambda: not any(desk.lacking(place, 1) for place in places))
        publish(store, named(small(), "A", "new"))
        refresh(client)
        until(lambda: not any(desk.lacking(place, 2) for place in places))


def test_connections_that_died_are_made_anew(cluster: embedded.Cluster, small_town: str) -> None:
    with fresh(cluster, small_town) as store, served(store) as client:
        assert client.get(f"/tiles/1/grids/{HERE}").status_code == 200
        with store.service.begin() as other:
            ended = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                  WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%ST_AsMVT%'"""
            assert other.scalar(text(ended)) >= 1
        assert client.get(f"/tiles/1/labels/{HERE}").status_code == 200


def test_memory_stays_within_its_room(store: Store) -> None:
    with served(store, tile_cache_bytes=20_000) as client:
        for x in range(40):
            assert client.get(f"/tiles/2/grids/17/{x}/0").status_code == 204
        desk = desk_of(client)
        assert 0 < desk.cache.size <= 20_000
        metrics = client.get("/metrics").text
        assert "wangge_tile_cache_bytes" in metrics
        route = 'route="/tiles/{publication}/{layer}/{z}/{x}/{y}"'
        before = [line for line in metrics.splitlines() if route in line and 'status="204"' in line and "total" in line]
        assert float(before[0].split()[-1]) == 40
        client.get("/tiles/2/grids/17/39/0")
        assert f"{route}" in client.get("/metrics").text


def test_the_disk_is_read_after_a_start(store: Store, tmp_path: Any) -> None:
    told = {"data": tmp_path, "tile_disk_bytes": 10_000_000}
    with served(store, **told) as client:
        first = client.get(f"/tiles/current/grids/{HERE}", headers=PLAIN)
    with served(store, **told) as client, made(client) as statements:
        again = client.get(f"/tiles/current/grids/{HERE}", headers=PLAIN)
        assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
        assert statements == []


def test_a_service_that_ends_makes_no_more_tiles(store: Store) -> None:
    before = warming()
    with served(store) as client:
        client.get(f"/tiles/current/grids/{HERE}")
        desk = desk_of(client)
        assert warming() > before
    with pytest.raises(Problem) as told:
        asyncio.run(desk.tile(Place("mercator", "grids", 17, 0, 0), 2))
    assert told.value.slug == "busy"
    assert warming() == before


def warming() -> set[threading.Thread]:
    return {one for one in threading.enumerate() if one.name == "tile-warming"}
