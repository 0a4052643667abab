"""Is the city that is measured what the benchmarks say it is, and do they measure what they say?"""

import io
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from os import getpid
from pathlib import Path
from threading import Thread

import numpy as np
import pyarrow as pa
import pytest
import shapely
from fastapi import FastAPI
from rich.console import Console

from api.routes import owner as owner_route
from api.routes import rules
from benchmarks import (
    cpu,
    hello,
    load,
    owner,
    owner_http,
    owner_inside,
    owner_start,
    owner_stream,
    plan,
    published_city,
)
from benchmarks.city import FAULTY, HOUSEHOLDS, SHIFT_M, city
from benchmarks.community import CODE, community
from benchmarks.plan_edits import Planner
from geo import coverage, households
from geo.lattice import is_rounded
from geo.measure import areas_m2, metres_per_degree
from geo.redraw import written

SMALL = 0.005


def test_every_community_of_a_sound_city_is_exact() -> None:
    made = city(SMALL)
    assert (len(made.boundaries), len(made.grids), len(made.shifted)) == (15, 75, 0)
    for number, boundary in enumerate(made.boundaries):
        assert coverage.is_exact(boundary, list(made.grids[made.region_of == number]))


def test_neighbouring_communities_have_each_others_nodes() -> None:
    made = city(SMALL)
    whole = shapely.coverage_union_all(made.boundaries)
    assert shapely.coverage_is_valid(made.boundaries)
    assert isinstance(whole, shapely.Polygon)
    assert len(whole.interiors) == 0


def test_a_faulty_city_is_faulty_where_it_says() -> None:
    sound, made = city(0.03), city(0.03, faulty=True)
    moved = np.flatnonzero(~shapely.equals_exact(sound.grids, made.grids))
    assert moved.tolist() == made.shifted.tolist()
    assert len(moved) == len(made.grids) // FAULTY
    exact = [coverage.is_exact(b, list(made.grids[made.region_of == n])) for n, b in enumerate(made.boundaries)]
    assert np.flatnonzero(~np.array(exact)).tolist() == made.faulty_regions.tolist()
    way = shapely.get_coordinates(made.grids[moved])[0] - shapely.get_coordinates(sound.grids[moved])[0]
    assert abs(np.linalg.norm(way * metres_per_degree(30.5)) - SHIFT_M) < 0.05


def test_grids_are_as_detailed_as_real_ones_and_on_the_lattice() -> None:
    made = city(0.03)
    assert 105 <= np.median(shapely.get_num_coordinates(made.grids)) - 1 <= 109
    assert shapely.is_valid(made.grids).all()
    assert all(map(is_rounded, made.grids[:50]))


def test_buildings_are_small_apart_and_few_stand_on_borders() -> None:
    made = city(SMALL)
    assert len(made.buildings) == 2_000
    assert shapely.is_valid(made.buildings).all()
    area = areas_m2(made.buildings)
    assert 59 < area.min() < 70
    assert 190 < area.max() < 201
    one, two = shapely.STRtree(made.buildings).query(made.buildings, "intersects")
    assert (one == two).all()
    found = households.assign(made.with_buildings.buildings, made.plan.grids)
    assert 0.02 < np.mean([one.is_split for one in found]) < 0.04
    counts = np.array(list(households.tally(found).values()))
    assert len(counts) == 75
    assert counts.min() >= HOUSEHOLDS[0]
    assert counts.max() <= HOUSEHOLDS[1] + 50


def test_the_same_seed_is_the_same_city() -> None:
    one, two, other = city(SMALL, faulty=True), city(SMALL, faulty=True), city(SMALL, seed=2)
    assert (one.grids == two.grids).all()
    assert (one.buildings == two.buildings).all()
    assert (one.households == two.households).all()
    assert not (one.boundaries == other.boundaries).any()


def test_points_that_are_asked_about_lie_in_the_city() -> None:
    made = city(SMALL)
    xy = owner.inside(made, 500)
    assert xy.shape == (500, 2)
    assert shapely.intersects_xy(shapely.coverage_union_all(made.boundaries), xy[:, 0], xy[:, 1]).all()
    assert (xy == owner.inside(made, 500)).all()
    assert (xy == xy.round(7)).all()


def test_a_published_city_has_a_whole_tree_and_every_grid_once() -> None:
    made = city(0.12)
    several = list(published_city.plans(made))
    assert len(several) == 2
    regions = [region for plan in several for region in plan.regions]
    parents = {region.code: region.parent for region in regions}
    assert len(parents) == len(regions)
    assert [code for code, parent in parents.items() if parent is None] == [published_city.CITY]
    assert all(parent in parents for parent in parents.values() if parent is not None)
    assert [grid.code for plan in several for grid in plan.grids] == made.grid_codes
    for one in several:
        own = {region.code for region in one.regions}
        assert {grid.region for grid in one.grids} <= own


def test_processor_time_counts_a_process_and_its_children() -> None:
    start, own = cpu.process_s(getpid()), time.process_time()
    while time.process_time() < own + 0.2:
        sum(range(1000))
    subprocess.run([sys.executable, "-c", "sum(range(10**7))"], check=True)
    used = cpu.process_s(getpid()) - start
    assert used > 0.2 + 0.05
    assert cpu.process_s(2**22 + 1) == 0.0


