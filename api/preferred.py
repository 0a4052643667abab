"""What would the caller like (RFC 7240)? Wishes only: one that cannot be read is none."""

import re
from typing import Annotated, TypeAlias

from fastapi import Header

LONGEST_WAIT_S = 30
"""Longest `Prefer: wait`; who asks for more is answered after this time."""
InPrefer: TypeAlias = Annotated[
    str | None, Header(description="wait=10: answer when the job has ended, at most so late")
]

_WAIT = re.compile(r"wait\s*=\s*\"?([0-9]{1,6})\"?", re.ASCII | re.IGNORECASE)


def wait_s(prefer: str | None) -> int:
    """Seconds of `Prefer: wait=10`; 0 where it is not said."""
    for wish in _wishes(prefer):
        if stated := _WAIT.fullmatch(wish):
            return min(int(stated[1]), LONGEST_WAIT_S)
    return 0


def is_async(prefer: str | None) -> bool:
    """Whether `Prefer: respond-async` is said."""
    return any(wish.lower() == "respond-async" for wish in _wishes(prefer))


def _wishes(prefer: str | None) -> list[str]:
    return [wish.partition(";")[0].strip() for wish in (prefer or "").split(",")]
