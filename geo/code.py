"""How are codes of grids made up, and which one is free?

Codes are text: leading zeros count, and twenty digits fit no integer. A scheme is named, never guessed from a length.
Twelve digits name the community, as in the statistical codes of regions: district 6, street 3, community 3.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from geo.refusal import Refusal

COMMUNITY_DIGITS = 12
GROUPS = (2, 4, 6, 9, COMMUNITY_DIGITS)
"""Digits after which a statistical code is complete: province, city, district, street, community."""


class SequenceFull(Refusal):
    """No number is left in a region: id `sequence-full` (region, scheme, longer: a scheme that has more numbers)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """Digits of each part: an object's code, the community's, a sequence from 1, and a rest that is not numbered here.

    `longer` names the scheme to change to where the sequence is full. All parts 0: any text that is not blank.
    """

    name: str
    object: int = 0
    community: int = COMMUNITY_DIGITS
    sequence: int = 0
    rest: int = 0
    longer: str = "free"

    @property
    def length(self) -> int:
        """Digits in all; 0 where any text will do."""
        return self.object + self.community + self.sequence + self.rest

    @property
    def most(self) -> int:
        """The last number of the sequence; 0 where there is none."""
        return int(10**self.sequence - 1)


SCHEMES: Final[Mapping[str, Scheme]] = MappingProxyType(
    {
        scheme.name: scheme
        for scheme in (
            Scheme(name="12", longer="14"),
            Scheme(name="14", sequence=2, longer="15"),
            Scheme(name="15", sequence=3, longer="25"),
            Scheme(name="20", object=6, sequence=2, longer="25"),
            Scheme(name="25", rest=13),
            Scheme(name="free", community=0),
        )
    }
)
"""The schemes in use. `25` goes down to the room: of its digits only the community's twelve have a meaning here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """The parts of a code. `sequence` is None where the scheme has none; `rest` is the whole text of a free one."""

    scheme: str
    object: str = ""
    community: str = ""
    sequence: int | None = None
    rest: str = ""


def parse(scheme: str, text: str) -> Code | None:
    """The parts of a grid's code; None where the text is no code of the scheme. Raises KeyError for an unknown scheme.

    ASCII digits only, of exactly the scheme's length; a sequence begins at 1.
    """
    known = SCHEMES[scheme]
    if known.length == 0:
        return Code(scheme=scheme, rest=text) if text.strip() else None
    if not is_digits(text, known.length):
        return None
    first, second = known.object, known.object + known.community
    third = second + known.sequence
    number = int(text[second:third]) if known.sequence else None
    if number == 0:
        return None
    return Code(scheme=scheme, object=text[:first], community=text[first:second], sequence=number, rest=text[third:])


def format(code: Code) -> str:
    """The text of a code: `parse(code.scheme, format(code)) == code`."""
    digits = SCHEMES[code.scheme].sequence
    number = "" if code.sequence is None else f"{code.sequence:0{digits}d}"
    return f"{code.object}{code.community}{number}{code.rest}"


def is_well_formed(scheme: str, text: str) -> bool:
    """Whether the text is a code of the scheme. Raises KeyError for an unknown scheme."""
    return parse(scheme, text) is not None


def prefix(scheme: str, text: str) -> str | None:
    """The community's part of a grid's code; None where the text is no code of the scheme, or the scheme has none."""
    found = parse(scheme, text)
    return (found.community or None) if found else None


def community(region: str) -> str | None:
    """The twelve digits that codes of grids in a region have: its own, with zeros where it is a street or a district.

    None where the region's code is no statistical code.
    """
    whole = any(is_digits(region, digits) for digits in GROUPS[2:])
    return region.ljust(COMMUNITY_DIGITS, "0") if whole else None


def significant(region: str) -> str:
    """A statistical code without the groups of zeros at its end: 510108001000 is street 510108001."""
    ends = [end for end in GROUPS if end < len(region) and not region[end:].strip("0")]
    return region[: ends[0]] if is_digits(region, len(region)) and len(region) in GROUPS and ends else region


def next_free(scheme: str, region: str, given: Collection[str], object: str = "") -> str:
    """The code with the smallest number that was never given in the region; `given` are all codes that ever were.

    `object` is the object's code where the scheme has one. Raises SequenceFull where no number is left, ValueError
    where codes of the scheme cannot be numbered in the region.
    """
    known, own = SCHEMES[scheme], community(region)
    if known.most == 0 or own is None or len(object) != known.object:
        raise ValueError(f"codes of scheme {scheme} cannot be numbered in {region}")
    used = numbers(scheme, region, given)
    free = next((number for number in range(1, known.most + 1) if number not in used), None)
    if free is None:
        raise SequenceFull("sequence-full", region=region, scheme=scheme, longer=known.longer)
    return format(Code(scheme=scheme, object=object, community=own, sequence=free))


def numbers(scheme: str, region: str, given: Collection[str]) -> set[int]:
    """The numbers that are taken in a region, by any of the codes."""
    own = community(region)
    parsed = (parse(scheme, text) for text in given)
    return {found.sequence for found in parsed if found and found.sequence is not None and found.community == own}


def is_digits(text: str, length: int) -> bool:
    """Whether the text is that many ASCII digits: `str.isdigit` would take ² and full-width ones."""
    return re.fullmatch(rf"[0-9]{{{length}}}", text) is not None if length else False
