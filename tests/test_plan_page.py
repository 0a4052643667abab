"""Can a newcomer redraw a community in the page: be refused at a building, mend the line, publish, and see it?

WANGGE_PICTURES names a folder for pictures of each scene, for people to look at.
"""

import json
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pytest
from conftest import fresh
from divisions import ORIGIN, STEP, cell, community, together
from playwright.sync_api import Browser, Page, sync_playwright
from serving import Client
from test_owner_page import serving
from test_page import CHROMIUM, QUIET, WEBGL, publish
from test_page import pytestmark as needs

from api.settings import Settings
from geo.model import Building, Plan, Region
from geo.store import embedded

pytestmark = needs
ZOOM = 16.0
MIDDLE = (1.0, 0.5)
"""Of the border between A01 and A02, in steps from the origin; the house stands east of it."""
IN_HOUSE, BEYOND = (1.18, 0.45), (1.55, 0.45)
HOUSE = cell(1.12, 0.38, 0.12, 0.14)


def district() -> Plan:
    root = Region(code="D", name="测试区", level="district")
    plan = together([community("A", 0, 0, parent="D"), community("B", 2, 0, parent="D")])
    places = {"h1": (0.4, 0.6, 330), "h2": (1.7, 0.7, 310), "h3": (0.4, 1.4, 350), "h4": (1.5, 1.4, 360)}
    homes = [Building(id=id, households=n, shape=cell(x, y, 0.15, 0.15)) for id, (x, y, n) in places.items()]
    return replace(
        plan, regions=(root, *plan.regions), buildings=(*homes, Building(id="house", households=60, shape=HOUSE))
    )


@pytest.fixture
def slow(full: bool) -> None:
    """What shows the same desk once more, by other ways."""
    if not full:
        pytest.skip("other ways to use the desk: with --full")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*WEBGL, *QUIET])
        yield browser
        browser.close()


@pytest.fixture
def base(cluster: embedded.Cluster, browser: Browser) -> Iterator[str]:
    with fresh(cluster) as store:
        publish(store, district())
        with serving(store, Settings(port=0)) as url:
            yield url
            for context in browser.contexts:  # a page that listens would keep the service waiting
                context.close()


@dataclass
class Desk:
    """A planner's window."""

    page: Page
    base: str

    @classmethod
    def opened(cls, browser: Browser, base: str, *, events: bool = True, **window: Any) -> "Desk":
        """`events`: whether the page hears what happens."""
        context = browser.new_context(**{"viewport": {"width": 1000, "height": 640}, "locale": "en", **window})
        context.set_default_timeout(20_000)
        desk = cls(context.new_page(), base)
        if not events:
            context.route("**/v1/events", lambda route: route.abort())
        lon, lat = place(*MIDDLE)
        desk.page.goto(f"{base}/#{ZOOM}/{lat}/{lon}")
        desk.page.wait_for_selector("[data-publication]")
        return desk

    def redraw(self) -> None:
        """Click a grid and press the button."""
        self.page.mouse.click(*self.at(0.7, 0.6))
        self.page.click(".redraw")
        self.page.wait_for_selector(".plan-head")

    def at(self, column: float, row: float) -> tuple[float, float]:
        """Where a place is in the window."""
        zoom, lat, lon = (float(part) for part in self.page.url.split("#")[1].split("&")[0].split("/"))
        box = self.page.locator("#map canvas").bounding_box()
        assert box is not None
        (x, y), (left, top) = mercator(*place(column, row), zoom), mercator(lon, lat, zoom)
        return box["x"] + box["width"] / 2 + x - left, box["y"] + box["height"] / 2 + y - top

    def drag(self, start: tuple[float, float], end: tuple[float, float], *, drop: bool = True) -> None:
        (x, y), (to_x, to_y) = self.at(*start), self.at(*end)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for step in range(1, 9):
            self.page.mouse.move(x + (to_x - x) * step / 8, y + (to_y - y) * step / 8)
        if drop:
            self.page.mouse.up()

    def kept(self, revision: int) -> None:
        """Wait until the plan is at a revision on the page; so it is in the store."""
        self.page.wait_for_selector(f'[data-revision="{revision}"]')
        assert plan_of(self.base, self.id)["revision"] == revision

    @property
    def id(self) -> str:
        return self.page.url.split("plan=")[1]

    def picture(self, name: str) -> None:
        if folder := os.environ.get("WANGGE_PICTURES"):
            self.page.wait_for_timeout(700)  # for people: labels fade in
            self.page.screenshot(path=Path(folder) / f"{name}.png")


