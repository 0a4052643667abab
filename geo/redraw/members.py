"""What do the members of a JSON object say, strictly?

Each value is read with its place in the document, a JSON pointer (RFC 6901): what cannot be taken names it. Ids of
refusals and their values besides `pointer` stand with each function.
"""

import math
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from geo.refusal import Refusal

MOST_TEXT: Final = 1000
"""Characters of a name; as in files."""
LONGEST_CODE: Final = 200
"""Characters of a code that is there, as files have it; new ones are shorter (`geo.redraw.edits.MOST_CODE`)."""
SHOWN: Final = 64
"""Characters that are shown of a name nobody knows."""
Value = TypeVar("Value")
Default = TypeVar("Default")


class EditMalformed(Refusal):
    """An edit that cannot be read; `pointer` says where."""


class Members:
    """The members of an object, taken one by one; `end` refuses those that nobody took.

    Refuses `edit-wrong-type` (wanted: object).
    """

    def __init__(self, value: object, pointer: str) -> None:
        if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
            raise wrong_type(pointer, "object")
        self._value, self.pointer, self._taken = value, pointer, set[str]()

    def __contains__(self, name: str) -> bool:
        """Whether there is such a member; null is as good as none."""
        return self._value.get(name) is not None

    def of(self, name: str, read: Callable[[object, str], Value]) -> Value:
        """A member that must be there. Refuses `edit-member-missing` (member)."""
        self._taken.add(name)
        if name not in self:
            raise EditMalformed("edit-member-missing", pointer=self.pointer, member=name)
        return read(self._value[name], f"{self.pointer}/{name}")

    def maybe(self, name: str, read: Callable[[object, str], Value], default: Default) -> Value | Default:
        """A member, or the default where there is none."""
        self._taken.add(name)
        return self.of(name, read) if name in self else default

    def one_of(self, *names: str) -> str:
        """Which of several members is there. Refuses `edit-one-of` (members) unless it is exactly one."""
        there = [name for name in names if name in self]
        if len(there) != 1:
            raise EditMalformed("edit-one-of", pointer=self.pointer, members=", ".join(names))
        self._taken.update(names)
        return there[0]

    def end(self) -> None:
        """Refuses `edit-member-unknown` (member)."""
        for name in self._value:
            if name not in self._taken:
                raise EditMalformed("edit-member-unknown", pointer=self.pointer, member=shown(name))


def text(value: object, pointer: str) -> str:
    """A text without control characters. Refuses `edit-wrong-type` (wanted: text), `edit-text-too-long` (most) and
    `edit-text-malformed`."""
    if not isinstance(value, str):
        raise wrong_type(pointer, "text")
    if len(value) > MOST_TEXT:
        raise EditMalformed("edit-text-too-long", pointer=pointer, most=MOST_TEXT)
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in value):
        raise EditMalformed("edit-text-malformed", pointer=pointer)
    return value


def code(value: object, pointer: str) -> str:
    """A code: printable text with no space around it. Refuses as `text` does."""
    written = text(value, pointer)
    if len(written) > LONGEST_CODE:
        raise EditMalformed("edit-text-too-long", pointer=pointer, most=LONGEST_CODE)
    if not written or written != written.strip() or not written.isprintable():
        raise EditMalformed("edit-text-malformed", pointer=pointer)
    return written


def number(value: object, pointer: str) -> float:
    """A finite number. Refuses `edit-wrong-type` (wanted: number) and `edit-not-finite`."""
    if type(value) not in (int, float):
        raise wrong_type(pointer, "number")
    assert isinstance(value, (int, float))
    try:
        told = float(value)
    except OverflowError:  # an integer of more than 308 digits
        told = math.inf
    if not math.isfinite(told):
        raise EditMalformed("edit-not-finite", pointer=pointer)
    return told


def flag(value: object, pointer: str) -> bool:
    """True or false. Refuses `edit-wrong-type` (wanted: flag)."""
    if not isinstance(value, bool):
        raise wrong_type(pointer, "flag")
    return value


def listed(read: Callable[[object, str], Value], least: int, most: int) -> Callable[[object, str], tuple[Value, ...]]:
    """Reads a list of so many. Refuses `edit-wrong-type` (wanted: list) and `edit-list-size` (count, least, most)."""

    def values(value: object, pointer: str) -> tuple[Value, ...]:
        return tuple(read(one, f"{pointer}/{n}") for n, one in enumerate(items(value, pointer, least, most)))

    return values


def items(value: object, pointer: str, least: int, most: int) -> Sequence[object]:
    """The items of a list of so many."""
    if not isinstance(value, list):
        raise wrong_type(pointer, "list")
    if not least <= len(value) <= most:
        raise EditMalformed("edit-list-size", pointer=pointer, count=len(value), least=least, most=most)
    return value


def wrong_type(pointer: str, wanted: str) -> EditMalformed:
    return EditMalformed("edit-wrong-type", pointer=pointer, wanted=wanted)


def shown(name: str) -> str:
    """A name from outside, safe to be shown."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:SHOWN])
