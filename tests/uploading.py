"""How do tests bring a plan in over HTTP, publish it, and read what they are told?"""

from typing import Any
from uuid import uuid4

from conftest import Store
from district import document, features
from divisions import community
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from geo.model import Plan
from geo.store.connect import session
from geo.store.tables import plan as plans

GEOJSON = {"Content-Type": "application/geo+json"}


class Line:
    """Communities that nobody has drawn yet, one after another to the east."""

    def __init__(self) -> None:
        self._column = 20

    def next(self, code: str) -> Plan:
        self._column += 5
        return community(code, self._column, 0)


def key() -> dict[str, str]:
    return {"Idempotency-Key": uuid4().hex}


def upload(client: TestClient, plan: Plan | bytes, query: str = "", **headers: str) -> Any:
    content = plan if isinstance(plan, bytes) else document(plan)
    return client.post(f"/v1/plans{query}", content=content, headers={**GEOJSON, **key(), **headers})


def drafted(client: TestClient, plan: Plan, query: str = "") -> str:
    told = upload(client, plan, query)
    assert told.status_code == 201, told.text
    return str(told.json()["id"])


def published(client: TestClient, number: str, tag: str = '"1"', query: str = "", **headers: str) -> Any:
    return client.post(f"/v1/plans/{number}/publish{query}", headers={**key(), "If-Match": tag, **headers})


def check(client: TestClient, body: bytes, query: str = "", **headers: str) -> Any:
    return client.post(f"/v1/check{query}", content=body, headers={**GEOJSON, **headers})


def slug(told: Any) -> tuple[int, str]:
    assert told.headers["content-type"] == "application/problem+json", told.text
    return told.status_code, told.json()["type"].removeprefix("/problems/")


def count(store: Store) -> int:
    with session(store.service) as work:
        return int(work.scalar(select(func.count()).select_from(plans)) or 0)


def feature(**changes: Any) -> dict[str, Any]:
    found = features(community("Z", 0, 0))["features"][1]
    found["properties"] |= changes.pop("properties", {})
    return {**found, **changes}
