"""What is wrong with one part of a request? An entry of a problem's `errors`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from api.texts import Language, Value, text


@dataclass(frozen=True, slots=True)
class Fault:
    """`id_` and `values` are those of a text. One of the three places is named.

    `pointer` is an RFC 6901 JSON pointer into the body, `parameter` one of the query or the path, `header` a header.
    """

    id_: str
    values: Mapping[str, Value] = field(default_factory=dict)
    parameter: str | None = None
    header: str | None = None
    pointer: str | None = None

    def document(self, language: Language) -> dict[str, Any]:
        places = {"parameter": self.parameter, "header": self.header, "pointer": self.pointer}
        named = {kind: _readable(place) for kind, place in places.items() if place is not None}
        return {**named, "detail": text(self.id_, language, **self.values)}


def pointer(*steps: str | int) -> str:
    """`("features", 3, "a/b")` -> `#/features/3/a~1b`."""
    return "#" + "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def _readable(place: str) -> str:
    return place.encode("utf-8", "replace").decode("utf-8")[:200]
