"""How do the bytes of a connection become requests? httptools reads them; what it leaves open is closed here.

It keeps a head that never ends, takes trailers for headers, asks for no Host, and loses the body of a request that
offers to change the protocol, which some Java clients do each time. For `uvicorn.Config(http=Wire)`.
"""

from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST = 64 * 1024
"""Bytes that may come before a head, a piece of a body or the trailers are whole; `RequestLimits` is finer."""


class Wire(HttpToolsProtocol):
    """One connection. No protocol is ever changed: there are no web sockets here."""

    _unheard = 0

    def data_received(self, data: bytes) -> None:
        """Reads on. What is no HTTP, or never ends, is told 400 and the connection closed."""
        self._unset_keepalive_if_required()
        self._unheard += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            self._decline(data[offer.args[0] :])
        except httptools.HttpParserError:
            self.send_400_response("This is not HTTP/1.1.")
        else:
            if self._unheard > LONGEST and not self.transport.is_closing():
                self.send_400_response("This has no end.")

    def on_headers_complete(self) -> None:
        """The head is whole; what comes after the body is no header of this request."""
        self._unheard = 0
        hosts = [name for name, _ in self.headers].count(b"host")
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            raise httptools.HttpParserError("one Host, as RFC 9112, section 3.2 asks")
        super().on_headers_complete()
        self.headers = []

    def on_body(self, body: bytes) -> None:
        self._unheard = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unheard = 0
        super().on_message_complete()

    def shutdown(self) -> None:
        """The server ends: who listens to events would stay for ever, and is told to go."""
        app: Any = (self.scope or {}).get("app")
        listening = getattr(app and app.state, "listening", None)
        if listening is not None:
            listening.end()
        super().shutdown()

    def _should_upgrade(self) -> bool:
        """So that a request with an offer is not answered before `_decline` has seen it."""
        return True

    def _decline(self, rest: bytes) -> None:
        """Read the request again, as if it had not offered anything (RFC 9110, section 7.8)."""
        if self.scope["method"] == "CONNECT":
            self.send_400_response("This is no proxy.")
            return
        lines = [b"%s: %s\r\n" % line for line in self.scope["headers"] if line[0] != b"upgrade"]
        first = b"%s %s HTTP/%s\r\n" % (
            self.scope["method"].encode("ascii"),
            self.url,
            self.scope["http_version"].encode("ascii"),
        )
        self.parser = httptools.HttpRequestParser(self)
        self.data_received(b"".join((first, *lines, b"\r\n", rest)))
