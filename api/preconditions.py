"""What must hold before a change is made? `If-Match` on every change, `Idempotency-Key` on every POST that creates."""

import re
from dataclasses import dataclass
from typing import Annotated, TypeAlias

from fastapi import Depends, Header
from starlette.requests import Request

from api.faults import Fault
from api.problems import Problem

_KEY = re.compile(r"[!-~]{1,255}")
_TAG = re.compile(r'"[!#-~\x80-\xff]*"')
"""A strong entity tag (RFC 9110, section 8.8.3)."""


@dataclass(frozen=True, slots=True)
class IfMatch:
    """The states that the caller may have read; with the quotes, as in `ETag`."""

    tags: frozenset[str]

    def require(self, current: str) -> None:
        """Raises the problem `stale-state` (412) with the tag in force, unless it is one of these."""
        if current not in self.tags:
            raise Problem("stale-state", current_etag=current, headers={"ETag": current})


def if_match(
    request: Request,
    value: Annotated[str | None, Header(alias="If-Match", description='The ETag that was read, such as "5"')] = None,
) -> IfMatch:
    """Raises a problem: 428 when absent, 400 for `*` (it names no state) and for weak tags (they never match)."""
    if value is None:
        raise Problem("if-match-required")
    tags = [tag.strip() for line in request.headers.getlist("if-match") for tag in line.split(",")]
    if not all(_TAG.fullmatch(tag) for tag in tags):
        raise Problem("invalid-if-match", errors=[Fault("parameter.if-match", header="If-Match")])
    return IfMatch(frozenset(tags))


def idempotency_key(
    request: Request,
    value: Annotated[
        str | None, Header(alias="Idempotency-Key", description="1-255 visible ASCII characters, new for each creation")
    ] = None,
) -> str:
    """Raises a problem when it is absent, given twice, or not 1 to 255 visible ASCII characters."""
    if value is None:
        raise Problem("idempotency-key-required")
    if len(request.headers.getlist("idempotency-key")) > 1 or not _KEY.fullmatch(value):
        raise Problem("invalid-idempotency-key", errors=[Fault("parameter.idempotency-key", header="Idempotency-Key")])
    return value


InIfMatch: TypeAlias = Annotated[IfMatch, Depends(if_match)]
InIdempotencyKey: TypeAlias = Annotated[str, Depends(idempotency_key)]
