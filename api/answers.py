"""How does an answer leave? As bytes with a strong tag, the publication it tells of, and links that work from outside.

`current` answers are `max-age=0` with a hash of their content, so what did not change stays 304 across publications;
answers under a publication's number never change.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.cursor import Cursor
from api.media import JSON, Medium

CURRENT = "public, max-age=0, must-revalidate"
IMMUTABLE = "public, max-age=31536000, immutable"
PRIVATE = "no-store"
"""For the inner profile and for anything about one caller."""


def answer(
    request: Request,
    content: Any,
    *,
    medium: Medium = JSON,
    etag: str | None = None,
    publication: int | None = None,
    cache: str = CURRENT,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The answer to a read, or 304 where the caller has it already.

    `content` is bytes, or anything orjson can write. `etag` (with its quotes) defaults to a hash of the bytes.
    `publication` is the one the content tells of; without it the header names the one in force.
    """
    body = content if isinstance(content, bytes) else orjson.dumps(content, option=orjson.OPT_SERIALIZE_NUMPY)
    tag = etag or content_tag(body)
    told = {"ETag": tag, "Cache-Control": cache, "Vary": "Accept", **(headers or {})}
    if publication is not None:
        told["X-Publication"] = str(publication)
    if status == 200 and request.method in {"GET", "HEAD"} and has(request, tag):
        return Response(status_code=304, headers=told)
    return Response(body, status, told, medium.type)


def content_tag(body: bytes) -> str:
    """A strong entity tag of these bytes."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def has(request: Request, tag: str) -> bool:
    """Whether `If-None-Match` names this tag, compared weakly as RFC 9110, section 13.1.2 asks."""
    wanted = {part.strip() for line in request.headers.getlist("if-none-match") for part in line.split(",")}
    return "*" in wanted or not wanted.isdisjoint({tag, f"W/{tag}"})


def absolute(request: Request, path: str, query: Sequence[tuple[str, str]] = ()) -> str:
    """A link to `path` (which begins with a slash) that works from where the caller is."""
    base = request.app.state.settings.public_url or str(request.base_url).rstrip("/")
    return f"{base}{quote(path)}" + (f"?{urlencode(query)}" if query else "")


def link(
    request: Request, rel: str, path: str, medium: Medium = JSON, query: Sequence[tuple[str, str]] = ()
) -> dict[str, str]:
    """An entry of `links`."""
    return {"rel": rel, "href": absolute(request, path, query), "type": medium.type.partition(";")[0]}


def list_links(request: Request, medium: Medium, following: Cursor | None) -> list[dict[str, str]]:
    """`self`, and `next` where the list goes on; both keep the caller's filters."""
    path, asked = request.scope["path"], request.query_params.multi_items()
    links = [link(request, "self", path, medium, asked)]
    if following is not None:
        kept = [(name, value) for name, value in asked if name != "cursor"]
        links.append(link(request, "next", path, medium, [*kept, ("cursor", str(following))]))
    return links


class Head:
    """HEAD is GET without the body, for every route; `head` in the scope says so to one whose body has no end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def bare(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        inner = {**scope, "method": "GET", "head": True}  # a copy: the server goes by its own, and sends no body
        try:
            await self._app(inner, receive, bare)
        finally:
            scope.update({**inner, "method": "HEAD"})
