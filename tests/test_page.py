"""Does the page show the district, answer a click, list findings and notice a publication, in a real browser?"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from conftest import Store, fresh
from divisions import ORIGIN, STEP, cell, community, together
from playwright.sync_api import Browser, Page, sync_playwright
from serving import listening

from api.app import create_app
from api.routes.page import FOLDER
from api.settings import Settings
from geo.model import Building, Plan, Region
from geo.store import door, drafts, embedded
from geo.store.connect import session
from geo.store.published import current_publication, editions

Square = tuple[str, int, int, int]
CHROMIUM = next((path for name in ("chromium", "google-chrome") if (path := shutil.which(name))), None)
WEBGL = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(not (FOLDER / "index.html").is_file(), reason="the page is not built: ./dev build"),
]


def district() -> Plan:
    root = Region(code="D", name="测试区", level="district")
    plan = together([community("A", 0, 0, parent="D"), community("B", 2, 0, parent="D")])
    homes = [
        Building(id=f"h{number}", households=households, shape=cell(column + 0.3, 0.3, 0.2, 0.2))
        for number, (column, households) in enumerate([(0, 350), (1, 620), (2, 120), (3, 400)])
    ]
    return replace(plan, regions=(root, *plan.regions), buildings=tuple(homes))


def publish(store: Store, plan: Plan) -> int:
    """Regions that are published keep their names, so that what only draws their ground anew is just that."""
    with session(store.service) as work, work.begin():
        own = {region.code: region.shape for region in plan.regions if region.shape is not None}
        intents = {one.region: one.intent for one in editions(work, current_publication(work), codes=own)}
        new = replace(plan, regions=tuple(one for one in plan.regions if intents.get(one.code) is None))
        number = drafts.save(work, new, own, {code: intents.get(code) for code in own}, actor="planner")
    return door.publish(store.service, door.Request(plan=number, actor="planner")).number


@pytest.fixture(scope="module")
def served(cluster: embedded.Cluster) -> Iterator[tuple[Store, str]]:
    with fresh(cluster) as store:
        publish(store, district())
        with listening(create_app(Settings(port=0), store.service)) as (host, port):
            yield store, f"http://{host}:{port}"


@pytest.fixture(scope="module")
def browser(served: tuple[Store, str]) -> Iterator[Browser]:
    """Closed before the service: a page that listens would keep it waiting."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*WEBGL, *QUIET])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1200, "height": 800}, locale="en") as window:
        page = window.new_page()
        page.set_default_timeout(20_000)
        yield page


def test_a_click_answers_the_owner(served: tuple[Store, str], page: Page) -> None:
    _, base = served
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    x, y = ORIGIN[0] + 0.5 * STEP, ORIGIN[1] + 0.5 * STEP
    page.goto(f"{base}/#16/{y}/{x}")
    page.wait_for_selector("[data-publication]")
    box = page.locator("#map canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector('.answer[data-status="owned"]')
    assert "A01" in page.inner_text("#owner")
    assert "350" in page.inner_text("#owner")
    assert hosts == {base.removeprefix("http://")}


def test_findings_are_listed(served: tuple[Store, str], page: Page) -> None:
    _, base = served
    page.goto(base)
    page.click("#tab-findings")
    page.wait_for_selector('.group[data-rule="households-high"]')
    page.wait_for_selector('.group[data-rule="households-low"]')
    assert "1,490" in page.inner_text("#findings")


def test_a_publication_changes_the_tiles(served: tuple[Store, str], page: Page) -> None:
    store, base = served
    page.goto(base)
    page.wait_for_selector('[data-publication="1"]')
    with page.expect_response(lambda response: "/tiles/2/map/" in response.url and response.ok):
        assert publish(store, renamed("新名")) == 2
    page.wait_for_selector('[data-publication="2"]')


def test_only_squares_that_a_publication_touched_are_asked_for_again(served: tuple[Store, str], page: Page) -> None:
    """What is seen is A with some of B, which is published anew."""
    store, base = served
    asked: dict[int, set[Square]] = {}
    page.on("request", lambda request: note(asked, request.url))
    before = publish(store, renamed("旧名"))
    page.goto(f"{base}/#17.2/{ORIGIN[1] + STEP}/{ORIGIN[0] + 1.2 * STEP}")
    page.wait_for_selector(f'[data-shown="{before}"]')
    after = publish(store, renamed("新名"))
    page.wait_for_selector(f'[data-shown="{after}"]')
    west = ORIGIN[0] + 2 * STEP
    assert asked[after] == {square for square in asked[before] if reaches(square, west)}
    assert asked[after] < asked[before]


def renamed(name: str) -> Plan:
    """Community B with other names for its grids."""
    drawn = community("B", 2, 0, parent="D")
    return replace(drawn, grids=tuple(replace(grid, name=name) for grid in drawn.grids))


def note(asked: dict[int, set[Square]], url: str) -> None:
    """Keep in mind which square was asked for, by the number of its publication."""
    if found := re.search(r"/tiles/(\d+)/([\w-]+)/(\d+)/(\d+)/(\d+)$", url):
        number, layer, *place = found.groups()
        z, x, y = map(int, place)
        asked.setdefault(int(number), set()).add((layer, z, x, y))


def reaches(square: Square, east: float) -> bool:
    """Whether what it shows, and a quarter of its side more, goes beyond a meridian."""
    _, z, x, _ = square
    return (x + 1.25) * 360 / 2**z - 180 >= east
