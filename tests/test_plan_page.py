"""Can a newcomer redraw a community in the page: be refused at a building, mend the line, publish, and see it?

WANGGE_PICTURES names a folder for pictures of each scene, for people to look at.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from conftest import fresh
from divisions import cell, community, together
from plan_desk import MIDDLE, Desk, asked, edited, grid_of, ground_of, owner_of, place, plan_of, published
from playwright.sync_api import Browser, Response, Route, sync_playwright
from test_owner_page import serving
from test_page import CHROMIUM, QUIET, WEBGL, publish
from test_page import pytestmark as needs

from api.settings import Settings
from api.tokens import read_tokens
from geo.model import Building, Plan, Region
from geo.store import embedded

pytestmark = needs
IN_HOUSE, BEYOND = (1.18, 0.45), (1.55, 0.45)
"""In steps from the origin; `MIDDLE` is on the border between A01 and A02, and the house stands east of it."""
HOUSE = cell(1.12, 0.38, 0.12, 0.14)
RENAMED = {"op": "set", "grid": "A04", "name": "新名"}
TOKEN = "a-token-only-for-tests"


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


@contextmanager
def served(cluster: embedded.Cluster, browser: Browser, settings: Settings) -> Iterator[str]:
    with fresh(cluster) as store:
        publish(store, district())
        with serving(store, settings) as url:
            yield url
            for context in browser.contexts:  # a page that listens would keep the service waiting
                context.close()


@pytest.fixture
def base(cluster: embedded.Cluster, browser: Browser) -> Iterator[str]:
    with served(cluster, browser, Settings(port=0)) as url:
        yield url


@pytest.fixture
def guarded(cluster: embedded.Cluster, browser: Browser) -> Iterator[str]:
    """A service that other machines reach too: who changes something needs a token."""
    with served(cluster, browser, Settings(port=0, host="0.0.0.0", tokens=read_tokens(f"desk:{TOKEN}"))) as url:
        yield url


@pytest.fixture(params=["en", "zh-CN"])
def language(request: pytest.FixtureRequest) -> str:
    if request.param != "en":
        request.getfixturevalue("slow")
    return str(request.param)


def test_a_newcomer_redraws_a_border_and_publishes(base: str, browser: Browser, language: str) -> None:
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
    with page.expect_response(shows_second):
        page.click('[data-turn="publish"]')
        page.wait_for_selector('[data-published="2"]')
    page.wait_for_selector('[data-publication="2"]')
    assert "plan=" not in page.url
    assert owner_of(base, 1.18, 0.45) == "A01"
    desk.picture(f"published-{language}")


def shows_second(answer: Response) -> bool:
    """Whether this is ground of the second publication."""
    return "/tiles/2/map/" in answer.url and answer.ok


@pytest.mark.usefixtures("slow")
def test_a_publication_that_is_listed_before_its_ground_can_be_read_is_shown_all_the_same(
    base: str, browser: Browser
) -> None:
    page = Desk.opened(browser, base).page
    before = asked(base, "/tiles/current/tilejson.json")
    page.route("**/tiles/current/tilejson.json?*", lambda route: route.fulfill(json=before), times=1)
    with page.expect_response(shows_second):
        published(base, RENAMED)


@pytest.mark.usefixtures("slow")
def test_a_plan_is_started_once_however_often_it_is_pressed_or_sent(base: str, browser: Browser) -> None:
    page = Desk.opened(browser, base).page
    keys = []

    def lose(route: Route) -> None:
        """The first answer never comes."""
        if route.request.method != "POST":
            return route.continue_()
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            return route.continue_()
        route.fetch()
        return route.abort()

    page.route("**/v1/plans", lose)
    page.click("#tab-plan")
    page.wait_for_selector(".drafts h3")
    desk = Desk(page, base)
    desk.press((0.7, 0.6))
    page.wait_for_selector(".chip-off")
    page.dblclick(".starting .go")
    page.click('[data-way="again"]')
    page.wait_for_selector(".plan-head")
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert [one["id"] for one in asked(base, "/v1/plans?state=draft")["plans"]] == [desk.id]


@pytest.mark.usefixtures("slow")
def test_who_gives_a_token_gets_the_plan_of_the_address_and_hears_of_it(guarded: str, browser: Browser) -> None:
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    key = {"Idempotency-Key": "plan"}
    id = asked(guarded, "/v1/plans", "POST", {"communities": ["A"]}, **key, **bearer)["id"]
    desk = Desk.opened(browser, guarded, plan=id)
    page = desk.page
    page.fill('[name="token"]', TOKEN)
    page.route("**/v1/events", lambda route: route.fulfill(status=503), times=1)
    with page.expect_response(lambda answer: "/v1/events" in answer.url and answer.ok):  # it comes back by itself
        page.click(".token .go")
        page.wait_for_selector(".plan-head")
    assert desk.id == id
    edited(guarded, id, RENAMED, **bearer)
    page.wait_for_selector(".warnings")
    assert "desk has just changed this plan" in page.inner_text(".warnings")


@pytest.mark.usefixtures("slow")
def test_edits_are_undone_and_redone_and_survive_a_reload(base: str, browser: Browser) -> None:
    desk = Desk.opened(browser, base)
    page = desk.page
    desk.redraw()
    page.click('[data-tool="split"]')
    desk.press((1.5, -0.1), (1.5, 1.1))
    page.click('[data-next="done"]')
    desk.kept(2)
    assert "A-1" in page.inner_text(".outcome")
    page.route(f"**/v1/plans/{desk.id}", lambda route: route.abort(), times=1)  # it is undone all the same
    page.keyboard.press("Control+z")
    desk.kept(3)
    assert page.query_selector(".notice") is None
    page.keyboard.press("Control+y")
    desk.kept(4)
    page.reload()
    page.wait_for_selector(".plan-head")
    page.click('[data-tool="merge"]')
    desk.press((1.3, 0.2), (1.7, 0.2))
    page.wait_for_selector(".outcome")
    page.click('[data-next="merge"]')
    desk.kept(5)
    desk.picture("merged")
    codes = {one["properties"]["code"] for one in ground_of(base, desk.id) if one["properties"]["layer"] == "grid"}
    assert codes == {"A01", "A02", "A03", "A04"}


@pytest.mark.usefixtures("slow")
def test_a_border_is_drawn_anew_by_hand_and_a_press_on_a_refused_line_does_not_lose_it(
    base: str, browser: Browser
) -> None:
    desk = Desk.opened(browser, base)
    refused(desk)
    desk.picture("reshape-refused")
    desk.press(IN_HOUSE)
    assert desk.page.inner_text(".hint") == "That cannot be: drag the dashed red line away, or drop it."
    desk.drag(IN_HOUSE, BEYOND)
    desk.kept(2)
    desk.picture("reshaped")
    assert grid_of(base, desk.id, "A01")["households"] == 330 + 60


def refused(desk: Desk) -> None:
    """A new border, drawn through the house."""
    desk.redraw()
    desk.page.click('[data-tool="reshape"]')
    desk.press((1.0, 0.15), IN_HOUSE, (1.0, 0.85))
    desk.page.click('[data-next="done"]')
    desk.page.wait_for_selector('.refusal[data-problem="/problems/building-cut"][role="alert"]')


@pytest.mark.usefixtures("slow")
def test_the_line_that_the_service_proposes_is_taken(base: str, browser: Browser) -> None:
    desk = Desk.opened(browser, base)
    refused(desk)
    desk.page.click('.refusal [data-way="detour"]')
    desk.kept(2)
    desk.page.wait_for_selector(".refusal", state="detached")
    desk.picture("detour")
    assert grid_of(base, desk.id, "A01")["households"] + grid_of(base, desk.id, "A02")["households"] == 330 + 370


@pytest.mark.usefixtures("slow")
def test_ground_is_given_by_hand(base: str, browser: Browser) -> None:
    desk = Desk.opened(browser, base)
    desk.redraw()
    desk.page.click('[data-tool="assign"]')
    first = (0.95, 0.6)
    desk.press((0.7, 0.6), first, (1.4, 0.6), (1.4, 0.3), (0.95, 0.3))
    desk.picture("assign-drawing")
    desk.press(first)
    desk.kept(2)
    desk.picture("assigned")
    assert grid_of(base, desk.id, "A01")["households"] == 330 + 60


@pytest.mark.usefixtures("slow")
def test_who_comes_second_is_told_and_loses_nothing(base: str, browser: Browser) -> None:
    desk = Desk.opened(browser, base, events=False)
    desk.redraw()
    edited(base, desk.id, RENAMED)
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
    published(base, RENAMED)
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


@pytest.mark.usefixtures("slow")
def test_where_both_sides_drew_the_planner_chooses(base: str, browser: Browser) -> None:
    desk = Desk.opened(browser, base)
    page = desk.page
    desk.redraw()
    desk.drag(MIDDLE, BEYOND)
    desk.kept(2)
    corners = [place(x, y) for x, y in [(1.0, 0.3), (1.3, 0.3), (1.3, 1.1), (1.0, 1.1), (1.0, 0.3)]]
    published(base, {"op": "assign", "ground": {"type": "Polygon", "coordinates": [corners]}, "grid": "A04"})
    page.click('[data-turn="publish"]')
    page.click('.refusal[data-problem="/problems/stale-base"] [data-way="rebase"]')
    page.wait_for_selector(".conflicts")
    desk.picture("conflict")
    assert page.is_disabled(".conflicts .go")
    for mine in page.query_selector_all('.conflicts [value="mine"]'):
        mine.check()
    page.click(".conflicts .go")
    page.wait_for_selector(".refusal", state="detached")
    page.wait_for_selector(".conflicts", state="detached")
    page.wait_for_selector(".stale", state="detached")
    desk.picture("chosen")
    page.click('[data-turn="publish"]')
    page.wait_for_selector('[data-published="3"]')
    assert owner_of(base, *IN_HOUSE) == "A01"
    assert owner_of(base, 1.2, 0.95) == "A04"
