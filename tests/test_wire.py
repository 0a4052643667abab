"""Are bytes read as the requests they are, and is what never ends or hides something refused?"""

import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress

import pytest
from fastapi import APIRouter
from serving import listening
from starlette.requests import Request

from api.frame import framed
from api.settings import Settings
from api.wire import LONGEST, Wire

OFFER = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n"
JSON = b"Host: a\r\nContent-Type: application/json\r\n"
POST = b"POST /body HTTP/1.1\r\n" + JSON
CHUNKS = b"Transfer-Encoding: chunked\r\n\r\n3\r\n123\r\n0\r\n"

router = APIRouter()


@router.post("/body")
async def body(request: Request) -> str:
    """The body, and whether a trailer became a header."""
    return f"{(await request.body()).decode()} {'x-late' in request.headers}"


@router.get("/name")
async def name(of: str = "") -> str:
    return of


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    with served() as made:
        yield made


def served() -> AbstractContextManager[tuple[str, int]]:
    return listening(framed(Settings(), first=router), log_level="critical", http=Wire)


def asked(line: socket.socket, request: bytes) -> bytes:
    """The first answer to come, with the body that its length tells."""
    line.sendall(request)
    got = b""
    while b"\r\n\r\n" not in got:
        got += _more(line)
    length = int(got.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    while len(got.partition(b"\r\n\r\n")[2]) < length:
        got += _more(line)
    return got


def _more(line: socket.socket) -> bytes:
    more = line.recv(65536)
    assert more, "closed without an answer"
    return more


def asked_once(address: tuple[str, int], request: bytes) -> bytes:
    with socket.create_connection(address, timeout=10) as line:
        return asked(line, request)


@pytest.mark.parametrize("offer", [b"", OFFER, b"Connection: upgrade\r\nUpgrade: websocket\r\n"])
@pytest.mark.parametrize("rest", [b"Content-Length: 3\r\n\r\n123", CHUNKS + b"\r\n", CHUNKS + b"X-Late: 1\r\n\r\n"])
@pytest.mark.parametrize("at", [None, -7, -1])
def test_an_offer_to_change_the_protocol_takes_no_body_away(
    address: tuple[str, int], offer: bytes, rest: bytes, at: int | None
) -> None:
    with socket.create_connection(address, timeout=10) as line:
        request = POST + offer + rest
        line.sendall(request[:at] if at else b"")
        assert asked(line, request[at:] if at else request).endswith(b'"123 False"')
        assert asked(line, b"GET /name?of=next HTTP/1.1\r\nHost: a\r\n" + offer + b"\r\n").endswith(b'"next"')


def test_requests_may_follow_each_other_at_once(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=10) as line:
        one = b"GET /name?of=%d HTTP/1.1\r\nHost: a\r\n\r\n"
        line.sendall(b"".join(one % number for number in range(3)))
        got = b""
        while not got.endswith(b'"2"'):
            got += _more(line)
        assert [got.find(b'"%d"' % number) > 0 for number in range(3)] == [True] * 3


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /name HTTP/1.1\r\n\r\n",
        b"GET /name HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"CONNECT a.b:443 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"CONNECT / HTTP/1.1\r\nHost: a\r\n" + OFFER + b"\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
        POST + b"Content-Length: 3\r\n" + CHUNKS + b"\r\n",
        POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\n1234",
        b"GET /name HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n",
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(address: tuple[str, int], request_: bytes) -> None:
    assert asked_once(address, request_).startswith(b"HTTP/1.1 400 ")


def test_a_host_is_not_asked_of_http_1_0(address: tuple[str, int]) -> None:
    assert asked_once(address, b"GET /name?of=old HTTP/1.0\r\n\r\n").endswith(b'"old"')


def test_a_body_is_coded_by_chunks_alone(address: tuple[str, int]) -> None:
    coded = POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n3\r\n123\r\n0\r\n\r\n"
    assert asked_once(address, coded).startswith(b"HTTP/1.1 415 ")


@pytest.mark.parametrize(
    "begun", [b"GET /name?of=", b"GET /name HTTP/1.1\r\nHost: a\r\nX: ", POST + CHUNKS + b"X: "], ids=len
)
def test_what_never_ends_is_cut_off(address: tuple[str, int], begun: bytes) -> None:
    with socket.create_connection(address, timeout=10) as line:
        with suppress(ConnectionError):  # nobody reads the rest of it
            line.sendall(begun + b"a" * 6 * LONGEST)
        assert _more(line).startswith(b"HTTP/1.1 400 ")


def test_a_long_body_is_not_what_never_ends(address: tuple[str, int]) -> None:
    whole = b"Content-Length: %d\r\n\r\n" % (4 * LONGEST) + b"1" * (4 * LONGEST)
    pieces = b"Transfer-Encoding: chunked\r\n\r\n" + b"3e8\r\n%b\r\n" % (b"1" * 1000) * 300 + b"0\r\n\r\n"
    for rest in (whole, pieces):
        assert asked_once(address, POST + rest).endswith(b'1 False"')
