"""How long does one request take, and how much processor time does it cost service, desk and database together?"""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from uuid import uuid4

import numpy as np

from benchmarks import cpu
from benchmarks.servers import Served
from geo.store.embedded import Cluster

LONGEST_S = 300.0


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds until the answer, and CPU seconds of the service with its desk, and of the database."""

    wall_s: float
    service_s: float
    database_s: float

    @property
    def cpu_s(self) -> float:
        return self.service_s + self.database_s


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    told: Any
    taken: Taken


class Client:
    """One planner at a service that nobody else asks: one request at a time, on one connection."""

    def __init__(self, served: Served, cluster: Cluster) -> None:
        self._served, self._cluster = served, cluster
        self._connection = HTTPConnection("127.0.0.1", served.port, timeout=LONGEST_S)

    def ask(self, path: str, body: object = None, *, revision: int | None = None) -> Reply:
        """The answer to a GET, or to a POST where there is a body, whatever its status."""
        headers = {} if body is None else {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
        if revision is not None:
            headers["If-Match"] = f'"{revision}"'
        content = None if body is None else json.dumps(body)
        before, start = self._cpu(), time.perf_counter()
        self._connection.request("GET" if body is None else "POST", path, content, headers)
        answer = self._connection.getresponse()
        told = answer.read()
        wall, after = time.perf_counter() - start, self._cpu()
        return Reply(answer.status, json.loads(told), Taken(wall, after[0] - before[0], after[1] - before[1]))

    def good(self, path: str, body: object = None, *, revision: int | None = None) -> Reply:
        """The same where nothing can hinder it. Raises RuntimeError where something did."""
        reply = self.ask(path, body, revision=revision)
        if reply.status >= 300:
            raise RuntimeError(f"{path}: {reply.status} {str(reply.told)[:2000]}")
        return reply

    def opened(self, *communities: str) -> tuple[str, Taken]:
        """A new plan of some regions."""
        reply = self.good("/v1/plans", {"communities": communities})
        return str(reply.told["id"]), reply.taken

    def ground(self, plan: str) -> list[dict[str, Any]]:
        """The grids of a plan as features."""
        found = self.good(f"/v1/plans/{plan}?f=geojson").told["features"]
        return [one for one in found if one["properties"]["layer"] == "grid"]

    def close(self) -> None:
        self._connection.close()

    def _cpu(self) -> tuple[float, float]:
        return self._served.cpu_s, cpu.server_s(self._cluster)


def figures(taken: Sequence[Taken]) -> dict[str, float]:
    """Milliseconds: median and 99th percentile of the time and of the CPU time, median CPU time of the database."""
    wall, whole, database = (
        1000 * np.array([getattr(one, name) for one in taken]) for name in ("wall_s", "cpu_s", "database_s")
    )
    return {
        "median": float(np.median(wall)),
        "p99": float(np.percentile(wall, 99)),
        "CPU median": float(np.median(whole)),
        "CPU p99": float(np.percentile(whole, 99)),
        "database": float(np.median(database)),
    }