class Answering(BaseHTTPRequestHandler):
    """Tells a caller the path it asked for; 404 where that is `/no`."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_response(404 if self.path == "/no" else 200)
        self.send_header("Content-Length", str(len(self.path)))
        self.end_headers()
        self.wfile.write(self.path.encode())

    def log_message(self, *told: object) -> None:
        pass


@contextmanager
def answering() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        server.asked = []  # type: ignore[attr-defined]
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_load_asks_for_everything_once() -> None:
    with answering() as server:
        paths = [f"/{number}" for number in range(100)]
        taken = load.fire(server.server_port, paths, 7)
        assert sorted(server.asked) == sorted(paths)  # type: ignore[attr-defined]
        assert len(taken) == 100
        assert 0 < min(taken) <= max(taken) < load.LONGEST_S
        assert load.ask(server.server_port, "/here") == b"/here"


def test_the_load_counts_no_refusal_as_an_answer() -> None:
    with answering() as server, pytest.raises(load.RefusedError, match="404"):
        load.fire(server.server_port, ["/yes", "/no", "/yes"], 1)


def test_hello_stands_right_behind_the_owner() -> None:
    app = FastAPI()
    app.include_router(owner_route.router)
    app.include_router(rules.router)
    hello.behind_owner(app, hello.router(40, 700))
    order = [getattr(route, "original_router", None) for route in app.router.routes]
    place = order.index(owner_route.router)
    assert order[place + 2] is rules.router
    assert {route.path for route in order[place + 1].routes} == {"/hello/plain", "/hello/full"}


def test_owners_are_read_from_the_answers_of_all() -> None:
    assert owner_http.code_in({"owner": {"code": "a"}, "status": "owned"}) == "a"
    assert owner_http.code_in([{"collectionId": "bench.grid", "code": "b"}]) == "b"
    assert owner_http.code_in({"owner": None}) is None
    assert owner_http.code_in([]) is None


def test_contestants_must_name_the_same_owners() -> None:
    one, other = np.array(["a", "b"], dtype=object), np.array(["a", None], dtype=object)
    owner_inside.agree(lambda: one, one.copy)
    with pytest.raises(RuntimeError, match="1 of 2"):
        owner_inside.agree(lambda: one, lambda: other)


def test_points_in_arrow_are_the_points() -> None:
    xy = owner.inside(city(SMALL), 100)
    with pa.ipc.open_stream(io.BytesIO(owner_stream.written(xy))) as stream:
        told = stream.read_all()
    assert (np.stack([told["lon"].to_numpy(), told["lat"].to_numpy()], axis=1) == xy).all()


def test_a_city_is_published_once_and_all_name_the_same_owners(tmp_path: Path) -> None:
    told = io.StringIO()
    with published_city.published(SMALL, tmp_path) as (cluster, made):
        owner_inside.run(cluster, owner.inside(made, 300), 1, Console(file=told, width=130))
        started = owner_start.once(
            [cluster.service_url, *map(str, owner.inside(made, 1)[0]), str(tmp_path / "snapshots")]
        )
        assert started["grids"] == len(made.grids)
        first = owner_start.loaded(cluster).map
    with published_city.published(SMALL, tmp_path) as (cluster, _):
        again = owner_start.loaded(cluster).map
    assert (first.publication, first.at) == (again.publication, again.at) == (1, first.at)
    assert [one.name for one in first.chain(first.holdings[0].region)][1:] == ["第1街道", "第1区", "样例市"]
    assert "PostGIS COPY + join" in told.getvalue()
    published_city.forget(tmp_path)
    assert not list(tmp_path.glob("city-*"))


def test_a_drawn_community_is_whole_and_lived_in() -> None:
    made = community()
    grids = made.grids
    region = next(one for one in made.plan.regions if one.code == CODE)
    assert region.shape is not None
    assert (len(grids), len(made.plan.buildings)) == (40, 2_000)
    assert coverage.is_exact(region.shape, [grid.shape for grid in grids])
    assert shapely.is_valid([building.shape for building in made.plan.buildings]).all()
    counts = households.tally(households.assign(made.plan.buildings, grids))
    assert 250 <= min(counts.values()) <= max(counts.values()) <= 480
    assert made == community()


def test_planners_draw_edits_of_every_kind_that_the_service_can_read() -> None:
    grids = {grid.code: grid.shape for grid in community(buildings=100).grids}
    drawn = Planner(grids, np.random.default_rng(1))
    edits = [drawn.draw(kind) for kind in drawn.kinds]
    assert [written.document(one) for one in written.read_all(edits)] == edits
    assert {edit["op"] for edit in edits} == set(drawn.kinds)


def test_plans_are_drawn_opened_and_published_for_the_clock(full: bool) -> None:
    if not full:
        pytest.skip("a service, a desk and a clock: with --full")
    told = io.StringIO()
    for table in plan.small():
        Console(file=told, width=130).print(table)
    for name in ("split", "dry run", "a plan of all is opened", "all communities are published at once"):
        assert name in told.getvalue()
