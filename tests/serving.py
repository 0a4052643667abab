"""How do tests run the service as a process of its own and ask it?"""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI
from warm import Started, Starts, started

from api.wire import Wire

RUN = "from api.cli import main; main()"
SOON_S = 30.0


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        return json.loads(self.body)


class Client:
    """One caller with one connection of its own, kept open; not for several threads."""

    def __init__(self, url: str) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=SOON_S)

    def ask(
        self, path: str, method: str = "GET", body: object = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """The answer, whatever its status. Raises OSError or HTTPException when there is none."""
        content = None if body is None else json.dumps(body)
        told = {} if body is None else {"Content-Type": "application/json"}
        self._connection.request(method, path, content, {**told, **(headers or {})})
        answer = self._connection.getresponse()
        return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())

    def publish(self, plan: object, key: str) -> Reply:
        """Publish a draft that nobody changed since it was made."""
        return self.ask(f"/v1/plans/{plan}/publish", "POST", {}, {"Idempotency-Key": key, "If-Match": '"1"'})

    def close(self) -> None:
        self._connection.close()


@dataclass(frozen=True)
class Service:
    url: str
    process: Started | subprocess.Popen[str]

    @contextmanager
    def clients(self, count: int) -> Iterator[list[Client]]:
        """Several callers."""
        several = [Client(self.url) for _ in range(count)]
        try:
            yield several
        finally:
            for client in several:
                client.close()

    def ask(self, path: str) -> Reply:
        """Ask once, on a connection of its own: the service ends those that are silent for some seconds."""
        with self.clients(1) as (client,):
            return client.ask(path)


@contextmanager
def served(log: Path, environment: Mapping[str, str], before: str = "", spawning: bool = False) -> Iterator[Service]:
    """`wangge serve` on a free port, given once it answers; `before` is Python that it runs first, and with `spawning`
    its processes are its own children."""
    process = started(["serve", "--port", "0"], settings(environment), log, before, spawning)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("ready http://"), log.read_text()
        yield Service(line.removeprefix("ready ").strip(), process)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=SOON_S)
        finally:
            process.kill()


def settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of the tests without settings of ours, and these."""
    fewer = {f"WANGGE_{name.upper()}": str(value) for name, value in Starts.fewer().items()}
    own = {name: value for name, value in os.environ.items() if not name.startswith(("WANGGE_", "DATABASE_URL"))}
    return own | fewer | dict(environment)


@contextmanager
def listening(app: FastAPI, **options: Any) -> Iterator[tuple[str, int]]:
    """The app on a real socket in this process, on a free port, as `wangge serve` has it; `options` go to uvicorn."""
    server = uvicorn.Server(uvicorn.Config(app, **{"http": Wire, "log_config": None, "ws": "none", **options}))
    place = socket.create_server(("127.0.0.1", 0))
    thread = Thread(target=server.run, kwargs={"sockets": [place]})
    thread.start()
    try:
        yield place.getsockname()
    finally:
        server.should_exit = True
        thread.join(SOON_S)
        assert not thread.is_alive()