def place(column: float, row: float) -> tuple[float, float]:
    return ORIGIN[0] + column * STEP, ORIGIN[1] + row * STEP


def mercator(lon: float, lat: float, zoom: float) -> tuple[float, float]:
    """Pixels of Web Mercator in tiles of 512."""
    side = 512 * 2**zoom
    return (lon + 180) / 360 * side, (0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)) * side


def plan_of(base: str, id: str) -> Any:
    return asked(base, f"/v1/plans/{id}")


def asked(base: str, path: str, method: str = "GET", body: object = None, **headers: str) -> Any:
    client = Client(base)
    try:
        reply = client.ask(path, method, body, headers)
    finally:
        client.close()
    assert reply.status < 300, reply.body
    return json.loads(reply.body)


def owner_of(base: str, column: float, row: float) -> str:
    lon, lat = place(column, row)
    found = asked(base, f"/v1/owner?lon={lon:.7f}&lat={lat:.7f}&datum=wgs84")
    return str(found["owner"]["code"])


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_newcomer_redraws_a_border_and_publishes(
    base: str, browser: Browser, language: Literal["en", "zh-CN"]
) -> None:
    desk = Desk.opened(browser, base, locale=language)
    page = desk.page
    desk.redraw()
    desk.drag(MIDDLE, IN_HOUSE, drop=False)
    page.wait_for_selector('.refusal[data-problem="/problems/building-cut"][role="status"]')  # told while it moves
    page.mouse.up()
    page.wait_for_selector('.refusal[role="alert"]')
    said = page.inner_text(".refusal")
    assert "house" in said
    assert ("建筑" in said) == (language == "zh-CN")
    desk.picture(f"refused-{language}")
    assert plan_of(base, desk.id)["revision"] == 1
    desk.drag(IN_HOUSE, BEYOND, drop=False)
    page.wait_for_selector(".outcome .moved")
    assert "330\t390" in page.inner_text(".outcome")
    desk.picture(f"dragging-{language}")
    page.mouse.up()
    desk.kept(2)
    assert page.query_selector(".refusal") is None
    desk.picture(f"mended-{language}")
    assert owner_of(base, 1.18, 0.45) == "A02"
    page.fill('.publishing [name="reason"]', "the house belongs to the yard")
    with page.expect_response(lambda answer: "/tiles/2/grids/" in answer.url and answer.ok):
        page.click('[data-turn="publish"]')
        page.wait_for_selector('[data-published="2"]')
    page.wait_for_selector('[data-publication="2"]')
    assert "plan=" not in page.url
    assert owner_of(base, 1.18, 0.45) == "A01"
    desk.picture(f"published-{language}")


@pytest.mark.usefixtures("slow")
def test_edits_are_undone_and_redone_and_survive_a_reload(base: str, browser: Browser) -> None:
    desk = Desk.opened(browser, base)
    page = desk.page
    desk.redraw()
    page.click('[data-tool="split"]')
    page.mouse.click(*desk.at(1.5, -0.1))
    page.mouse.click(*desk.at(1.5, 1.1))
    page.click('[data-next="done"]')
    desk.kept(2)
    assert "A-1" in page.inner_text(".outcome")
    page.keyboard.press("Control+z")
    desk.kept(3)
    page.keyboard.press("Control+y")
    desk.kept(4)
    page.reload()
    page.wait_for_selector(".plan-head")
    page.click('[data-tool="merge"]')
    page.mouse.click(*desk.at(1.3, 0.2))
    page.mouse.click(*desk.at(1.7, 0.2))
    page.wait_for_selector(".outcome")
    page.click('[data-next="merge"]')
    desk.kept(5)
    desk.picture("merged")
    codes = {one["properties"]["code"] for one in ground_of(base, desk.id) if one["properties"]["layer"] == "grid"}
    assert codes == {"A01", "A02", "A03", "A04"}


def ground_of(base: str, id: str) -> Any:
    return asked(base, f"/v1/plans/{id}?f=geojson")["features"]


