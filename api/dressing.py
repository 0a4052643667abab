"""What does every answer carry, whichever part of the service made it? Browsers' rules, and the publication."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.security import content_policy

Headers = list[tuple[bytes, bytes]]

BROWSERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"content-security-policy": content_policy().encode("ascii"),
}
"""What a browser may do with an answer."""


class Dressed:
    """Browsers' rules, and in `X-Publication` what `app.state.publication()` says, unless a route sets its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with_ours(message["headers"], scope["app"].state.publication())
            await send(message)

        await self._app(scope, receive, dressed if scope["type"] == "http" else send)


def _with_ours(headers: Headers, publication: int | None) -> Headers:
    ours = BROWSERS if publication is None else {**BROWSERS, b"x-publication": b"%d" % publication}
    named = {name for name, _ in headers}
    return [*headers, *(one for one in ours.items() if one[0] not in named)]
