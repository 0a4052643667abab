"""What does the service say when it cannot do what was asked? RFC 9457, for every answer that is not a success.

To add a problem: one line in `STATUS`, its two texts in `api.texts.problems`, and, where an exception of the rooms
below stands for it, one line in `TABLE`. No stack, no SQL and no path of this machine is ever part of an answer.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_hex
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from api import pool, validation
from api.faults import Fault
from api.texts import Language, Value, language_of, text

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5
"""What `Retry-After` says when nobody knows better."""

STATUS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "malformed-request": 400,
        "invalid-parameter": 400,
        "unknown-parameter": 400,
        "repeated-parameter": 400,
        "axes-swapped": 400,
        "invalid-cursor": 400,
        "invalid-body": 400,
        "body-too-deep": 400,
        "idempotency-key-required": 400,
        "invalid-idempotency-key": 400,
        "invalid-if-match": 400,
        "origin-not-allowed": 400,
        "token-required": 401,
        "read-only": 403,
        "unreadable-input": 422,
        "datum-required": 400,
        "coordinates-refused": 422,
        "unknown-plan": 404,
        "plan-not-draft": 409,
        "wrong-state": 409,
        "region-reserved": 409,
        "rebase-conflict": 409,
        "region-gone": 409,
        "nothing-repaired": 422,
        "nothing-to-undo": 409,
        "nothing-to-redo": 409,
        "edit-refused": 422,
        "building-cut": 422,
        "not-divided": 422,
        "too-many-steps": 422,
        "stale-base": 409,
        "border-conflict": 409,
        "regions-overlap": 422,
        "coverage-not-exact": 422,
        "code-taken": 409,
        "never-back": 422,
        "amendment-refused": 422,
        "tree-broken": 422,
        "households-orphaned": 422,
        "nothing-published-then": 422,
        "thing-gone": 409,
        "thing-there": 409,
        "borders-too-close": 422,
        "nothing-to-publish": 422,
        "rows-refused": 422,
        "blocking-findings": 422,
        "coverage-never-accepted": 422,
        "already-accepted": 409,
        "several-findings": 409,
        "unknown-finding": 404,
        "unknown-acceptance": 404,
        "would-vanish": 422,
        "encoding-guessed": 422,
        "not-found": 404,
        "unknown-code": 404,
        "unknown-publication": 404,
        "unknown-job": 404,
        "unknown-order": 404,
        "code-retired": 410,
        "method-not-allowed": 405,
        "not-acceptable": 406,
        "body-too-slow": 408,
        "stale-state": 412,
        "body-too-large": 413,
        "too-many-features": 413,
        "too-many-vertices": 413,
        "too-many-points": 413,
        "too-many-edits": 413,
        "url-too-long": 414,
        "order-pending": 409,
        "order-in-force": 409,
        "order-settled": 409,
        "ground-unsound": 422,
        "unsupported-media-type": 415,
        "range-not-satisfiable": 416,
        "encoded-body": 415,
        "took-too-long": 422,
        "idempotency-key-reused": 422,
        "if-match-required": 428,
        "too-many-requests": 429,
        "headers-too-large": 431,
        "client-gone": 499,
        "internal-error": 500,
        "busy": 503,
        "queue-full": 503,
        "too-many-listeners": 503,
        "not-answered-in-time": 503,
        "worker-lost": 503,
        "store-unavailable": 503,
        "not-ready": 503,
        "tile-not-ready": 503,
    }
)
"""Slug -> status. A slug is a promise: `/problems/<slug>` never changes its meaning.

