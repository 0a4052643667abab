"""Can a planner have grids drawn in the page: begin, watch, take the best, compare, choose blocks, heal sizes?

WANGGE_PICTURES names a folder for pictures of each scene, for people to look at.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import Store, fresh
from district import publish
from drawable import Drawer, crowd, grids_of, shapes_of, town
from importing import environment
from plan_desk import Desk
from playwright.sync_api import Browser, sync_playwright
from serving import served
from test_page import CHROMIUM, QUIET, WEBGL
from test_page import pytestmark as needs

from geo.store import embedded

pytestmark = needs
SLOWLY_MS = 120_000


@pytest.fixture
def slow(full: bool) -> None:
    """What shows the same desk once more, by other ways."""
    if not full:
        pytest.skip("other ways to use the desk: with --full")


@pytest.fixture(params=["en", "zh-CN"])
def language(request: pytest.FixtureRequest) -> str:
    if request.param != "en":
        request.getfixturevalue("slow")
    return str(request.param)


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster) -> Iterator[Store]:
    with fresh(cluster) as one:
        publish(one, town())
        publish(one, crowd())
        yield one


@pytest.fixture(scope="module")
def drawer(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drawer]:
    folder = tmp_path_factory.mktemp("drawing")
    with served(folder / "log", environment(store, folder)) as service:
        yield Drawer(service.url)


@pytest.fixture(scope="module")
def browser(drawer: Drawer) -> Iterator[Browser]:
    """Closed before the service: a page that listens would keep it waiting."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*WEBGL, *QUIET])
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _windows(browser: Browser) -> Iterator[None]:
    """Every test closes those that it opened."""
    yield
    for context in browser.contexts:
        context.close()


def opened(browser: Browser, drawer: Drawer, *communities: str, **window: Any) -> Desk:
    """A new plan, open in a window, with the tool in hand."""
    desk = Desk.opened(browser, drawer.url, plan=drawer.opened(*communities), **window)
    desk.page.context.set_default_timeout(SLOWLY_MS)
    desk.page.wait_for_selector(".plan-head")
    desk.page.click('[data-tool="draw"]')
    return desk


def drawn(desk: Desk, revision: int) -> str:
    """What the card tells once the plan has got what was drawn."""
    desk.kept(revision)
    return desk.page.inner_text(".drawn")


def test_a_community_is_drawn_compared_and_taken_back(drawer: Drawer, browser: Browser, language: str) -> None:
    desk = opened(browser, drawer, "A", locale=language)
    page = desk.page
    before = drawer.ground(desk.id)
    page.check('.drawing [value="anew"]')
    page.select_option('[name="alternatives"]', "3")
    desk.picture(f"draw-form-{language}")
    page.click('[data-draw="go"]')
    page.wait_for_selector(".running .phase")
    desk.picture(f"draw-running-{language}")
    told = drawn(desk, 2)
    desk.picture(f"drawn-{language}")
    assert ("户" in told) == (language == "zh-CN")
    assert page.query_selector(".running:visible") is None
    best = grids_of(drawer.ground(desk.id))
    rank = page.get_attribute(".others li:has(.instead)", "data-rank")
    page.click(".others li:has(.instead) .instead")
    desk.kept(4)
    page.wait_for_selector(f'.drawn[data-chosen="{rank}"]')
    desk.picture(f"drawn-instead-{language}")
    assert {*map(str, grids_of(drawer.ground(desk.id)).values())} != {*map(str, best.values())}
    page.click('[data-step="undo"]')
    desk.kept(5)
    assert drawer.ground(desk.id) == before
    assert page.query_selector(".drawn") is None


def test_some_grids_are_shared_anew_and_the_others_stay(drawer: Drawer, browser: Browser) -> None:
    """Two grids of 720 households, pressed on the map, become three of the right size."""
    desk = opened(browser, drawer, "A")
    before = shapes_of(drawer.ground(desk.id), "A03", "A04")
    desk.press((0.55, 0.9), (1.4, 0.6))
    desk.page.fill('.drawing [name="number"]', "3")
    desk.picture("draw-chosen")
    desk.page.click('[data-draw="go"]')
    told = drawn(desk, 2)
    desk.picture("drawn-chosen")
    least, most = re.findall(r"\d+", told.split("Households")[1])[:2]
    assert 300 <= int(least) <= 480 <= int(most) <= 500
    after = drawer.ground(desk.id)
    assert len(grids_of(after)) == 5
    assert shapes_of(after, "A03", "A04") == before


def running(desk: Desk) -> None:
    """A drawing that takes some seconds has a first result."""
    desk.page.check('.drawing [value="anew"]')
    desk.page.click('[data-draw="go"]')
    desk.page.wait_for_selector('[data-end="best"]:enabled')


