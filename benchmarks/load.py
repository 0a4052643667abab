"""How fast does a server answer requests that come over some connections at once?

Each connection has one request under way: the next goes out when the answer is in. Plain sockets and one selector, so
that the asking takes little from the machine; its CPU seconds count for nobody.
"""

import re
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from selectors import EVENT_READ, DefaultSelector

LONGEST_S = 30.0
"""A server that says nothing for so long has failed."""
BLOCK = 1 << 16
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)


class RefusedError(RuntimeError):
    """A server answered with something else than 200, or not at all."""


@dataclass(slots=True)
class _Line:
    """A connection with the request that is under way on it."""

    socket: socket.socket
    begun: float = 0.0
    got: bytes = b""


def fire(port: int, paths: Sequence[str], connections: int) -> list[float]:
    """Ask for every path on this machine's port, over so many connections; seconds that each answer took.

    Raises RefusedError.
    """
    requests, taken = iter([_request(port, path) for path in paths]), list[float]()
    with ExitStack() as opened, DefaultSelector() as selector:
        for _ in range(min(connections, len(paths))):
            one = opened.enter_context(socket.create_connection(("127.0.0.1", port), timeout=LONGEST_S))
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line = _Line(one)
            selector.register(one, EVENT_READ, line)
            _send(line, next(requests))
        while selector.get_map():
            ready = selector.select(LONGEST_S)
            if not ready:
                raise RefusedError(f"port {port} has said nothing for {LONGEST_S:.0f} s")
            for key, _ in ready:
                if _has_answered(key.data):
                    taken.append(time.perf_counter() - key.data.begun)
                    _go_on(selector, key.data, requests)
    return taken


def ask(port: int, path: str) -> bytes:
    """The body of one answer. Raises RefusedError."""
    with socket.create_connection(("127.0.0.1", port), timeout=LONGEST_S) as opened:
        line = _Line(opened)
        _send(line, _request(port, path))
        while not _has_answered(line):
            pass
        return line.got.partition(b"\r\n\r\n")[2]


def _request(port: int, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json\r\n\r\n".encode("ascii")


def _send(line: _Line, request: bytes) -> None:
    line.got, line.begun = b"", time.perf_counter()
    line.socket.sendall(request)


def _has_answered(line: _Line) -> bool:
    """Take what has come; whether the answer is whole."""
    block = line.socket.recv(BLOCK)
    line.got += block
    head, ended, body = line.got.partition(b"\r\n\r\n")
    if not block:
        raise RefusedError("the connection was closed")
    if not ended:
        return False
    length = _LENGTH.search(head)
    if length is None or not head.startswith(b"HTTP/1.1 200"):
        raise RefusedError(line.got.decode(errors="replace")[:2000])
    return len(body) >= int(length[1])


def _go_on(selector: DefaultSelector, line: _Line, requests: Iterator[bytes]) -> None:
    if following := next(requests, None):
        _send(line, following)
    else:
        selector.unregister(line.socket)
