"""What may a browser do with our answers? Only what our own page needs; other origins only by the allow-list."""

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import Problem, response

CONTENT_POLICY = {
    "default-src": "'self'",
    "img-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
"""The map draws in a worker made from a blob, and sets styles on its elements; nothing comes from another host."""


def content_policy(**changes: str) -> str:
    """The Content-Security-Policy, with directives changed for one page (`script_src="'sha256-...'"`)."""
    policy = CONTENT_POLICY | {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(f"{name} {value}" for name, value in policy.items())


class Cors(CORSMiddleware):
    """Pages of the allowed origins may read and, with a token, write; a refused preflight is told as a problem."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
            allow_headers=("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "Range"),
            expose_headers=("ETag", "X-Publication", "Retry-After", "Location", "Content-Range", "Accept-Ranges"),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _is_preflight(scope):
            await self._preflight(Request(scope))(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    def _preflight(self, request: Request) -> Response:
        found = self.preflight_response(request.headers)
        if found.status_code == 200:
            return Response(
                status_code=204, headers={k: v for k, v in found.headers.items() if not k.startswith("content-")}
            )
        return response(request, Problem("origin-not-allowed"))


def _is_preflight(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return scope["method"] == "OPTIONS" and "origin" in headers and "access-control-request-method" in headers
