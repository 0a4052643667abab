"""Does the page's search box list what is meant, let the keyboard choose, and go there, in a real browser?"""

import pytest
from conftest import Store
from playwright.sync_api import Page
from test_page import browser as page_browser
from test_page import page as browser_page
from test_page import pytestmark as needs
from test_page import served as page_served

pytestmark = needs
served, browser, page = page_served, page_browser, browser_page
BOX = "#search input"


@pytest.fixture
def ready(served: tuple[Store, str], page: Page) -> Page:
    page.goto(served[1])
    page.wait_for_selector("[data-publication]")
    return page


def codes(page: Page) -> list[str | None]:
    page.wait_for_selector("#hits li")
    return [one.get_attribute("data-code") for one in page.query_selector_all("#hits li")]


def test_the_keyboard_chooses_a_building_and_its_owner_is_told(ready: Page) -> None:
    ready.fill(BOX, "h")
    assert codes(ready) == ["h0", "h1", "h2", "h3"]
    ready.press(BOX, "ArrowDown")
    assert ready.get_attribute(BOX, "aria-activedescendant") == "hit-1"
    ready.press(BOX, "Enter")
    ready.wait_for_selector('.answer[data-status="owned"]')
    assert "A02" in ready.inner_text("#owner")
    assert ready.is_hidden("#hits")
    assert ready.input_value(BOX) == "h1"


def test_a_region_is_gone_to_and_nothing_else_is_told(ready: Page) -> None:
    before = ready.url
    ready.fill(BOX, "测试")
    assert codes(ready) == ["D"]
    ready.press(BOX, "Escape")
    assert ready.is_hidden("#hits")
    ready.fill(BOX, "B")
    assert codes(ready)[0] == "B"
    ready.click('#hits li[data-code="B"]')
    ready.wait_for_url(lambda url: url != before)
    assert ready.query_selector(".answer") is None


def test_what_is_not_there_is_said(ready: Page) -> None:
    ready.fill(BOX, "nothing such")
    ready.wait_for_selector(".search-answer:not(:empty)")
    assert ready.inner_text(".search-answer") == "Nothing was found."
