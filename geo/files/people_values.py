"""Is this value of a list of people a name, a phone, a role, a post or a date? Strictly, or the row is refused.

As in `geo.files.values` each takes the raw value (None where the column is absent) and the field's name.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeVar

from geo.files import values
from geo.files.refusals import RowRefused, shown
from geo.model import Layer, Post, Role

Kind = TypeVar("Kind")

ROLES: Final[Mapping[str, Role]] = MappingProxyType(
    {
        **{role.value: role for role in Role},
        **dict.fromkeys(("网格长", "负责人", "责任人", "组长", "总网格长", "leader"), Role.RESPONSIBLE),
        **dict.fromkeys(("网格员", "专职网格员", "专职", "成员", "组员", "full-time"), Role.MEMBER),
        **dict.fromkeys(("兼职网格员", "兼职", "parttime"), Role.PART_TIME),
        **dict.fromkeys(("单位", "组织", "机构", "驻区单位", "共建单位", "organization"), Role.ORGANISATION),
    }
)
POSTS: Final[Mapping[str, Post]] = MappingProxyType(
    {"a": Post.AREA, "a岗": Post.AREA, "b": Post.SUBJECT, "b岗": Post.SUBJECT}
)
PLACES: Final[Mapping[str, Layer]] = MappingProxyType(
    {
        **dict.fromkeys(("grid", "网格"), Layer.GRID),
        **dict.fromkeys(("region", "区划", "社区", "街道", "片区", "院落"), Layer.REGION),
    }
)
OPEN: Final = frozenset({"长期", "至今", "永久", "无", "-"})
"""How lists say that a binding has no end."""
PHONE: Final = re.compile(r"[0-9+()#*,;、/.\- ]|转|分机|ext", re.ASCII | re.IGNORECASE)
"""What phones are written with, several in one cell and extensions too."""
FEWEST_DIGITS, MOST_DIGITS = 3, 60
"""Of one cell: 110 has three."""
MOMENT: Final = re.compile(
    r"(?:([0-9]{4})(?:[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日|([0-9]{2})([0-9]{2})))"
    r"(?:[T ]*([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(\.[0-9]{1,6})?)?)?"
    r" *(Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.ASCII | re.IGNORECASE,
)


def name(value: object, field: str) -> str:
    """Somebody's name, which must be there."""
    written = values.text(value, field).strip()
    if not written:
        raise RowRefused("field-missing", field=field)
    return written


def phone(value: object, field: str) -> str:
    """A phone number as it is dialled, or several; "" for nothing. Full-width digits become plain ones."""
    written = unicodedata.normalize("NFKC", values.text(value, field)).strip()
    digits = sum(sign.isdigit() for sign in written)
    is_phone = not PHONE.sub("", written) and FEWEST_DIGITS <= digits <= MOST_DIGITS
    if written and (not is_phone or values.SHORTENED.fullmatch(written)):
        raise RowRefused("phone-malformed", field=field)  # never told back: it may be somebody's number after all
    return written


def role(value: object, field: str) -> Role:
    """As what somebody answers, in our words or in those of lists; it must be there."""
    found = _chosen(value, field, ROLES, [role.value for role in Role])
    if found is None:
        raise RowRefused("field-missing", field=field)
    return found


def post(value: object, field: str) -> Post | None:
    """A or B; None for nothing."""
    return _chosen(value, field, POSTS, [post.value for post in Post])


def place_layer(value: object, field: str) -> Layer | None:
    """Whether a code is a grid's or a region's; None where the list does not say."""
    return _chosen(value, field, PLACES, [Layer.GRID.value, Layer.REGION.value])


def since(value: object, field: str) -> str | None:
    """A date or instant as ISO 8601; None for nothing."""
    written = unicodedata.normalize("NFKC", values.text(value, field)).strip()
    return _moment(written, field) if written else None


def until(value: object, field: str) -> str | None:
    """The same; None also for the words that say that there is no end."""
    return None if isinstance(value, str) and value.strip() in OPEN else since(value, field)


def _moment(written: str, field: str) -> str:
    found = MOMENT.fullmatch(written)
    if found is None:
        raise RowRefused("moment-malformed", field=field, value=shown(written))
    date = found[1], found[2] or found[4] or found[6], found[3] or found[5] or found[7]
    time = (int(one or 0) for one in found.group(8, 9, 10))
    offset = (found[12] or "").upper()
    try:
        when = datetime(*map(int, date), *time, round(float(found[11] or 0) * 1e6))  # type: ignore[arg-type,call-arg]
        told = when.isoformat() if offset or found[8] else when.date().isoformat()
        return datetime.fromisoformat(told + offset).isoformat() if offset else told
    except ValueError as error:
        raise RowRefused("moment-malformed", field=field, value=shown(written)) from error


def _chosen(value: object, field: str, words: Mapping[str, Kind], allowed: list[str]) -> Kind | None:
    written = unicodedata.normalize("NFKC", values.text(value, field)).strip()
    if not written:
        return None
    found = words.get("".join(written.split()).casefold())
    if found is None:
        raise RowRefused("kind-unknown", field=field, value=shown(written), allowed=", ".join(allowed))
    return found
