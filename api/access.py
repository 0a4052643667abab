"""Who is acting? Until there are accounts: a token's name, or this machine itself.

Reads of the public profile are open. Every write and the inner profile need an actor, and that name is in every log.
A browser on this machine visits strangers' pages: so a request counts as local only if nothing about it says that it
came through a proxy, from another page, or under another name (DNS rebinding).
"""

from typing import Annotated, TypeAlias

from fastapi import Depends
from starlette.requests import Request

from api.problems import Problem
from api.settings import Settings, is_loopback
from api.tokens import LOCAL, name_of

PROXY_HEADERS = frozenset({"forwarded", "via", "x-real-ip"})
"""With everything that begins with `x-forwarded-`: a proxy in between, so the peer's address is not the caller's."""


async def actor(request: Request) -> str:
    """The name that acts. Raises a problem: 403 where nobody ever can, else 401."""
    settings: Settings = request.app.state.settings
    name = who(request, settings)
    if name is not None:
        return name
    if not settings.tokens and not settings.is_loopback:
        raise Problem("read-only")
    raise Problem("token-required", headers={"WWW-Authenticate": 'Bearer realm="wangge"'})


async def inner(request: Request) -> str:
    """The name that reads what is not public. Raises as `actor` does."""
    return await actor(request)


Actor: TypeAlias = Annotated[str, Depends(actor)]
Inner: TypeAlias = Annotated[str, Depends(inner)]


def who(request: Request, settings: Settings) -> str | None:
    """The actor's name, or None. A token that is given and wrong never falls back to being local."""
    credentials = request.headers.getlist("authorization")
    if credentials:
        scheme, _, token = credentials[0].partition(" ")
        is_one_bearer = len(credentials) == 1 and scheme.lower() == "bearer"
        return name_of(token.strip(), settings.tokens) if is_one_bearer else None
    return LOCAL if settings.is_loopback and is_local(request) else None


def is_local(request: Request) -> bool:
    """Whether the request was made by this machine, to this machine, by its own name, and not by a foreign page."""
    peer = request.client.host if request.client else ""
    return is_loopback(peer) and not _is_proxied(request) and _is_own_name(request) and _is_same_origin(request)


def _is_proxied(request: Request) -> bool:
    return any(name in PROXY_HEADERS or name.startswith("x-forwarded-") for name in request.headers)


def _is_own_name(request: Request) -> bool:
    """One Host header with a loopback name; a rebound DNS name still says its own name here."""
    hosts = request.headers.getlist("host")
    if len(hosts) != 1:
        return False
    host = hosts[0]
    if host.startswith("["):
        name, _, port = host[1:].partition("]")
        port = port.removeprefix(":")
    else:
        name, _, port = host.partition(":")
    return is_loopback(name) and (not port or (port.isascii() and port.isdigit()))


def _is_same_origin(request: Request) -> bool:
    """Browsers send Origin with every write; programs send none."""
    origins = request.headers.getlist("origin")
    own = f"{request.scope['scheme']}://{request.headers.get('host', '')}"
    return not origins or (len(origins) == 1 and origins[0].lower() == own.lower())
