"""How many lookups over HTTP does a CPU second give, beside what a user would pick instead, in one interleaved run?

CPU seconds are those of the server process and of the database together. Every contestant must name the same owners.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks import cpu, load, rivals, servers
from benchmarks.servers import Served
from geo.store.embedded import Cluster

CONNECTIONS, MANY = 16, 64
SLICE = 1_000
"""Requests of one contestant before the next has its turn; fewer of a slow one."""
SLOW = 0.1
"""Share of the requests that TiPg gets: a tenth tells its rate as well, and the run ends before noon."""
ASKED_ALIKE = 200
"""Points about which all contestants are asked first, and must agree."""
ALONE, WHOLE = "wangge, fields=owner", "wangge, the whole answer"
PLAIN, FULL = "hello of the same length as fields=owner", "hello of the same length as the whole answer"
SHORT = {ALONE: "fields=owner", WHOLE: "whole"}
WITH_ASYNCPG, WITH_TIPG, TIPG_BARE = "FastAPI + asyncpg + ST_Covers", "TiPg items, CQL filter", "the same, no geometry"
ASKED: Mapping[tuple[str, str], float] = {
    (ALONE, WITH_TIPG): 10.0,
    (ALONE, WITH_ASYNCPG): 2.2,
    (ALONE, PLAIN): 0.70,
    (WHOLE, FULL): 0.5,
}
"""How many times the answers of the second the first is to give in a CPU second."""
MOST_P99 = 3.0
"""p99 at `MANY` connections in p50."""

Point = tuple[float, float]
Ask = Callable[[Point], str]


@dataclass(frozen=True)
class Contestant:
    """Who answers, what it is asked, and at which share of the points; rates and seconds a round as they come."""

    name: str
    served: Served
    ask: Ask
    share: float = 1.0
    rates: list[float] = field(default_factory=list)

    def fire(self, points: Sequence[Point], connections: int = CONNECTIONS) -> list[float]:
        return load.fire(self.served.port, list(map(self.ask, points)), connections)

    def owner(self, point: Point) -> str | None:
        """The code it names. Raises load.RefusedError."""
        return code_in(json.loads(load.ask(self.served.port, self.ask(point))))


def run(cluster: Cluster, points: Sequence[Point], rounds: int, console: Console) -> None:
    """Measure, and print rates, ratios beside what was asked, and how long answers take."""
    rivals.prepare(cluster)
    plain, full = _lengths(cluster, points[:ASKED_ALIKE], console)
    with ExitStack() as stack:
        ours = stack.enter_context(servers.wangge(cluster, plain or full, full))
        entered = list(_entered(ours, stack, cluster, has_alone=plain is not None))
        _agree(entered, points[:ASKED_ALIKE])
        for _ in range(rounds):
            _round(entered, points, cluster)
        console.print(_rates(entered, len(points)))
        console.print(_waits([one for one in entered if one.name in (ALONE, WHOLE)], points))
    console.print(", ".join(f"{name} {version}" for name, version in sorted(rivals.versions().items())))


def _lengths(cluster: Cluster, points: Sequence[Point], console: Console) -> tuple[int | None, int]:
    """Median bytes of the owner alone (None where the service cannot tell it yet) and of the whole answer."""
    with servers.wangge(cluster, 100, 1000) as served:
        full = median(len(load.ask(served.port, whole(point))) for point in points)
        try:
            plain = median(len(load.ask(served.port, alone(point))) for point in points)
        except load.RefusedError as refused:
            console.print(f"left out: {ALONE}: {str(refused).splitlines()[0]}", style="red")
            return None, round(full)
    return round(plain), round(full)


def _entered(ours: Served, stack: ExitStack, cluster: Cluster, *, has_alone: bool) -> Iterator[Contestant]:
    if has_alone:
        yield Contestant(ALONE, ours, alone)
        yield Contestant(PLAIN, ours, lambda _: "/hello/plain")
    yield Contestant(WHOLE, ours, whole)
    yield Contestant(FULL, ours, lambda _: "/hello/full")
    yield Contestant(WITH_ASYNCPG, stack.enter_context(rivals.asyncpg(cluster)), in_asyncpg)
    tipg = stack.enter_context(rivals.tipg(cluster))
    yield Contestant(WITH_TIPG, tipg, in_tipg, SLOW)
    yield Contestant(TIPG_BARE, tipg, lambda point: f"{in_tipg(point)}&geom-column=none", SLOW)


def whole(point: Point) -> str:
    return f"/v1/owner?lon={point[0]}&lat={point[1]}&datum=wgs84"


def alone(point: Point) -> str:
    return f"{whole(point)}&fields=owner"


def in_asyncpg(point: Point) -> str:
    return f"/owner?lon={point[0]}&lat={point[1]}"


def in_tipg(point: Point) -> str:
    where = f"S_INTERSECTS(shape,POINT({point[0]}%20{point[1]}))"
    return f"/collections/bench.grid/items?limit=1&filter-lang=cql2-text&filter={where}"


def _agree(entered: Sequence[Contestant], points: Sequence[Point]) -> None:
    """Raises RuntimeError where two contestants name different owners; also warms them all."""
    answering = [one for one in entered if one.name not in (PLAIN, FULL)]
    for point in points:
        named = {one.name: one.owner(point) for one in answering}
        if len(set(named.values())) > 1 or None in named.values():
            raise RuntimeError(f"not the same owner of {point}: {named}")


def code_in(told: object) -> str | None:
    """The code in an answer of ours or of asyncpg's, or in TiPg's list of items."""
    match told:
        case {"owner": {"code": str(code)}} | [{"code": str(code)}, *_]:
            return code
    return None


def _round(entered: Sequence[Contestant], points: Sequence[Point], cluster: Cluster) -> None:
    """Every contestant on all points, a slice at a time, so that a busy moment of the machine falls on all of them."""
    used, answered = dict.fromkeys(map(_name, entered), 0.0), dict.fromkeys(map(_name, entered), 0)
    for first in range(0, len(points), SLICE):
        for one in entered:
            part = points[first : first + SLICE]
            part = part[: max(1, round(len(part) * one.share))]
            start = one.served.cpu_s + cpu.server_s(cluster)
            one.fire(part)
            used[one.name] += one.served.cpu_s + cpu.server_s(cluster) - start
            answered[one.name] += len(part)
    for one in entered:
        one.rates.append(answered[one.name] / used[one.name])


def _name(one: Contestant) -> str:
    return one.name


def _rates(entered: Sequence[Contestant], requests: int) -> Table:
    rates = {one.name: median(one.rates) for one in entered}
    table = Table(
        "one lookup over HTTP", "answers per CPU s", "us", "fields=owner is", "whole answer is", "asked", box=None
    )
    for name, rate in rates.items():
        asked = [f"{SHORT[mine]} x {times:g}" for (mine, other), times in ASKED.items() if other == name]
        cells = [f"x {rates[mine] / rate:.2f}" if mine in rates and mine != name else "" for mine in (ALONE, WHOLE)]
        table.add_row(name, f"{rate:,.0f}", f"{1e6 / rate:,.0f}", *cells, *asked)
    rounds, slow = len(entered[0].rates), round(requests * SLOW)
    table.caption = f"{CONNECTIONS} connections, {rounds} rounds of {requests:,} requests ({slow:,} for TiPg)"
    return table


def _waits(ours: Sequence[Contestant], points: Sequence[Point]) -> Table:
    """How long a caller waits."""
    table = Table("waiting", "connections", "p50 ms", "p99 ms", "p99 is", "asked", box=None)
    for one in ours:
        for connections in (CONNECTIONS, MANY):
            taken = sorted(one.fire(points, connections))
            middle, most = taken[len(taken) // 2], taken[len(taken) * 99 // 100]
            asked = f"at most x {MOST_P99:g}" if connections == MANY else ""
            row = (one.name, str(connections), f"{middle * 1e3:.2f}", f"{most * 1e3:.2f}", f"x {most / middle:.2f} p50")
            table.add_row(*row, asked)
    return table
