"""Who answers for a grid or a region at an instant?

All bindings of a publication lie in flat arrays, sorted by place: a city's are looked up in microseconds, and other
processes can map the same arrays. Texts are UTF-8, end to end, with offsets.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geo.model import Layer, Person, Post, Role

Arrays: TypeAlias = Mapping[str, NDArray[Any]]

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
OPEN: Final = np.iinfo(np.int64)
"""Its least and greatest values stand for a binding without a beginning or an end."""
TEXTS: Final = ("id", "name", "phone", "subject", "since", "until")
COLUMNS: Final = (*TEXTS, "place", "place_layer", "role", "post")
PLACES: Final = (Layer.GRID, Layer.REGION)
ROLES: Final = tuple(Role)
POSTS: Final = (None, *Post)


def instant(said: str, zone: tzinfo = SHANGHAI) -> int:
    """Microseconds since 1970 UTC of an ISO 8601 text; a date is its 00:00 in the zone, and so is a time without one.

    Raises ValueError for what is neither.
    """
    when = datetime.fromisoformat(said)
    return microseconds(when if when.tzinfo is not None else when.replace(tzinfo=zone))


def microseconds(at: datetime) -> int:
    """An instant as microseconds since 1970 UTC. Raises ValueError where it has no offset."""
    if at.tzinfo is None:
        raise ValueError("an instant needs an offset from UTC")
    return (at - EPOCH) // MICROSECOND


def is_in_order(since: str | None, until: str | None) -> bool:
    """Whether a binding has an instant at all; dates are compared as Shanghai has them."""
    return since is None or until is None or instant(since) < instant(until)


class Roster:
    """The bindings of one publication. `arrays` can be stored and mapped back as they are; nothing is copied."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self._views = {name: array.data for name, array in arrays.items()}  # single values come faster of them
        self._first = self._views["first"]
        self._places = range(len(self._first) - 1)

    @classmethod
    def made(cls, persons: Iterable[Person], zone: tzinfo = SHANGHAI) -> "Roster":
        """From bindings in any order; their dates begin at 00:00 of the zone. Raises ValueError for a text that is no
        date, and for a place of which nobody said whether it is a grid or a region."""
        ordered = sorted(persons, key=_rank)
        return cls.of_columns({name: [getattr(person, name) for person in ordered] for name in COLUMNS}, zone)

    @classmethod
    def of_columns(cls, columns: Mapping[str, Sequence[Any]], zone: tzinfo = SHANGHAI) -> "Roster":
        """From bindings column by column (`COLUMNS`; texts will do for layers, roles and posts), in the order of the
        roster: by the bytes of the place, grids before regions, by role, name and id. Raises as `made`."""
        places = [place.encode() for place in columns["place"]]
        starts = [0, *(at for at, (one, other) in enumerate(pairwise(places), 1) if one != other)] if places else []
        arrays: dict[str, NDArray[Any]] = {"first": np.array([*starts, len(places)], np.uint32)}
        _put(arrays, "place", [places[at] for at in starts])
        for name in TEXTS:
            _put(arrays, name, [text.encode() if text else b"" for text in columns[name]])
        for name, kinds in (("place_layer", PLACES), ("role", ROLES), ("post", POSTS)):
            numbers = {kind: number for number, kind in enumerate(kinds)}
            arrays[name] = np.array([numbers[kind] for kind in columns[name]], np.uint8)
        for name, edge in (("since", OPEN.min), ("until", OPEN.max)):
            known = {said: instant(said, zone) if said else edge for said in set(columns[name])}
            arrays[f"{name}_us"] = np.array([known[said] for said in columns[name]], np.int64)
        return cls(arrays)

    def __len__(self) -> int:
        """Bindings, whether they hold or not."""
        return self._first[-1]

    @property
    def nbytes(self) -> int:
        return sum(array.nbytes for array in self.arrays.values())

    @property
    def places(self) -> dict[Layer, set[str]]:
        """Codes of the grids and regions that anybody is bound to, whenever."""
        found: dict[Layer, set[str]] = {layer: set() for layer in PLACES}
        for number in self._places:
            for layer in set(self._views["place_layer"][self._first[number] : self._first[number + 1]]):
                found[PLACES[layer]].add(self._text("place", number).decode())
        return found

    def of(self, code: str, at: datetime, layer: Layer | None = None) -> list[Person]:
        """Who is bound to a grid or region at an instant: the responsible first, then members, by name.

        `layer` where a grid and a region may share the code. Empty for a code that nobody is bound to.
        """
        now, wanted = microseconds(at), code.encode()
        place = bisect_left(self._places, wanted, key=lambda number: self._text("place", number))
        if place == len(self._places) or self._text("place", place) != wanted:
            return []
        layers, since, until = (self._views[name] for name in ("place_layer", "since_us", "until_us"))
        wish = None if layer is None else PLACES.index(layer)
        return [
            self._person(row, code)
            for row in range(self._first[place], self._first[place + 1])
            if since[row] <= now < until[row] and wish in (None, layers[row])
        ]

    def of_chain(self, codes: Sequence[str], at: datetime, *, has_grid: bool = True) -> list[Person]:
        """Who answers for a grid and the regions above it, the nearest first; without `has_grid` all are regions."""
        layers = [Layer.GRID if has_grid and not number else Layer.REGION for number in range(len(codes))]
        return [person for code, layer in zip(codes, layers, strict=True) for person in self.of(code, at, layer)]

    def __iter__(self) -> Iterator[Person]:
        """Every binding, by place."""
        for place in self._places:
            code = self._text("place", place).decode()
            for row in range(self._first[place], self._first[place + 1]):
                yield self._person(row, code)

    def _person(self, row: int, place: str) -> Person:
        views = self._views
        said = [self._text(name, row).decode() for name in TEXTS]
        return Person(
            id=said[0],
            name=said[1],
            phone=said[2],
            place=place,
            place_layer=PLACES[views["place_layer"][row]],
            role=ROLES[views["role"][row]],
            post=POSTS[views["post"][row]],
            subject=said[3],
            since=said[4] or None,
            until=said[5] or None,
        )

    def _text(self, name: str, number: int) -> bytes:
        ends = self._views[f"{name}_ends"]
        return self._views[name][ends[number] : ends[number + 1]].tobytes()


def _rank(person: Person) -> tuple[bytes, int, int, str, str]:
    return person.place.encode(), _layer(person), ROLES.index(person.role), person.name, person.id


def _layer(person: Person) -> int:
    if person.place_layer not in PLACES:
        raise ValueError(f"{person.place} is neither a grid nor a region")
    return PLACES.index(person.place_layer)


def _put(arrays: dict[str, NDArray[Any]], name: str, texts: Sequence[bytes]) -> None:
    """Texts end to end, and where each begins and the last one ends."""
    arrays[name] = np.frombuffer(b"".join(texts), np.uint8)
    arrays[f"{name}_ends"] = np.cumsum([0, *map(len, texts)], dtype=np.uint32)
