"""How do tests sit at the planner's desk in a browser, and ask the service beside it?"""

import json
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from divisions import ORIGIN, STEP
from playwright.sync_api import Browser, Page
from serving import Client

PATIENCE_MS = 60_000
"""A busy machine draws a map in half a minute; what never comes is named all the same."""
ZOOM = 16.0
MIDDLE = (1.0, 0.5)
"""The middle of the window, in steps from the origin."""


@dataclass
class Desk:
    """A planner's window."""

    page: Page
    base: str

    @classmethod
    def opened(cls, browser: Browser, base: str, *, plan: str = "", events: bool = True, **window: Any) -> "Desk":
        """`plan`: the one that the address names; `events`: whether the page hears what happens."""
        context = browser.new_context(**{"viewport": {"width": 1000, "height": 640}, "locale": "en", **window})
        context.set_default_timeout(PATIENCE_MS)
        desk = cls(context.new_page(), base)
        if not events:
            context.route("**/v1/events", lambda route: route.abort())
        lon, lat = place(*MIDDLE)
        desk.page.goto(f"{base}/#{ZOOM}/{lat}/{lon}" + (plan and f"&plan={plan}"))
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

    def press(self, *places: tuple[float, float]) -> None:
        for one in places:
            self.page.mouse.click(*self.at(*one))

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


def ground_of(base: str, id: str) -> Any:
    return asked(base, f"/v1/plans/{id}?f=geojson")["features"]


def grid_of(base: str, id: str, code: str) -> Any:
    """A grid of the plan; None where it has none of this code."""
    own = (one["properties"] for one in ground_of(base, id))
    return next((one for one in own if one["layer"] == "grid" and one["code"] == code), None)


def published(base: str, *edits: dict[str, Any]) -> None:
    """Somebody else draws in A, and publishes."""
    other = asked(base, "/v1/plans", "POST", {"communities": ["A"]}, **{"Idempotency-Key": "other"})["id"]
    edited(base, other, *edits)
    asked(base, f"/v1/plans/{other}/publish", "POST", {}, **{"If-Match": '"2"', "Idempotency-Key": "publish"})


def edited(base: str, id: str, *edits: dict[str, Any], **headers: str) -> None:
    """Somebody else changes a plan at its first revision."""
    keys = {"If-Match": '"1"', "Idempotency-Key": "edit"}
    asked(base, f"/v1/plans/{id}/edits", "POST", {"edits": edits}, **keys, **headers)
