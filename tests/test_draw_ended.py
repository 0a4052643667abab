"""Is a drawing that is stopped, hurried or killed as if it had not been, or whole?"""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from pathlib import Path
from threading import Event

import pytest
from conftest import Store, fresh
from district import publish
from drawable import CROWDED, Drawer, crowd, households, town
from importing import ENDED, ask, become, environment, reach
from serving import served
from test_jobs import children, held

from api.draw_schemas import Drawing
from geo.store import embedded

SOON_S = 60.0
STEPS = "LOCK TABLE plan_change IN SHARE MODE"
"""Who writes a step waits; who reads does not."""


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster) -> Iterator[Store]:
    """A town, and away from it a community whose drawing takes some seconds."""
    with fresh(cluster) as one:
        publish(one, town())
        publish(one, crowd())
        yield one


@pytest.fixture(scope="module")
def drawer(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drawer]:
    folder = tmp_path_factory.mktemp("drawing")
    with served(folder / "log", environment(store, folder)) as service:
        yield Drawer(service.url)


def test_it_tells_how_far_it_is_and_is_stopped(drawer: Drawer) -> None:
    number = drawer.opened("D")
    before = drawer.ground(number)
    job = drawer.begun(number, {"keep": False})
    told = reach(drawer.url, job, "grids", SOON_S)
    assert told["result"].keys() == {"best"}
    assert 0 <= told["progress"]["done"] <= told["progress"]["total"]
    asked = ask(drawer.url, f"/v1/jobs/{job}", "DELETE").told
    assert asked["state"] == "stopped" or asked["stopping"]
    ended = become(drawer.url, job, "stopped", within_s=10)
    assert (ended["result"], ended["problem"]) == (None, None)
    assert (drawer.ground(number), drawer.plan(number)["revision"]) == (before, 1)


def test_the_best_so_far_is_taken(drawer: Drawer) -> None:
    number = drawer.opened("D")
    job = drawer.begun(number, {"keep": False})
    reach(drawer.url, job, "grids", SOON_S)
    until = time.monotonic() + SOON_S
    while (best := drawer.get(f"/v1/jobs/{job}")["result"]["best"]) is None and time.monotonic() < until:
        Event().wait(0.02)
    assert 0 <= best <= 1
    asked = ask(drawer.url, f"/v1/jobs/{job}?take=best", "DELETE")
    assert asked.status == 200
    ended = become(drawer.url, job, *ENDED, within_s=20)
    assert ended["state"] == "done", ended
    Drawing.model_validate(ended["result"])
    assert (ended["result"]["early"], ended["result"]["revision"]) == (True, 2)
    assert sum(households(ended["result"]["alternatives"][0])) == 4 * CROWDED**2 * 30
    again = ask(drawer.url, f"/v1/jobs/{job}?take=best", "DELETE")
    assert (again.status, again.told["result"]) == (200, ended["result"])


def test_what_was_not_begun_stays_when_the_best_is_taken(drawer: Drawer) -> None:
    """It may be asked for before the job is begun: the first community is drawn, as quickly as can be."""
    number = drawer.opened("A", "B", "C")
    first = drawer.begun(drawer.opened("B"), {"keep": False})
    job = drawer.begun(number, {"keep": False})
    ask(drawer.url, f"/v1/jobs/{job}?take=best", "DELETE")
    become(drawer.url, first, *ENDED, within_s=SOON_S)
    ended = become(drawer.url, job, *ENDED, within_s=SOON_S)
    assert ended["state"] == "done", ended
    assert ended["result"]["early"]
    assert [one["code"] for one in ended["result"]["alternatives"][0]["communities"]] == ["A"]
    assert [one["code"] for one in ended["result"]["left"]] == ["B", "C"]


def hurry(drawer: Drawer, job: str) -> None:
    """Nobody waits for more than the first whole drawing."""
    ask(drawer.url, f"/v1/jobs/{job}?take=best", "DELETE")


@pytest.mark.parametrize("moment", ["grids", "writing"])
def test_kill_9_of_its_process(store: Store, tmp_path: Path, moment: str) -> None:
    """While it draws, and in the midst of writing the step: the plan is as it was, and the job goes on."""
    with served(tmp_path / "log", environment(store, tmp_path), spawning=True) as service:
        drawer = Drawer(service.url)
        number = drawer.opened("A" if moment == "writing" else "D")
        with held(store.owner, STEPS) if moment == "writing" else nullcontext():
            job = drawer.begun(number, {"keep": False})
            reach(drawer.url, job, moment, SOON_S)
            for child in children(service):
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            assert drawer.plan(number)["revision"] == 1
        hurry(drawer, job)
        ended = become(drawer.url, job, *ENDED, within_s=SOON_S)
        assert (ended["state"], ended["result"]["revision"], ended["result"]["step"]) == ("done", 2, 1), ended
        assert len(drawer.get(f"/v1/plans/{number}/steps")["steps"]) == 1


def test_kill_9_of_the_service(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    """After a restart the plan has the whole step, once."""
    folder = tmp_path_factory.mktemp("own") / "data"
    with embedded.joined(folder), served(tmp_path / "log", {"WANGGE_DATA": str(folder)}) as one:
        drawer = Drawer(one.url)
        number = drawer.uploaded(crowd())
        job = drawer.begun(number, {"keep": False})
        reach(drawer.url, job, "grids", SOON_S)
        before = drawer.ground(number)
        one.process.kill()
        one.process.wait()
        with served(tmp_path / "log2", {"WANGGE_DATA": str(folder)}) as two:
            again = Drawer(two.url)
            hurry(again, job)
            ended = become(two.url, job, *ENDED, within_s=SOON_S)
            assert (ended["state"], ended["result"]["step"]) == ("done", 1), ended
            assert again.ground(number) != before
            assert len(again.get(f"/v1/plans/{number}/steps")["steps"]) == 1
    embedded.erase(folder)
