"""Do the pages of docs/embed.md show a service's grids on another host, and follow what it publishes, in a browser?"""

import re
import shutil
import struct
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from conftest import Store, fresh
from district import at, publish, small
from playwright.sync_api import Browser, Page, sync_playwright
from serving import Client, listening
from test_page import CHROMIUM, QUIET, WEBGL

from api.app import create_app
from api.settings import Settings
from geo.model import Plan
from geo.store import embedded

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs/embed").glob("*.html"))
PACKAGES = ROOT / "web/node_modules"
LIBRARY = re.compile(r"^ *\| (`[^|]+`) \| `([\w-]+)` ([\d.]+), `([\w./]+)/?` \|", re.MULTILINE)
GOOD, LOW, HIGH, NONE = (0xC3, 0xE2, 0xD5), (0xF3, 0xDC, 0x97), (0xE3, 0x96, 0x78), (0xDD, 0xDF, 0xE0)
SPECIAL = (0xC6, 0xD2, 0xBD)
PIXEL = {
    "maplibre": "([lon, lat]) => Object.values(map.project([lon, lat]))",
    "openlayers": "(place) => map.getPixelFromCoordinate(ol.proj.fromLonLat(place))",
    "leaflet": "([lon, lat]) => Object.values(map.latLngToContainerPoint([lat, lon]))",
}
"""Where a place is on the page, by the library's own word."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(not (PACKAGES / "ol").is_dir(), reason="the page's packages are not there: ./dev test"),
]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing is said of what is fetched."""


@contextmanager
def pages(folder: Path) -> Iterator[str]:
    """The address of a web server of somebody else's."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def set_up(folder: Path) -> None:
    """The pages, and beside them the files that docs/embed.md names."""
    (folder / "lib").mkdir()
    for names, package, version, inside in LIBRARY.findall((ROOT / "docs/embed.md").read_text("utf-8")):
        assert f'"{package}": "{version}"' in (ROOT / "web/package.json").read_text("utf-8")
        for name in re.findall(r"[\w.-]+", names):
            shutil.copy(PACKAGES / package / inside / name, folder / "lib")
    for one in PAGES:
        shutil.copy(one, folder)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("pages")
    set_up(folder)
    with pages(folder) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*WEBGL, *QUIET])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served(cluster: embedded.Cluster, small_town: str, elsewhere: str) -> Iterator[tuple[Store, str]]:
    with fresh(cluster, small_town) as store:
        settings = Settings(port=0, cors_origins=(elsewhere,))
        with listening(create_app(settings, store.service)) as (host, port):
            yield store, f"http://{host}:{port}"


@pytest.mark.parametrize("name", [one.stem for one in PAGES])
def test_a_page_shows_the_grids_and_follows(
    name: str, served: tuple[Store, str], elsewhere: str, browser: Browser
) -> None:
    store, service = served
    page = browser.new_page(viewport={"width": 1000, "height": 700}, locale="zh-CN")
    page.set_default_timeout(20_000)
    asked, errors = list[tuple[str, int]](), list[str]()
    page.on("response", lambda one: asked.append((one.url, one.status)))
    page.on("pageerror", lambda one: errors.append(str(one)))
    before = publish(store, counted(name, 350))
    page.goto(f"{elsewhere}/{name}.html?service={service}")
    drawn(page, before)
    park = SPECIAL if name == "maplibre" else NONE
    assert colours(page, name) == {"A02": GOOD, "A04": park, "B02": HIGH, "B01": LOW}
    spared = unchanged(service)
    after = publish(store, counted(name, 30))
    drawn(page, after)
    assert unchanged(service) > spared, "no tile was answered 304"
    assert colours(page, name) == {"A02": LOW, "A04": park, "B02": HIGH, "B01": LOW}
    assert page.evaluate("performance.getEntriesByType('navigation').length") == 1
    assert {url.split("/")[2] for url, _ in asked} == {elsewhere.split("/")[2], service.split("/")[2]}
    assert errors == []
    page.close()


def counted(name: str, households: int) -> Plan:
    """The district with so many in A02, and told apart from what another page saw."""
    plan = small()
    return replace(
        plan,
        buildings=tuple(
            replace(one, households=households, name=name) if one.id == "h-A02" else one for one in plan.buildings
        ),
    )


def drawn(page: Page, publication: int) -> None:
    page.wait_for_function("number => document.querySelector('output').value === String(number)", arg=publication)


def unchanged(service: str) -> int:
    """How many tiles the service has answered 304, by its own figures."""
    with closing(Client(service)) as client:
        told = client.ask("/metrics").body.decode()
    route = re.escape('route="/tiles/{publication}/{layer}/{z}/{x}/{y}",status="304"')
    return sum(
        int(float(value)) for value in re.findall(rf"^wangge_requests_total{{.*{route}}} (.+)$", told, re.MULTILINE)
    )


def colours(page: Page, name: str) -> dict[str, tuple[int, ...]]:
    """The colour at a place in each of some grids, beside its name."""
    places = {"A02": at(1.2, 0.15), "A04": at(1.2, 1.15), "B02": at(3.2, 0.15), "B01": at(2.5, 0.85)}
    return {code: colour(page, name, (place.x, place.y)) for code, place in places.items()}


def colour(page: Page, name: str, place: tuple[float, float]) -> tuple[int, ...]:
    x, y = page.evaluate(PIXEL[name], [*place])
    picture = page.screenshot(clip={"x": round(x), "y": round(y), "width": 1, "height": 1})
    return pixel(picture)


def pixel(picture: bytes) -> tuple[int, ...]:
    """The colour of a PNG of one pixel: no filter changes anything there."""
    data, place = b"", 8
    while place < len(picture):
        length, kind = struct.unpack_from(">I4s", picture, place)
        data += picture[place + 8 : place + 8 + length] if kind == b"IDAT" else b""
        place += length + 12
    return tuple(zlib.decompress(data)[1:4])
