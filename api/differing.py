"""What do the processes of the pool do for a difference: find it, and tell it in one of three forms?

Nothing here loads the web server: a process of the pool starts quickly.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import orjson

from api.diff_documents import Compared, State, document, places
from api.report.diff_page import diff_page
from api.texts import Language
from geo.difference import Side, difference
from geo.model import Plan
from geo.ruleset import Limits

Form = Literal["json", "geojson", "html"]


def told(
    of: State,
    against: State,
    before: Side,
    after: Side,
    publication: int,
    limits: Mapping[str, Limits],
    context: Plan,
    form: Form,
    language: Language,
    made: datetime,
) -> bytes:
    """The difference as bytes; `context` is what pictures show on the ground. Raises NodingUnsettledError."""
    found = difference(before, after)
    compared = Compared(
        of=of, against=against, before=before, after=after, found=found, publication=publication, limits=limits
    )
    if form == "html":
        return diff_page(compared, context, language, made).encode("utf-8", "replace")
    return orjson.dumps(places(compared) if form == "geojson" else document(compared))
