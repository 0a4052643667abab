"""How do tests send files to be imported, and follow the jobs?"""

import json
import time
from collections.abc import Mapping
from http.client import HTTPConnection
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from conftest import Store
from publishing import file_of
from serving import Reply

from geo.model import Plan

ENDED = ("done", "failed", "stopped")
SOON_S = 30.0


def environment(store: Store, folder: Path, **more: str) -> dict[str, str]:
    """A service on the store that says which folder it may use."""
    return {
        "DATABASE_URL": store.service_url,
        "WANGGE_OWNER_URL": store.owner_url,
        "WANGGE_DATA": str(folder),
        **more,
    }


def bytes_of(plan: Plan) -> bytes:
    return json.dumps(file_of(plan)).encode()


def send(
    url: str, body: bytes, headers: Mapping[str, str] | None = None, key: str | None = None, **asked: object
) -> Reply:
    """POST /v1/imports."""
    told = {"Content-Type": "application/octet-stream", "Idempotency-Key": key or uuid4().hex, **(headers or {})}
    query = urlencode({"name": "map.geojson", **asked}, doseq=True)
    return ask(url, f"/v1/imports?{query}", "POST", body, told)


def ask(
    url: str, path: str, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Reply:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=SOON_S)
    try:
        connection.request(method, path, body, dict(headers or {}))
        answer = connection.getresponse()
        return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def become(url: str, number: str, *states: str, within_s: float = SOON_S) -> dict[str, Any]:
    """The job once it is in one of the states."""
    until = time.monotonic() + within_s
    while True:
        told: dict[str, Any] = ask(url, f"/v1/jobs/{number}").told
        if told["state"] in states:
            return told
        assert time.monotonic() < until, told
        Event().wait(0.05)


def reach(url: str, number: str, phase: str, within_s: float = SOON_S) -> dict[str, Any]:
    """The running job once it is in a phase, which its own process tells."""
    until = time.monotonic() + within_s
    while True:
        told: dict[str, Any] = ask(url, f"/v1/jobs/{number}").told
        if told["progress"]["phase"] == phase:
            return told
        assert told["state"] not in ENDED, told
        assert time.monotonic() < until, told
        Event().wait(0.02)
