"""Where does the next page of a list begin?

A cursor is opaque and bound to one publication: a list that is read page by page never straddles a publish. It is not
signed: it says nothing that the caller could not ask for, and what it says is checked like any other input.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from typing import Self

import orjson

LONGEST = 512
"""Characters; a key is a code or a number."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Go on after `after` (the last key of the page before) on the map of `publication`."""

    publication: int
    after: str

    def __str__(self) -> str:
        return urlsafe_b64encode(orjson.dumps([self.publication, self.after])).rstrip(b"=").decode("ascii")

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The cursor, or None for anything that `str` of a cursor would not give."""
        if len(text) > LONGEST or not text.isascii():
            return None
        try:
            said = orjson.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        except (Error, orjson.JSONDecodeError):
            return None
        match said:
            case [int(publication), str(after)] if type(publication) is int and publication >= 0 and "\0" not in after:
                cursor = cls(publication, after)
                return cursor if str(cursor) == text else None
        return None
