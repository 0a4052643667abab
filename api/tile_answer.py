"""How does a tile leave? With a tag of its content, in gzip for who takes it, or as 304 for who has it already."""

from collections.abc import Mapping
from functools import lru_cache

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.answers import CURRENT, IMMUTABLE
from api.compression import ENDING, accepts_gzip
from api.dressing import BROWSERS
from api.media import Medium
from api.tile_cache import Tile

MVT = Medium("mvt", "application/vnd.mapbox-vector-tile")
VARY = (b"vary", b"Accept-Encoding")
TYPE = (b"content-type", MVT.type.encode())
PACKED = (b"content-encoding", b"gzip")
CACHES = {True: (b"cache-control", CURRENT.encode()), False: (b"cache-control", IMMUTABLE.encode())}
"""By whether the address says `current`."""
DRESSING = tuple(BROWSERS.items())
MOST_HEADS = 4
"""Heads that are kept of a tile: of `current` and of a number, compressed and not."""

Headers = list[tuple[bytes, bytes]]
takes_gzip = lru_cache(maxsize=256)(accepts_gzip)


def wants_gzip(asked: Mapping[bytes, bytes]) -> bool:
    """Whether a tile should be there in gzip before it is `told`."""
    return takes_gzip(asked.get(b"accept-encoding", b""))


def told(tile: Tile, publication: int, asked: Mapping[bytes, bytes], *, is_current: bool) -> tuple[int, Headers, bytes]:
    """Status, headers and body, as they go out on the wire."""
    wanted = asked.get(b"if-none-match")
    if wanted is not None and tile.body and _has(wanted, tile.tag):
        tag = (b"etag", b'"' + tile.tag + (ENDING if ENDING in wanted else b'"'))
        return 304, [*_first(publication, is_current), VARY, tag, *DRESSING], b""
    is_packed = tile.packed is not None and wants_gzip(asked)
    kind = publication, is_current, is_packed
    headers = tile.heads.get(kind)
    if headers is None:
        if len(tile.heads) >= MOST_HEADS:
            tile.heads.clear()
        headers = tile.heads[kind] = [*_first(publication, is_current), *_about(tile, is_packed), *DRESSING]
    if not tile.body:
        return 204, headers, b""
    return 200, headers, tile.packed if is_packed and tile.packed is not None else tile.body


class TileAnswer(Response):
    """The same behind what compresses answers, and puts the ending to the tags of those that are."""

    def __init__(self, status: int, headers: Headers, body: bytes) -> None:
        self.status_code, self.body, self.background = status, body, None
        self.raw_headers = [
            (name, value.replace(ENDING, b'"') if name == b"etag" else value) for name, value in headers
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI has it
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body})


def _first(publication: int, is_current: bool) -> Headers:
    return [CACHES[is_current], (b"x-publication", b"%d" % publication)]


def _about(tile: Tile, is_packed: bool) -> Headers:
    if not tile.body:
        return []
    tag, ending = b'"' + tile.tag, ENDING if is_packed else b'"'
    body = tile.packed if is_packed and tile.packed is not None else tile.body
    size = (b"content-length", b"%d" % len(body))
    return [VARY, TYPE, size, (b"etag", tag + ending), *([PACKED] if is_packed else [])]


def _has(wanted: bytes, tag: bytes) -> bool:
    """Whether `If-None-Match` names the tag, with the ending of the compressed form or without, compared weakly."""
    named = {part.strip().removeprefix(b"W/") for part in wanted.replace(ENDING, b'"').split(b",")}
    return b"*" in named or b'"' + tag + b'"' in named