@pytest.mark.usefixtures("slow")
def test_who_comes_second_is_told_and_loses_nothing(base: str, browser: Browser) -> None:
    desk = Desk.opened(browser, base, events=False)
    desk.redraw()
    edits = {"edits": [{"op": "set", "grid": "A04", "name": "新名"}]}
    asked(base, f"/v1/plans/{desk.id}/edits", "POST", edits, **{"If-Match": '"1"', "Idempotency-Key": "second"})
    desk.drag(MIDDLE, BEYOND)
    desk.page.wait_for_selector(".warnings")
    assert "local has just changed this plan" in desk.page.inner_text(".warnings")
    desk.picture("second")
    desk.page.click('[data-next="again"]')
    desk.kept(3)


@pytest.mark.usefixtures("slow")
def test_a_border_is_moved_with_the_keyboard_alone(base: str, browser: Browser) -> None:
    desk = Desk.opened(browser, base)
    desk.redraw()
    desk.page.focus("#map canvas")
    desk.page.keyboard.press("Enter")  # takes hold of the edge at the centre: the pointer has chosen its grid
    for _ in range(2):
        before = desk.page.url
        desk.page.keyboard.press("ArrowRight")
        desk.page.wait_for_function("before => location.href !== before", arg=before)
    desk.picture("keyboard")
    desk.page.keyboard.press("Enter")
    desk.kept(2)


@pytest.mark.usefixtures("slow")
def test_a_finger_on_a_narrow_window(base: str, browser: Browser) -> None:
    window: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}
    desk = Desk.opened(browser, base, **window, locale="zh-CN", color_scheme="dark")
    page = desk.page
    page.touchscreen.tap(*desk.at(0.7, 0.3))
    page.tap(".redraw")
    page.wait_for_selector(".plan-head")
    page.touchscreen.tap(*desk.at(0.9, 0.7))
    touch = page.context.new_cdp_session(page)
    (x, y), (to_x, to_y) = desk.at(*MIDDLE), desk.at(*IN_HOUSE)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 9):
        at = {"x": x + (to_x - x) * step / 8, "y": y + (to_y - y) * step / 8}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_selector('.refusal[role="alert"]')
    desk.picture("finger")
    page.tap('[data-next="cancel"]')
    page.wait_for_selector(".refusal", state="detached")
    page.tap('[data-tool="name"]')
    page.touchscreen.tap(*desk.at(0.7, 0.3))
    page.fill('.naming [name="name"]', "塔楼网格")
    page.tap(".naming .go")
    desk.kept(2)
    desk.picture("named")


@pytest.mark.usefixtures("slow")
def test_a_plan_is_carried_over_to_what_others_published(base: str, browser: Browser) -> None:
    desk = Desk.opened(browser, base)
    page = desk.page
    desk.redraw()
    desk.drag(MIDDLE, BEYOND)
    desk.kept(2)
    other = asked(base, "/v1/plans", "POST", {"communities": ["A"]}, **{"Idempotency-Key": "other"})["id"]
    edits = {"edits": [{"op": "set", "grid": "A04", "name": "新名"}]}
    asked(base, f"/v1/plans/{other}/edits", "POST", edits, **{"If-Match": '"1"', "Idempotency-Key": "edit"})
    asked(base, f"/v1/plans/{other}/publish", "POST", {}, **{"If-Match": '"2"', "Idempotency-Key": "publish"})
    page.wait_for_selector(".stale")
    desk.picture("stale")
    page.click('[data-way="rebase"]')
    page.wait_for_selector(".stale", state="detached")
    page.click('[data-turn="submit"]')
    page.fill('[name="approval"]', "示例〔2026〕7号")
    page.click('[data-turn="approve"]')
    page.click('[name="when"][value="later"]')
    page.fill('[name="at"]', "2099-01-01")
    desk.picture("approved")
    page.click('[data-turn="publish"]')
    page.wait_for_selector(".state-scheduled")
    desk.picture("scheduled")
    assert plan_of(base, desk.id)["at"].startswith("2098-12-31T16:00")
    page.click('[data-turn="withdraw"]')
    page.click('[data-turn="withdraw"]')
    page.wait_for_selector(".drafts")
