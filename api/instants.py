"""Of which instant does the caller ask?"""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any, TypeAlias

from fastapi import Depends, Query
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError
from starlette.requests import Request

_INSTANT = re.compile(
    r"(19[7-9][0-9]|[2-8][0-9]{3})-[0-9]{2}-[0-9]{2}"
    r"(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?",
    re.ASCII,
)
"""A date, or an instant with its offset (RFC 3339, seconds may be left out); from 1970 until before 9000."""


def strict_instant(value: Any) -> datetime:
    """A datetime, without an offset where the text is a date. Raises PydanticCustomError."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            found = datetime.fromisoformat(value)
            if abs(found.utcoffset() or timedelta(0)) < timedelta(hours=15):
                return found
        except ValueError:
            pass
    raise PydanticCustomError("instant", "neither a date nor an instant")


Instant: TypeAlias = Annotated[datetime, BeforeValidator(strict_instant)]


def as_of(
    request: Request,
    as_of: Annotated[
        Instant | None,
        Query(
            description="A date (00:00 in WANGGE_TIMEZONE) or an instant such as 2026-03-01T08:00:00%2B08:00; "
            "now where absent",
            json_schema_extra={"format": "date-time"},
        ),
    ] = None,
) -> datetime | None:
    """The instant asked about, with its offset; None for now."""
    if as_of is None or as_of.tzinfo is not None:
        return as_of
    return as_of.replace(tzinfo=request.app.state.settings.zone)


AsOf: TypeAlias = Annotated[datetime | None, Depends(as_of)]