499 reaches nobody: it is how logs and metrics see a client that left (the number is nginx's).
"""

_LOG = logging.getLogger(__name__)


@dataclass(eq=False)
class Problem(Exception):  # noqa: N818 - it is one; "problem" is the word of RFC 9457
    """Raise it anywhere under a route. `values` fill the detail text; `errors` point at what is wrong.

    `features` is a GeoJSON FeatureCollection of the places; `headers` go out with the answer (`Retry-After` ...).
    `members` are told besides, under their own names (RFC 9457, section 3.2).
    """

    slug: str
    values: Mapping[str, Value] = field(default_factory=dict)
    errors: Sequence[Fault] = ()
    features: Mapping[str, Any] | None = None
    current_etag: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> int:
        return STATUS[self.slug]

    def document(self, language: Language, instance: str) -> dict[str, Any]:
        """The RFC 9457 members, and ours where they help."""
        told: dict[str, Any] = {
            "type": f"/problems/{self.slug}",
            "title": text(f"problem.{self.slug}.title", language),
            "status": self.status,
            "detail": text(f"problem.{self.slug}.detail", language, **self.values),
            "instance": instance,
        }
        if self.errors:
            told["errors"] = [fault.document(language) for fault in self.errors]
        if self.features is not None:
            told["features"] = self.features
        if self.current_etag is not None:
            told["current_etag"] = self.current_etag
        return {**told, **self.members}


def response(request: Request, problem: Problem) -> Response:
    """The answer that tells the problem, in the language the request asks for."""
    language = language_of(request.headers.get("accept-language"))
    headers = {"Content-Language": language, "Vary": "Accept-Language", "Cache-Control": "no-store", **problem.headers}
    if problem.status == 503:
        headers.setdefault("Retry-After", str(RETRY_SECONDS))
    document = problem.document(language, quote(request.scope["path"], errors="replace"))
    return Response(orjson.dumps(document), problem.status, headers, MEDIA_TYPE)


def _of_framework(request: Request, error: HTTPException) -> Problem:
    if error.status_code == 405:
        allowed = _allowed(request)
        values = {"method": request.method, "allowed": allowed}
        return Problem("method-not-allowed", values, headers={"Allow": allowed})
    slugs = {401: "token-required", 403: "read-only", 404: "not-found", 429: "too-many-requests"}
    return Problem(slugs.get(error.status_code, "malformed-request"), headers=dict(error.headers or {}))


TABLE: Final[Mapping[type[Exception], Callable[[Request, Any], Problem]]] = MappingProxyType(
    {
        Problem: lambda _, error: error,
        HTTPException: _of_framework,
        RequestValidationError: lambda _, error: Problem(*validation.told(error)),
        pool.Busy: lambda _, __: Problem("busy"),
        pool.TookTooLong: lambda _, error: Problem("took-too-long", {"seconds": error.seconds}),
        pool.WorkerLost: lambda _, __: Problem("worker-lost"),
        pool.ClientGone: lambda _, __: Problem("client-gone"),
    }
)
"""The one table from exception to problem; a subclass is told as its nearest base."""


def install(app: FastAPI, table: Mapping[type[Exception], Callable[[Request, Any], Problem]] = TABLE) -> None:
    """Every exception under the routes of `app` becomes a problem; one that is not in the table becomes a 500."""
    for kind, tell in table.items():
        app.add_exception_handler(kind, _handler(tell))
    app.add_exception_handler(Exception, unexpected)


async def unexpected(request: Request, error: Exception) -> Response:
    """A mistake of ours: the log gets the stack, the client gets the number under which the log has it."""
    number = token_hex(8)
    _LOG.error("internal error %s: %s %s", number, request.method, request.scope["path"], exc_info=error)
    return response(request, Problem("internal-error", {"id": number}))


def _handler(tell: Callable[[Request, Any], Problem]) -> Callable[[Request, Exception], Any]:
    async def handle(request: Request, error: Exception) -> Response:
        return response(request, tell(request, error))

    return handle


def _allowed(request: Request) -> str:
    """The methods of every route at this path; the framework names only those of the first."""
    methods = ("GET", "POST", "PUT", "PATCH", "DELETE")
    found = [method for method in methods if _answers(request, method)]
    return ", ".join(["HEAD", *found] if "GET" in found else found)


def _answers(request: Request, method: str) -> bool:
    scope = {**request.scope, "method": method, "fastapi": {}}
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.router.routes)