def test_the_best_so_far_is_taken(drawer: Drawer, browser: Browser) -> None:
    desk = opened(browser, drawer, "D")
    running(desk)
    desk.picture("draw-best")
    desk.page.click('[data-end="best"]')
    assert "Ended early" in drawn(desk, 2)
    assert desk.page.query_selector(".instead") is None


def test_what_is_stopped_changes_nothing(drawer: Drawer, browser: Browser) -> None:
    desk = opened(browser, drawer, "D")
    running(desk)
    desk.page.reload()  # it goes on, and is found again
    desk.page.wait_for_selector('[data-end="best"]:enabled')
    desk.page.click('[data-end="stop"]')
    desk.page.wait_for_selector("text=Stopped. Nothing was changed.")
    assert drawer.plan(desk.id)["revision"] == 1


@pytest.mark.usefixtures("slow")
def test_who_is_quicker_is_not_overwritten(drawer: Drawer, browser: Browser) -> None:
    desk = opened(browser, drawer, "D")
    running(desk)
    code = min(grids_of(drawer.ground(desk.id)))
    drawer.asked(desk.id, "edits", {"edits": [{"op": "set", "grid": code, "name": "新名"}]})
    desk.page.click('[data-end="best"]')
    desk.page.wait_for_selector(".warnings")
    assert "has just changed this plan" in desk.page.inner_text(".warnings")
    desk.kept(2)


def test_blocks_are_given_and_become_a_grid(drawer: Drawer, browser: Browser, language: str) -> None:
    desk = opened(browser, drawer, "A", locale=language)
    page = desk.page
    page.click('[data-tool="blocks"]')
    page.click('[data-blocks="make"]')
    page.wait_for_selector(".picked")
    desk.press((1.1, 0.6), (1.4, 0.6))
    page.wait_for_selector('[data-next="blocks-split"]')
    desk.picture(f"blocks-{language}")
    page.click('[data-next="blocks-split"]')
    desk.kept(2)
    codes = grids_of(drawer.ground(desk.id)).keys()
    assert len(codes) == 5
    desk.picture(f"blocks-split-{language}")
    desk.press((1.1, 0.6))
    page.click('[data-next="blocks-give"]')
    desk.press((0.6, 0.6))
    desk.kept(3)
    desk.picture(f"blocks-given-{language}")
    assert grids_of(drawer.ground(desk.id)).keys() == codes


def test_sizes_are_healed_by_the_least_change(drawer: Drawer, browser: Browser, language: str) -> None:
    desk = opened(browser, drawer, "A", "C", locale=language)
    page = desk.page
    page.click('.plan-findings [data-rule="households-low"] summary')
    page.click('.plan-findings [data-rule="households-low"] > .heal')
    page.wait_for_selector(".proposals [data-proposal]")
    desk.picture(f"heal-{language}")
    assert len(page.query_selector_all(".proposals [data-proposal]")) == 2
    page.click('.proposals li:first-child [data-heal="look"]')
    page.wait_for_selector(".outcome .changes")
    desk.picture(f"heal-look-{language}")
    page.click('.proposals li:first-child [data-heal="accept"]')
    desk.kept(2)
    page.wait_for_selector(".proposals [data-proposal]")
    desk.picture(f"healed-{language}")
    page.click('.proposals [data-heal="accept"]')
    desk.kept(3)
    page.wait_for_selector(".proposals", state="detached")
    counts = [one["verdict"] for one in grids(drawer, desk.id)]
    assert set(counts) == {"good"}


def grids(drawer: Drawer, number: str) -> list[dict[str, Any]]:
    """What is told of the grids of a plan."""
    features = drawer.get(f"/v1/plans/{number}?f=geojson")["features"]
    return [one["properties"] for one in features if one["properties"]["layer"] == "grid"]


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_every_tool_has_room_in_a_narrow_window(drawer: Drawer, browser: Browser, locale: str) -> None:
    desk = opened(browser, drawer, "A", locale=locale, color_scheme="dark")
    desk.page.set_viewport_size({"width": 390, "height": 780})
    tools = [one.bounding_box() for one in desk.page.query_selector_all(".tool")]
    assert len(tools) == 10
    for one, beside in zip(tools, [*tools[1:], None], strict=True):
        assert one is not None
        right = one["x"] + one["width"]
        assert right <= (390 if beside is None else beside["x"] + 0.5)
    words = desk.page.evaluate("[...document.querySelectorAll('.tool')].filter(t => t.scrollWidth > t.clientWidth + 1)")
    assert words == []
    desk.page.select_option('[name="alternatives"]', "2")
    desk.picture(f"narrow-{locale}")
    desk.page.click('[data-draw="go"]')
    desk.kept(2)
    desk.picture(f"narrow-drawn-{locale}")
