"""Does a tile that leaves with one write leave as it does by the longer ways?"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from time import monotonic

import pytest
from conftest import Store, fresh
from district import at
from serving import listening
from test_tiles_http import square
from warm import Starts

from api.app import create_app
from api.settings import Settings
from api.tile_wire import TileWire
from geo.store import embedded

Z15, EMPTY = square(at(1, 1).x, at(1, 1).y, 15), square(10, 50, 15)
Told = tuple[int, list[tuple[str, str]], bytes]


@pytest.fixture(scope="module")
def store(cluster: embedded.Cluster, small_town: str) -> Iterator[Store]:
    with fresh(cluster, small_town) as one:
        yield one


@pytest.fixture(scope="module")
def place(store: Store) -> Iterator[tuple[str, int]]:
    app = create_app(Settings(**Starts.fewer()), store.service)
    with listening(app, http=TileWire) as found:
        yield found


@contextmanager
def connected(place: tuple[str, int]) -> Iterator[socket.socket]:
    with socket.create_connection(place, timeout=20) as one:
        yield one


def request(path: str, method: str = "GET", **headers: str) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def read(one: socket.socket, method: str = "GET") -> Told:
    with HTTPResponse(one, method=method) as answer:
        answer.begin()
        headers = sorted((k.lower(), v) for k, v in answer.getheaders() if k.lower() != "date")
        return answer.status, headers, answer.read()


def asked(place: tuple[str, int], path: str, method: str = "GET", **headers: str) -> Told:
    with connected(place) as one:
        one.sendall(request(path, method, **headers))
        return read(one, method)


@pytest.mark.parametrize("tile", [f"current/grids/{Z15}", f"1/grids/{Z15}", f"current/grids/{EMPTY}"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_the_same_answer_by_each_way(place: tuple[str, int], tile: str, method: str, accepted: str) -> None:
    path = f"/tiles/{tile}"
    first = asked(place, path, method, Accept_Encoding=accepted)
    at_once = asked(place, path, method, Accept_Encoding=accepted)
    closely = asked(place, path, method, Accept_Encoding=accepted, Content_Length="0")
    assert at_once == first == closely
    assert "x-content-type-options" in dict(at_once[1])
    tag = dict(at_once[1]).get("etag")
    if tag is not None:
        known = asked(place, path, method, Accept_Encoding=accepted, If_None_Match=tag)
        assert known == asked(place, path, method, Accept_Encoding=accepted, If_None_Match=tag, Content_Length="0")
        assert (known[0], known[2]) == (304, b"")


def test_requests_behind_each_other_are_answered_in_turn(place: tuple[str, int]) -> None:
    """In one write: slow ones, quick ones, refused ones; more than may lie on each other."""
    paths = [f"/tiles/current/grids/{Z15}", "/v1/regions", f"/tiles/1/grids/{EMPTY}", "/tiles/9/grids/0/0/0"]
    singly = {path: asked(place, path, Accept_Encoding="identity") for path in paths}
    order = [paths[n * 7 % 4] for n in range(60)] + [paths[1]] + [paths[0]] * 400
    with connected(place) as one, one.makefile("rb") as stream:

        class Kept:
            """What an answer is read from, so that the next one begins where it ended."""

            def makefile(self, mode: str) -> object:
                return _Open(stream)

        one.sendall(b"".join(request(path, Accept_Encoding="identity") for path in order))
        for path in order:
            told = read(Kept())  # type: ignore[arg-type]
            assert told == singly[path], path


class _Open:
    """A stream that stays open when an answer was read."""

    def __init__(self, stream: object) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def close(self) -> None:
        pass


def test_no_answer_waits_until_its_head_was_heard_of(place: tuple[str, int]) -> None:
    """Forty times the head and then the body: each would wait 40 ms."""
    with connected(place) as one:
        begin = monotonic()
        for _ in range(40):
            one.sendall(request("/healthz"))
            assert read(one)[0] == 200
        assert monotonic() - begin < 40 * 0.035


def test_a_connection_that_is_to_end_ends(place: tuple[str, int]) -> None:
    path = f"/tiles/current/grids/{Z15}"
    asked(place, path)
    with connected(place) as one:
        one.sendall(request(path, Connection="close"))
        assert dict(read(one)[1])["connection"] == "close"
        assert one.recv(1) == b""


def test_what_the_wire_refuses_is_refused_for_tiles_too(place: tuple[str, int]) -> None:
    path = f"/tiles/current/grids/{Z15}"
    asked(place, path)
    with connected(place) as one:
        one.sendall(f"GET {path} HTTP/1.1\r\n\r\n".encode())
        assert read(one)[0] == 400
    assert asked(place, path, Cookie="x" * 40_000)[0] == 431
    assert asked(place, path + "?a=1")[0] == 400
    assert asked(place, path, "DELETE")[0] == 405
