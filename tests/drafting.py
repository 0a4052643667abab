"""How do tests open plans over HTTP, draw them, and read what they are told?"""

from collections.abc import Sequence
from typing import Any

from divisions import cell
from fastapi.testclient import TestClient
from uploading import key


def opened(client: TestClient, *communities: str, **more: Any) -> dict[str, Any]:
    """A new plan of published ground."""
    told = client.post("/v1/plans", json={"communities": communities, **more}, headers=key())
    assert told.status_code == 201, told.text
    found: dict[str, Any] = told.json()
    return found


def plan(client: TestClient, number: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/v1/plans/{number}").json()
    return found


def edit(client: TestClient, number: str, edits: Sequence[object], query: str = "", **headers: str) -> Any:
    """Edits from the revision that is there now."""
    return asked(client, number, "edits", {"edits": [*edits]}, query, **headers)


def asked(client: TestClient, number: str, what: str, body: object = None, query: str = "", **headers: str) -> Any:
    """A change of a plan from the revision that is there now."""
    match = {"If-Match": f'"{plan(client, number)["revision"]}"'}
    return client.post(f"/v1/plans/{number}/{what}{query}", json=body or {}, headers={**key(), **match, **headers})


def good(told: Any) -> dict[str, Any]:
    assert told.status_code == 200, told.text
    found: dict[str, Any] = told.json()
    return found


def ground(client: TestClient, number: str) -> bytes:
    """The plan's ground to the byte."""
    told = client.get(f"/v1/plans/{number}?f=geojson")
    assert told.status_code == 200, told.text
    return bytes(told.content)


def across(column: float, row: float, height: float = 0.3) -> dict[str, Any]:
    """A line from the west to the east through a pitch, at some part of its height."""
    west, south, east, north = cell(column, row).bounds
    lat = south + (north - south) * height
    return {"type": "LineString", "coordinates": [[west - 1e-5, lat], [east + 1e-5, lat]]}
