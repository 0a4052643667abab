"""Does the page tell a dispatcher who answers, whom to call, how sure that is and as of when, in a real browser?"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from conftest import Store, fresh
from divisions import ORIGIN, STEP, community
from playwright.sync_api import Browser, Page, sync_playwright
from serving import listening
from sqlalchemy import text
from test_page import CHROMIUM, QUIET, WEBGL, district, publish
from test_page import pytestmark as needs
from test_people_api import named

from api.app import create_app
from api.settings import Settings
from geo.store import embedded

pytestmark = needs

PEOPLE = """name,phone,code,role,post,subject
虚构甲,000-0000-0001,A01,responsible,A,
虚构乙,000-0000-0002,A01,member,B,fire
虚构站,000-0000-0004,A,organisation,,
"""


@contextmanager
def serving(store: Store, settings: Settings) -> Iterator[str]:
    """The service on a free port of this machine, whatever address it believes to be bound to."""
    with listening(create_app(settings, store.service)) as (host, port):
        yield f"http://{host}:{port}"


@pytest.fixture(scope="module")
def published(cluster: embedded.Cluster) -> Iterator[Store]:
    """1 and 2: the district and its people; 3: the grids of A have new names."""
    with fresh(cluster) as store:
        publish(store, district())
        assert named(store, PEOPLE) == 2
        drawn = community("A", 0, 0, parent="D")
        publish(store, replace(drawn, grids=tuple(replace(grid, name=f"新{grid.code}") for grid in drawn.grids)))
        yield store


@pytest.fixture(scope="module")
def base(published: Store) -> Iterator[str]:
    with serving(published, Settings(port=0)) as url:
        yield url


@pytest.fixture(scope="module")
def browser(base: str) -> Iterator[Browser]:
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


def clicked(page: Page, base: str, column: float, row: float = 0.5) -> None:
    """The page with an answer about a place, in cells of the district."""
    x, y = ORIGIN[0] + column * STEP, ORIGIN[1] + row * STEP
    page.goto(f"{base}/#16/{y}/{x}")
    page.wait_for_selector("[data-publication]")
    box = page.locator("#map canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector(".answer")


def test_whom_to_call(base: str, page: Page) -> None:
    clicked(page, base, 0.5)
    told = [row.inner_text().split("\n") for row in page.query_selector_all(".people li")]
    assert told == [
        ["虚构甲", "Responsible · A post", "000-0000-0001"],
        ["虚构乙", "Member · B post · fire", "000-0000-0002"],
        ["虚构站", "Organisation", "000-0000-0004"],
    ]
    assert page.get_attribute(".people a.call", "href") == "tel:00000000001"
    assert "dispatch to it" in page.inner_text(".status")


def test_the_public_page_names_nobody(published: Store, page: Page) -> None:
    with serving(published, Settings(port=0, host="0.0.0.0")) as public:
        clicked(page, public, 0.5)
        assert page.inner_text('.people li[data-role="responsible"]') == "Registered: Responsible"
        assert "Names and numbers are not public." in page.inner_text("#answer")
        assert page.query_selector("a.call") is None
        assert "虚构" not in page.content()


def test_an_accuracy_asks_for_shares(base: str, page: Page) -> None:
    clicked(page, base, 0.97)
    assert page.query_selector(".bar") is None
    page.focus("input[name=accuracy]:checked")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_selector('.answer[data-status="near_boundary"] .bar')
    shares = [float(one.inner_text().rstrip("%")) for one in page.query_selector_all(".candidates .share")]
    assert sum(shares) == pytest.approx(100, abs=0.3)
    assert "A01" in page.inner_text(".candidates li[data-owner]")


def test_as_of_answers_from_the_past_and_says_so(published: Store, base: str, page: Page) -> None:
    with published.service.connect() as work:
        then, now = work.execute(text("SELECT at FROM publication WHERE number > 1 ORDER BY number")).scalars()
    clicked(page, base, 0.5)
    assert "新A01" in page.inner_text(".grid-facts")
    at = (then + (now - then) / 2).astimezone(UTC)
    offset = page.evaluate("at => -new Date(at).getTimezoneOffset()", at.isoformat())
    local = at.replace(tzinfo=None) + timedelta(minutes=offset)
    page.fill("#as-of", local.isoformat(timespec="milliseconds"))
    page.wait_for_selector(".answer[data-as-of]")
    assert "新A01" not in page.inner_text(".grid-facts")
    assert "not now" in page.inner_text(".status")
    assert "the map drawn is the present one" in page.inner_text("#past")
    page.click("#past button")
    page.wait_for_selector(".answer:not([data-as-of])")
    assert page.is_hidden("#past")
    assert "新A01" in page.inner_text(".grid-facts")


def test_before_the_first_publication_there_was_nothing(base: str, page: Page) -> None:
    clicked(page, base, 0.5)
    page.fill("#as-of", "2001-01-01T00:00")
    page.wait_for_selector("#answer .notice")
    assert "Nothing published then" in page.inner_text("#answer")


def test_nobody_owns_it_and_the_card_says_what_to_do(base: str, page: Page) -> None:
    clicked(page, base, -0.6)
    assert page.get_attribute(".answer", "data-status") == "outside"
    assert "Check the position" in page.inner_text(".status")
    assert "a hint, not the owner" in page.inner_text("#answer")
    assert page.query_selector(".people") is None
