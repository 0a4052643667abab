"""How many rows a CPU second does `POST /v1/owner/stream` take in Arrow, beside the same lookups in one process?"""

import io
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from statistics import median
from threading import Thread

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks import cpu, servers
from benchmarks.owner_inside import codes_of
from benchmarks.owner_start import loaded
from benchmarks.servers import Served
from geo.many import Asker
from geo.store.embedded import Cluster

SHARE = 0.5
"""At least so much of the rate of the same answers in process is asked for."""
ROWS_A_BATCH = 65_536
ARROW = "application/vnd.apache.arrow.stream"
BLOCK = 1 << 20
OWNER = "&fields=owner"
STREAM = "POST /v1/owner/stream, Arrow"
SAME = "the same answers in process"
BRIEF = "POST /v1/owner/stream?fields=owner, Arrow"
ALONE = "the owners alone in process"

Rates = Mapping[str, float]


def run(cluster: Cluster, xy: NDArray[np.float64], rounds: int, console: Console) -> None:
    """Measure all in turn and print their rates; both ways must name the same owners."""
    state = loaded(cluster).map
    asker, codes, body = Asker(state), codes_of(state), written(xy)
    with servers.wangge(cluster, 100, 100) as served:
        if answered(served, body) != codes[state.owners.owners(xy)].tolist():
            raise RuntimeError("the stream names other owners")
        if answered(served, body, OWNER) != codes[state.owners.owners(xy)].tolist():
            raise RuntimeError("the stream names other owners without the distance")
        rates = _rates(
            {
                STREAM: (lambda: drained(served, body), lambda: served.cpu_s + cpu.server_s(cluster)),
                SAME: (lambda: asker.answers(xy), time.process_time),
                BRIEF: (lambda: drained(served, body, OWNER), lambda: served.cpu_s + cpu.server_s(cluster)),
                ALONE: (lambda: state.owners.owners(xy), time.process_time),
            },
            len(xy),
            rounds,
        )
    console.print(shown(rates, len(xy)))


def shown(rates: Rates, points: int) -> Table:
    """The rates, and what share of each the streams have."""
    table = Table(f"{points:,} points", "per CPU second", "the stream has", "fields=owner has", "asked", box=None)
    for name, rate in rates.items():
        shares = ["" if name in (STREAM, BRIEF) else f"{rates[one] / rate:.2f} of it" for one in (STREAM, BRIEF)]
        table.add_row(name, f"{rate:,.0f}", *shares, f"at least {SHARE:g}" if name == SAME else "")
    return table


def _rates(jobs: Mapping[str, tuple[Callable[[], object], Callable[[], float]]], work: int, rounds: int) -> Rates:
    """Work per CPU second of each job, by the clock of whoever does it; medians."""
    taken: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, (run, used_s) in jobs.items():
            start = used_s()
            run()
            taken[name].append(used_s() - start)
    return {name: work / median(seconds) for name, seconds in taken.items()}


def written(xy: NDArray[np.float64]) -> bytes:
    """Points (n, 2) of degrees as an Arrow stream of `lon` and `lat`."""
    table = pa.table({"lon": np.ascontiguousarray(xy[:, 0]), "lat": np.ascontiguousarray(xy[:, 1])})
    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table, max_chunksize=ROWS_A_BATCH)
    return out.getvalue()


def answered(served: Served, body: bytes, fields: str = "") -> list[str | None]:
    """The owners' codes in the order of the rows."""
    with _reply(served, body, fields) as reply, pa.ipc.open_stream(reply) as stream:
        found: list[str | None] = stream.read_all()["owner"].to_pylist()
        return found


def drained(served: Served, body: bytes, fields: str = "") -> int:
    """Send the rows and read the answer to its end; its bytes."""
    size = 0
    with _reply(served, body, fields) as reply:
        while block := reply.read(BLOCK):
            size += len(block)
    return size


@contextmanager
def _reply(served: Served, body: bytes, fields: str) -> Iterator[HTTPResponse]:
    """The answer, to be read while the body is still on its way: whoever does not read is not read from."""
    connection = HTTPConnection("127.0.0.1", served.port, timeout=120)
    connection.putrequest("POST", f"/v1/owner/stream?datum=wgs84{fields}")
    for name, value in (("Content-Type", ARROW), ("Accept", ARROW), ("Content-Length", str(len(body)))):
        connection.putheader(name, value)
    connection.endheaders()
    sending = Thread(target=connection.sock.sendall, args=(body,))
    sending.start()
    try:
        reply = connection.getresponse()
        if reply.status != 200:
            raise RuntimeError(f"{reply.status}: {reply.read()[:1000].decode(errors='replace')}")
        yield reply
    finally:
        connection.close()
        sending.join()
