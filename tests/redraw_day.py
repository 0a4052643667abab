"""How does a planner's day of redrawing go, over HTTP? The requests of docs/redraw.md in order, and their answers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from threading import Event
from typing import Any

import shapely
from conftest import Store
from district import refresh
from fastapi.testclient import TestClient
from shapely.geometry import shape
from uploading import key
from warm import Starts

from api.app import create_app
from api.settings import Settings
from geo.files import read_geojson
from geo.store import door, intake
from geo.store.connect import session
from geo.store.order import Mode, Order
from sample_data.make import text
from sample_data.redraw import former, requests
from sample_data.sites import Sites

OWN = ("519901009", "519901007003")
"""The part of the district that the day is about: a street, and the community across the river."""
TREE = {"519901", "519901-P1", "519901-P2", "519901007"}
WEDNESDAY = datetime(2026, 11, 18, 1, tzinfo=UTC)
MONDAY = "2026-11-23"
BEFORE, AT = datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC), datetime(2026, 11, 22, 16, tzinfo=UTC)
"""A second before that Monday in Chengdu, and its beginning."""
FIFTH = "华田新村社区第五网格"
SINCE, WHY_BACK = "11月23日起施行", "公示期内收到异议"
SOON_S = 30.0


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = WEDNESDAY

    def __call__(self) -> datetime:
        return self.now


def part(plan: dict[str, Any]) -> dict[str, Any]:
    """Of a plan file of the district: the part of the day, the regions above it, and what stands on its ground."""
    features = plan["features"]
    own = [one for one in features if one["properties"].get("code", "").startswith(OWN)]
    own += [one for one in features if one["properties"].get("code") in TREE]
    ground = shapely.union_all([shape(one["geometry"]) for one in own if one["properties"]["layer"] == "grid"])
    shapely.prepare(ground)
    things = [one for one in features if one["properties"]["layer"] in {"building", "facility", "line", "water"}]
    return {**plan, "features": [*own, *(one for one in things if ground.intersects(shape(one["geometry"])))]}


@dataclass
class Day:
    """The day as it went: each answer under the name of its act, the plan's ground as it was after it."""

    client: TestClient
    clock: Clock
    sites: Sites
    district: dict[str, Any]
    told: dict[str, Any] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    ground: dict[str, dict[str, Any]] = field(default_factory=dict)
    plan: str = ""
    colleague: str = ""

    @cached_property
    def desk(self) -> dict[str, Any]:
        """The bodies that lie on the desk."""
        return requests(self.sites)

    def run(self) -> None:
        """The whole day."""
        self.draws()
        self.looks()
        self.is_overtaken()
        self.hands_over()
        self.waits()
        self.goes_back()

    def draws(self) -> None:
        """Split, merged, moved, given: with the first attempt refused."""
        self.plan = self.ask("open", "POST", "/v1/plans", self.desk["open"])["id"]
        self.keep("before")
        self.ask("published owners", "POST", "/v1/owner/batch", self.desk["points"])
        refused = self.edit("cuts", self.desk["split"])
        detour = next(one for one in refused["features"]["features"] if one["properties"]["role"] == "detour")
        (split,) = self.desk["split"]["edits"]
        mended = {**split, "line": detour["geometry"]}
        tried = self.edit("tried", {"edits": [mended]}, "?dry_run=true")
        (new,) = [one["code"] for one in tried["households"] if one["before"] is None]
        named = {"op": "set", "grid": new, "name": FIFTH}
        self.edit("split", {"edits": [mended, named], "reason": self.desk["split"]["reason"]})
        for name in ("merge", "river", "courtyard"):
            self.edit(name, self.desk[name])

    def looks(self) -> None:
        """What is wrong still, what would differ, and back and forth."""
        for name in ("findings", "diff", "steps"):
            self.ask(name, "GET", f"/v1/plans/{self.plan}/{name}")
        self.page("diff", f"/v1/plans/{self.plan}/diff?f=html")
        self.change("undo", "undo", {"steps": 4})
        self.keep("undone")
        self.change("redo", "redo", {"steps": 4})
        self.keep("redone")

    def is_overtaken(self) -> None:
        """A colleague draws another grid of the same community and is published first."""
        self.colleague = self.ask("other", "POST", "/v1/plans", self.desk["colleague-open"])["id"]
        own, self.plan = self.plan, self.colleague
        self.edit("arcade", self.desk["colleague"])
        self.change("other published", "publish", {"reason": "商业街并入枢纽"})
        self.plan = own
        refresh(self.client)
        self.change("stale", "publish")
        self.change("rebase", "rebase")
        self.keep("rebased")

    def hands_over(self) -> None:
        """Handed in, approved, and set for Monday."""
        self.change("submit", "submit", {"reason": "请审"})
        self.edit("too late", self.desk["merge"])
        self.change("approve", "approve", {"approval": "文街网〔2026〕7号"})
        self.change("schedule", "publish", {"at": MONDAY, "reason": SINCE})

    def waits(self) -> None:
        """Until Monday the old map answers, and nobody else changes the ground that waits."""
        self.ask("other again", "POST", "/v1/plans", self.desk["colleague-open"])
        own, self.plan = self.plan, self.told["other again"]["id"]
        named = {"edits": [{"op": "set", "grid": self.sites.special, "name": "城北客运枢纽"}]}
        self.edit("renamed", named)
        self.change("reserved", "publish")
        self.plan = own
        self.clock.now = BEFORE
        self.wake()
        self.ask("owners before", "POST", "/v1/owner/batch", self.desk["points"])
        self.clock.now = AT
        self.wake()
        self.until_published()
        self.ask("owners at", "POST", "/v1/owner/batch", self.desk["points"])
        self.ask("publication", "GET", f"/v1/publications/{self.told['published']['publication']}")
        self.ask("retired", "GET", f"/v1/grids/{self.retired}")
        for name in ("lineage", "archive"):
            self.ask(name, "GET", f"/v1/grids/{self.sites.host}/{name}")
        self.page("archive", f"/v1/grids/{self.sites.host}/archive?f=html")

    def goes_back(self) -> None:
        """Everything as it was before Monday, as a publication of its own."""
        number = self.told["published"]["publication"]
        body = {"reason": WHY_BACK, "what": "ground"}
        self.ask("revert", "POST", f"/v1/publications/{number - 1}/revert", body)
        refresh(self.client)
        self.ask("owners after", "POST", "/v1/owner/batch", self.desk["points"])
        newest = self.told["revert"]["number"]
        self.ask("nothing differs", "GET", f"/v1/publications/{newest}/diff?against={number - 1}")
        self.ask("again", "GET", f"/v1/grids/{self.retired}")

    @property
    def retired(self) -> str:
        """The code that the merger made an end of."""
        code: str = self.told["merge"]["gone"][0]
        return code

    def ask(self, name: str, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
        """Ask, and keep the answer under a name."""
        told = self.client.request(method, path, json=body, headers={**key(), "Accept-Language": "en", **headers})
        self.status[name], self.told[name] = told.status_code, told.json()
        found: dict[str, Any] = self.told[name]
        return found

    def change(self, name: str, verb: str, body: Any = None, query: str = "") -> dict[str, Any]:
        """Change the plan as it is now."""
        revision = self.client.get(f"/v1/plans/{self.plan}").headers["etag"]
        return self.ask(name, "POST", f"/v1/plans/{self.plan}/{verb}{query}", body or {}, **{"If-Match": revision})

    def edit(self, name: str, body: Any, query: str = "") -> dict[str, Any]:
        """Redraw, and keep the ground that came of it."""
        told = self.change(name, "edits", body, query)
        self.keep(name)
        return told

    def keep(self, name: str) -> None:
        self.ground[name] = self.client.get(f"/v1/plans/{self.plan}?f=geojson").json()

    def page(self, name: str, path: str) -> None:
        told = self.client.get(path, headers={"Accept-Language": "en"})
        assert told.status_code == 200, told.text
        self.pages[name] = told.text

    def wake(self) -> None:
        self.client.app.state.schedule.wake()  # type: ignore[attr-defined]

    def until_published(self) -> None:
        """The thread that publishes what is due tells nobody in this process."""
        pause = Event()
        for _ in range(int(SOON_S / 0.05)):
            if self.ask("published", "GET", f"/v1/plans/{self.plan}")["state"] == "published":
                break
            pause.wait(0.05)
        refresh(self.client)


@contextmanager
def day(store: Store, district_text: str) -> Iterator[Day]:
    """The older division published on an empty store and served by a clock that stands still on a Wednesday."""
    district = json.loads(district_text)
    sites = Sites.of(district)
    with session(store.service) as work, work.begin():
        map_ = read_geojson(text(part(former(district, sites))).encode())
        taken = intake.take(work, [map_], Order(mode=Mode.UPDATE, whole=True), check=False)
        assert not taken.problems
        first = intake.keep(work, taken, actor="planner", provisional=False)
    assert door.publish(store.service, door.Request(plan=first, actor="planner", reason="older division")).number == 1
    clock = Clock()
    fewer: dict[str, Any] = {**Starts.fewer()}
    app = create_app(Settings(**fewer), store.service, clock=clock)
    with TestClient(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 40000)) as client:
        yield Day(client, clock, sites, district)
